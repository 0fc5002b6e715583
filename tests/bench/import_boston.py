"""A city's year: importing and judging it, against only reading the lines and inserting the same rows."""

from __future__ import annotations

import csv
import io
import lzma
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from services.history.history import open_history
from tests.bench.entry import Entry

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "boston311_2015" / "boston311_2015.csv.xz"
SAMPLE = ROOT / "deploy" / "samples" / "boston"
RUNS = 3


def measure(folder: Path) -> list[Entry]:
    """The median of RUNS for each, in turn."""
    if not DATA.exists():
        raise FileNotFoundError(f"the requests of the city are not there: {DATA}")
    whole: list[float] = []
    reference: list[float] = []
    lines: list[float] = []
    peak = 0.0
    events = _lines(folder)
    for run in range(RUNS):
        store = folder / f"{run}.db"
        seconds, peak = _import(store, DATA, mapped=True)
        whole.append(seconds)
        seconds, _ = _import(folder / f"lines-{run}.db", events, mapped=False)
        lines.append(seconds)
        reference.append(_reference(store, folder / f"reference-{run}.db", events))
    small, small_peak = _part(folder)
    return [
        Entry("import and judge the city's year, .csv.xz", statistics.median(whole), "s",
              statistics.median(reference), "decode + executemany", 10),
        Entry("import and judge the city's year, .jsonl", statistics.median(lines), "s",
              statistics.median(reference), "decode + executemany", 10),
        Entry("memory of that import", peak, "MiB", small_peak, f"an import of {small}", 1.25),
        Entry("memory of that import, at most", peak, "MiB", wanted=300),
    ]  # fmt: skip


def _import(store: Path, data: Path, *, mapped: bool) -> tuple[float, float]:
    """Seconds and peak MiB of the import command, judged, on a store that has the contract."""
    base = [sys.executable, "-m", "entente", "--store", f"sqlite:///{store}"]
    subprocess.run(
        [*base, "apply", SAMPLE / "contract.yaml", "--sign", "supplier,client"], check=True, cwd=ROOT, stdout=-3
    )
    mapping = ["--map", str(SAMPLE / "mapping.yaml")] if mapped else []
    code = "import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, stdout=-3); " \
           "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *base, "import", str(data), *mapping, "--advance", "2016-01-13T00:00:00-05:00"],
        check=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    return time.perf_counter() - began, int(done.stdout) / 1024


def _lines(folder: Path) -> Path:
    """The same events as JSON lines, as the history of an import has them."""
    store = folder / "source.db"
    _import(store, DATA, mapped=True)
    history = open_history(f"sqlite:///{store}")
    path, after = folder / "events.jsonl", 0
    with path.open("wb") as file:
        while page := history.read(after, 10_000, ["entente.event"]):
            file.writelines(entry.state.partition(b"\n")[2] + b"\n" for entry in page)
            after = page[-1].position
    history.close()
    return path


def _reference(store: Path, target: Path, events: Path) -> float:
    """Decoding each line and inserting the same rows in one transaction."""
    with sqlite3.connect(store) as source:
        rows = source.execute("SELECT originator_id, originator_version, topic, state FROM stored_events").fetchall()
    database = sqlite3.connect(target)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(
        "CREATE TABLE rows (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
        "PRIMARY KEY (originator_id, originator_version))"
    )
    decode = msgspec.json.Decoder().decode
    began = time.perf_counter()
    with events.open("rb") as file:
        for line in file:
            decode(line)
    with database:
        database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", rows)
    seconds = time.perf_counter() - began
    database.close()
    return seconds


def _part(folder: Path) -> tuple[str, float]:
    """A quarter of the requests, to see whether memory grows with the history."""
    with lzma.open(DATA, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    part = folder / "part.csv"
    text = io.StringIO()
    csv.writer(text).writerows(rows[: len(rows) // 4])
    part.write_text(text.getvalue(), encoding="utf-8", newline="")
    _, peak = _import(folder / "part.db", part, mapped=True)
    return "a quarter of it", peak
