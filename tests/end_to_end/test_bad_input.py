"""Whatever is wrong is said in one line that names the place and how to mend it, and the store stays whole."""

from __future__ import annotations

import json
import resource
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.history.history import SEALING_VERSION
from tests.end_to_end.agreements import contract, event, lines, report, requests
from tests.end_to_end.running import Entente, Server
from tests.patience import PATIENCE
from tests.servers import free_port

NAME = "to-marketing"
STRUCTURED = "application/cloudevents+json"
NAIVE = report("marketing", "2026-01-05", "2026-01-05T08:00:00")
GOOD = [report("marketing", f"2026-01-{day}", f"2026-01-{day}T08:00:00Z") for day in ("05", "12", "19")]
NOT_A_NUMBER = GOOD[1].replace(b'"missing": 0', b'"missing": NaN')
TWICE = GOOD[2].replace(b'"missing": 0', b'"missing": 0, "missing": 1')
BAD = b'{"specversion": "1.0",'
TABLE = """
entente: 1
mapping: reports
read: {format: csv, timezone: Europe/Paris, times: "%Y-%m-%d %H:%M"}
events:
  - type: report.delivered
    id: "marketing/{DAY}"
    source: crm
    time: "{DELIVERED}"
    data: {for: marketing, day: "{DAY}", missing: {number: "{MISSING}"}}
"""


@pytest.fixture
def agreed(entente: Entente) -> Entente:
    """A contract in force; a file in the folder that says the same."""
    entente.write("contract.yaml", contract(NAME, "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    return entente


def on_time(entente: Entente) -> dict[str, int]:
    """How many of January's reports were met, and how many are owed."""
    [figure] = entente.json("figures", "--commitment", f"{NAME}/report/on-time", "--period", "2026-01")
    return {"met": figure["counts"]["met"], "expected": figure["expected"]}


def test_lines_that_are_no_events_are_set_aside_and_the_mended_file_ends_right(agreed: Entente) -> None:
    (agreed.folder / "e.jsonl").write_bytes(lines([BAD, NAIVE, NOT_A_NUMBER, TWICE, *GOOD[:1]]))
    ran = agreed.run("import", "e.jsonl")
    assert (ran.code, ran.out) == (0, "accepted 1, duplicates 0, quarantined 4\n")
    assert ran.err == "4 items wait in quarantine: `entente quarantine list` shows why\n"
    found = agreed.json("quarantine", "list")
    assert {one["origin"]: one["slug"] for one in found} == {
        "e.jsonl:1": "malformed-json",
        "e.jsonl:2": "time-without-offset",
        "e.jsonl:3": "non-finite-number",
        "e.jsonl:4": "duplicate-key",
    }
    assert all(one["problem"] for one in found)
    (agreed.folder / "e.jsonl").write_bytes(lines(GOOD))
    assert agreed.ok("import", "e.jsonl") == "accepted 2, duplicates 1, quarantined 0\n"
    assert agreed.ok("import", "e.jsonl") == "accepted 0, duplicates 3, quarantined 0\n"
    assert on_time(agreed) == {"met": 3, "expected": 4}
    assert "no difference" in agreed.ok("replay")


def test_a_csv_row_without_its_column_is_set_aside_and_a_header_without_it_stops_the_import(agreed: Entente) -> None:
    agreed.write("m.yaml", TABLE)
    agreed.write("r.csv", "DAY,DELIVERED\n2026-01-05,2026-01-05 09:00\n")
    problem = agreed.run("import", "r.csv", "--map", "m.yaml").problem(2)
    assert "r.csv:1: the mapping reports names `MISSING`" in problem
    assert "its columns are DAY, DELIVERED" in problem
    header = "DAY,DELIVERED,MISSING\n"
    agreed.write("r.csv", f"{header}2026-01-05,2026-01-05 09:00,0\n2026-01-12,2026-01-12 09:00\n2026-01-19,soon,0\n")
    assert agreed.ok("import", "r.csv", "--map", "m.yaml") == "accepted 1, duplicates 0, quarantined 2\n"
    found = {one["origin"]: one["problem"] for one in agreed.json("quarantine", "list")}
    assert "2 cells, and the header 3" in found["r.csv:3"]
    assert "`DELIVERED`" in found["r.csv:4"]
    agreed.write("r.csv", f"{header}2026-01-05,2026-01-05 09:00,0\n2026-01-12,2026-01-12 09:00,0\n")
    assert agreed.ok("import", "r.csv", "--map", "m.yaml") == "accepted 1, duplicates 1, quarantined 0\n"
    assert on_time(agreed) == {"met": 2, "expected": 4}


def test_a_contract_that_cannot_be_meant_is_refused_at_its_line_and_column(entente: Entente) -> None:
    text = contract(NAME, "marketing")
    entente.write("unknown.yaml", text.replace("kind: turnaround", "kind: quickness"))
    line = 1 + text[: text.index("kind: turnaround")].count("\n")
    place, told = entente.run("apply", "unknown.yaml").problem(2).split(": ", 1)
    assert place == f"unknown.yaml:{line}:17"
    assert "quickness" in told
    entente.write("overlap.yaml", text.replace("key: data.day", "early: 8 days"))
    problem = entente.run("apply", "overlap.yaml", "--sign", "supplier,client").problem(2)
    assert problem.startswith("overlap.yaml:")
    assert "early" in problem
    entente.write("twice.yaml", text + "client: finance\n")
    assert entente.run("apply", "twice.yaml").problem(2).startswith("twice.yaml:")
    assert entente.json("contracts", "list") == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("nonsense", "No such command 'nonsense'"),
        ("figures --nonsense", "--nonsense"),
        ("advance", "Missing argument 'to'"),
        ("advance soon", "“soon” is not a time (2026-03-10T12:00:00Z)"),
        ("figures --as-of 2026-01-20T00:00:00", "“2026-01-20T00:00:00” has no offset (2026-01-20T00:00:00Z or"),
        ("figures --believed-at 99", "the history ends at"),
        ("occurrences a/b/c --verdict super", "--verdict: “super” is no verdict (pending, met, late"),
        ("rules --out absent/rules.yaml", "absent/rules.yaml: No such file"),
        ("grafana render file", "file/datasources: Not a directory"),
        ("import absent.jsonl", "absent.jsonl: the file cannot be read"),
        ("import file", "file: this is not a file of events (.jsonl or .csv"),
        ("serve --host 0.0.0.0", "--host: 0.0.0.0 can be reached by others"),
        ("serve --port 70000", "--port"),
        ("contracts show absent", "there is no contract “absent” (entente contracts list)"),
    ],
)
def test_wrong_use_is_said_in_one_line(entente: Entente, said: str, told: str) -> None:
    entente.write("file", "nothing of ours\n")
    assert told in entente.run(*said.split()).problem(2)


def test_time_beyond_the_clock_has_to_be_wanted(agreed: Entente) -> None:
    (agreed.folder / "e.jsonl").write_bytes(lines(GOOD))
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    for said in (("advance", soon), ("import", "e.jsonl", "--advance", soon)):
        assert "is still to come" in agreed.run(*said).problem(2)
    assert "more than ten years from now" in agreed.run("advance", "9999-12-31T00:00:00Z", "--ahead").problem(2)
    assert "its administrator and its clock move it" in agreed.run(
        "advance", "2026-02-01T00:00:00Z", who="sales"
    ).problem(2)
    ran = agreed.run("import", "e.jsonl", "--advance", soon, "--ahead")
    assert "is beyond the clock: time stands there until the clock has reached it" in ran.problem(0)
    told = [one for one in json.loads(agreed.run("doctor", "--json").out) if one["check"] == "time"]
    assert "beyond this clock" in told[0]["says"]


@pytest.mark.parametrize(("name", "value"), [("PORT", "much"), ("ZONE", "Mars/Olympus"), ("SETTLE", "-1")])
def test_a_wrong_setting_stops_the_start(entente: Entente, name: str, value: str) -> None:
    entente.env[f"ENTENTE_{name}"] = value
    assert f"ENTENTE_{name}: “{value}”" in entente.run("contracts", "list").problem(2)


def test_what_cannot_be_reached_is_said_with_its_own_exit_code(entente: Entente) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} of 127.0.0.1 is taken" in entente.run("serve", "--port", port).problem(3)
    for store, told in {
        f"postgresql://entente:secret@127.0.0.1:{free_port()}/absent": "check that PostgreSQL runs",
        f"sqlite:///{entente.folder}/absent/entente.db": "check that its folder exists and is writable",
        f"sqlite:///{entente.folder}/sealed/entente.db": "check that its folder exists and is writable",
    }.items():
        sealed = entente.folder / "sealed"
        sealed.write_text("a file where a folder should be")
        problem = Entente(store, entente.folder).run("contracts", "list").problem(3)
        assert told in problem
        assert "secret" not in problem


def test_a_store_of_a_newer_program_is_left_alone(agreed: Entente) -> None:
    file = sqlite3.connect(agreed.store.removeprefix("sqlite:///"))
    file.execute("UPDATE entente_store SET version = ?", [SEALING_VERSION + 1])
    file.commit()
    file.close()
    for said in ("figures", "migrate", "serve --port 0"):
        problem = agreed.run(*said.split()).problem(2)
        assert (
            f"the store has version {SEALING_VERSION + 1}, and this program knows none above {SEALING_VERSION}"
            in problem
        )
        assert "use a newer entente" in problem


def test_read_models_in_the_shape_of_another_version_are_made_anew(agreed: Entente) -> None:
    (agreed.folder / "e.jsonl").write_bytes(lines(GOOD))
    agreed.ok("import", "e.jsonl", "--advance", "2026-02-01T00:00:00Z")
    before = agreed.ok("figures", "--json")
    file = sqlite3.connect(agreed.store.removeprefix("sqlite:///"))
    file.execute("ALTER TABLE view_tally DROP COLUMN without_due")
    file.execute("DROP TABLE view_shape")
    file.commit()
    file.close()
    assert agreed.ok("figures", "--json") == before
    assert "no difference" in agreed.ok("replay")


def test_a_full_disk_stops_the_import_and_the_same_import_ends_right_once_there_is_room(agreed: Entente) -> None:
    (agreed.folder / "e.jsonl").write_bytes(lines([*GOOD, *requests("marketing", 3_000)]))
    size = Path(agreed.store.removeprefix("sqlite:///")).stat().st_size

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, size + 200_000))

    problem = agreed.run("import", "e.jsonl", preexec_fn=little_room).problem(3)
    assert "disk" in problem
    assert "no difference" in agreed.ok("replay")
    assert agreed.ok("import", "e.jsonl").startswith("accepted ")
    assert agreed.ok("import", "e.jsonl") == "accepted 0, duplicates 6003, quarantined 0\n"
    assert on_time(agreed) == {"met": 3, "expected": 4}
    assert "no difference" in agreed.ok("replay")


def test_http_refuses_what_no_event_can_be_and_keeps_what_one_was_meant_to_be(agreed: Entente) -> None:
    with agreed.serving("--time", "manual") as server:
        for body, status, slug in (
            (BAD, 400, "malformed-json"),
            (NAIVE, 400, "time-without-offset"),
            (NOT_A_NUMBER, 400, "non-finite-number"),
            (TWICE, 400, "duplicate-key"),
            (event("1", "report.delivered", "2026-01-05T08:00:00Z")[:-1] + b', "x": 1}', 202, ""),
        ):
            answer = server.post("/v1/events", body, STRUCTURED)
            assert answer.status_code == status, answer.text
            if slug:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["type"].endswith(f":{slug}")
                assert answer.json()["detail"]
        assert server.get("/v1/figures?as_of=soon").status_code == 400
        assert server.get("/v1/occurrences?commitment=a/b/c").status_code == 404
        assert server.get("/v1/nonsense").status_code == 404
        assert too_large(server) == 413
        assert server.get("/healthz").status_code == 200
        assert len(server.json("/v1/quarantine")) == 3


def too_large(server: Server) -> int:
    """Announces 50 MB, sends them slowly, and stops when answered: the status, which must come before the end."""
    host, _, port = server.address.removeprefix("http://").partition(":")
    sent = 0
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        line.sendall(
            f"POST /v1/events HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {STRUCTURED}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        line.settimeout(0.05)
        for chunk in chunks():
            try:
                line.settimeout(PATIENCE)
                line.sendall(chunk)
                sent += len(chunk)
                line.settimeout(0.01)
                answer = line.recv(4096)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
            assert sent < 20_000_000
            return int(answer.split()[1])
    raise AssertionError(f"no answer after {sent} bytes")


def chunks() -> Iterator[bytes]:
    """50 MB."""
    for _ in range(50 * 16):
        yield b"10000\r\n" + b"x" * 65_536 + b"\r\n"
