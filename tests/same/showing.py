"""Writes what this version of the program shows into a folder: python -m tests.same.showing FOLDER DATA [demo] [streams] [boston].

The clock stands still at NOW, and what is drawn at random is counted up. What measures the program itself is left out.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
import tempfile
import time
from html import unescape
from itertools import count
from pathlib import Path

from fastapi.testclient import TestClient
from typer.testing import CliRunner

NOW = 1_781_690_400
"""2026-06-17T10:00:00Z."""
DAY = 86_400
LANGUAGES = ("en", "fr")
PAGES = 1_500
"""At most so many addresses are followed, in each language."""
LINK = re.compile(r'href="(/[^"#]*)')
ELSEWHERE = ("/static", "/language", "/theme")
OWN_METRICS = re.compile(r"^(# (HELP|TYPE) )?(python_|process_|entente_(judging|http|page)_seconds)")
"""What measures the program itself."""


def main() -> int:
    folder, data, *only = sys.argv[1:]
    stand_still()
    for name, show in (("demo", demo), ("streams", streams), ("boston", boston)):
        if not only or name in only:
            (Path(folder) / name).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="entente-same-") as work:
                show(Path(folder) / name, Path(work), Path(data))
    return 0


def stand_still() -> None:
    """No second passes from now on, and nothing is random."""
    drawn = count()
    time.time_ns = lambda: NOW * 1_000_000_000
    secrets.token_urlsafe = lambda nbytes=None: f"drawn-{next(drawn)}"


# The demonstration


def demo(folder: Path, work: Path, data: Path) -> None:
    """A year of the demonstration: dump, pages and answers, exports, what commands print."""
    from entente import demo as demonstration
    from entente.demo_town import choices
    from entente.serving import web
    from entente.settings import Settings
    from entente.wiring import program

    url = f"sqlite:///{work / 'demo.db'}"
    clock = demonstration.DemoClock()
    settings = Settings(store=url, organisation="Ville de Valmoray", outage=0, settle=1)
    with program(settings, clock=clock) as opened:
        demonstration.build(opened, clock, lambda *_: None)
        clock.show(NOW * 1_000_000 - 5 * DAY * 1_000_000)
        app = web(opened, choices=choices(opened, clock))
        for language in LANGUAGES:
            with TestClient(app, base_url="http://127.0.0.1", headers={"Accept-Language": language}) as client:
                crawl(client, folder / language)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            answers(client, folder)
    commands(url, folder)


def crawl(client: TestClient, folder: Path) -> None:
    """Every page that links lead to from the first one, as one who sees everything."""
    folder.mkdir()
    found, waiting = {"/"}, ["/"]
    while waiting and len(found) < PAGES:
        path = waiting.pop(0)
        answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
        kept = (
            without_what_is_drawn(answer.content)
            if "html" in answer.headers.get("content-type", "")
            else answer.content
        )
        write(folder, path, f"{answer.status_code} {answer.headers.get('location', '')}\n".encode() + kept)
        for link in map(
            unescape, LINK.findall(answer.text) if "html" in answer.headers.get("content-type", "") else ()
        ):
            if link not in found and not link.startswith(ELSEWHERE):
                found.add(link)
                waiting.append(link)


def without_what_is_drawn(page: bytes) -> bytes:
    """The names of files carry their fingerprints, and forms their tickets."""
    page = re.sub(rb"(/static/[\w.]*)-[0-9a-f]{12}\.", rb"\1.", page)
    return re.sub(rb"drawn-\d+(\.[\w-]+)?", b"drawn", page)


def answers(client: TestClient, folder: Path) -> None:
    described = client.get("/openapi.json").json()
    write(folder, "openapi.json", json.dumps(described, indent=1, sort_keys=True).encode())
    for path in sorted(path for path, verbs in described["paths"].items() if "get" in verbs and "{" not in path):
        if path.startswith("/v1") and "stream" not in path:
            write(folder, path, client.get(path).content)
    metrics = [line for line in client.get("/metrics").text.splitlines() if not OWN_METRICS.match(line)]
    write(folder, "metrics", "\n".join(metrics).encode())


def commands(url: str, folder: Path) -> None:
    """What the commands that read print, in both languages and as JSON."""
    listed = [["figures"], ["contracts", "list"], ["breaches", "list"], ["actions", "list"], ["reviews", "list"], ["excuses", "list"],
              ["quarantine", "list"], ["unmatched", "list"], ["outages", "list"], ["rules"]]  # fmt: skip
    for said in listed:
        for language in LANGUAGES:
            write(folder, f"{'-'.join(said)}.{language}", run(url, "--language", language, *said))
        write(folder, f"{'-'.join(said)}.json", run(url, *said, "--json"))
    commitments = sorted({one["commitment"] for one in json.loads(run(url, "figures", "--json"))})
    for one in commitments:
        write(folder, f"occurrences {one}", run(url, "occurrences", one, "--json"))
        write(folder, f"explained {one}", run(url, "explain", one, "--json"))
        write(folder, f"explained-fr {one}", run(url, "--language", "fr", "explain", one))
    for review in json.loads(run(url, "reviews", "list", "--json")):
        write(folder, f"pack {review['id']}", run(url, "reviews", "pack", review["id"]))
    write(folder, "dump", run(url, "replay", "--dump"))


def run(url: str, *arguments: str) -> bytes:
    """What a command prints, with how it ended."""
    from entente.cli import app

    done = CliRunner().invoke(app, ["--store", url, *arguments])
    if done.exit_code == 0 and arguments[-1:] == ("--json",):
        return done.stdout_bytes
    return f"exit {done.exit_code}\n".encode() + done.output.replace(url, "STORE").encode()


# Streams, and a city's year


def streams(folder: Path, work: Path, data: Path) -> None:
    """Figures, occurrences and the dump after each stream of which the program and the second judge once differed."""
    from tests.oracle.living import GivesNoDate, Lived, occurrences
    from tests.oracle.searching import kept
    from tests.services import judged

    for number, (steps, judges_each_step) in enumerate(kept()):
        with judged.living() as life:
            try:
                lived = Lived(life).through(steps, judges_each_step)
            except GivesNoDate:
                continue
            seeing = life.store.seeing
            figures = lived.figures(seeing)
            rows = {one: occurrences(seeing, one) for one in sorted({row["commitment"] for row in figures})}
            shown = json.dumps([figures, rows], default=str, indent=1).encode()
            write(folder, str(number), shown + b"\n" + repr(life.dump()).encode())


def boston(folder: Path, work: Path, data: Path) -> None:
    """The requests of a city's year, with their dump."""
    url, sample = f"sqlite:///{work / 'boston.db'}", Path("deploy/samples/boston")
    source = data / "boston311_2015" / "boston311_2015.csv.xz"
    write(folder, "apply", run(url, "apply", str(sample / "contract.yaml"), "--sign", "supplier,client"))
    mapping = ("--map", str(sample / "mapping.yaml"), "--advance", "2016-01-13T00:00:00-05:00")
    write(folder, "import", run(url, "import", str(source), *mapping))
    write(folder, "figures.json", run(url, "figures", "--json"))
    write(folder, "figures", run(url, "figures"))
    write(folder, "dump", run(url, "replay", "--dump"))


def write(folder: Path, name: str, shown: bytes) -> None:
    """Under a name that a file may have."""
    kept = re.sub(r"[^\w.=@-]+", "_", name)[:180]
    (folder / kept).write_bytes(shown)


if __name__ == "__main__":
    sys.exit(main())
