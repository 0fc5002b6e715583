"""Verifying the tree of a whole history, against only reading the same rows; and taking into the tree what was appended, against
appending it: in batches of 1,000, which is the cheapest way in, and one by one, as a tool sends what happens. Processor time of this
program: that of the server of PostgreSQL is not in it, which does most of the work of appending."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path

from ingestion.cloudevents import decode_batch
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.checkpoints import tree
from services.checkpoints.making import create, make
from services.checkpoints.signing import SigningKey
from services.checkpoints.verifying import verify
from services.history.history import History, open_history
from services.opening import system_clock
from tests.bench.entry import Entry
from tests.servers import postgres_server

EVENTS = 1_000_000
AT_ONCE = 1_000
SINGLES = 2_000
KEY = SigningKey("ville.example/entente", b"\x07" * 32)
EVENT = (
    b'{"specversion":"1.0","id":"%d","source":"crm/reports","type":"report.delivered","time":"2026-02-02T08:00:00Z",'
    b'"subject":"S%d","data":{"for":"marketing","day":"2026-02-02","note":"' + b"x" * 100 + b'"}}'
)


def measure(folder: Path) -> list[Entry]:
    found = _measured(f"sqlite:///{folder / 'verified.db'}", "SQLite", 3.5, EVENTS)
    with postgres_server() as url:
        found += _measured(url, "PostgreSQL", 3.0, EVENTS)
    return found


def _measured(url: str, name: str, wanted: float, events: int) -> list[Entry]:
    history = open_history(url)
    try:
        create(history)
        appending = _cost(lambda: _append(history, events))
        growing = _cost(lambda: _require(make(history, [KEY], system_clock)))
        single = _cost(lambda: _append_singly(history, events)) / SINGLES * events
        gc.collect()
        reading = min(_cost(lambda: _read(history)) for _ in range(3))
        verifying = min(_cost(lambda: _require(not verify(history).problems)) for _ in range(3))
    finally:
        history.close()
    return [
        Entry(f"verifying {events:,} entries, {name}", verifying, "s", reading, "reading the same rows", wanted),
        Entry(
            f"taking {events:,} entries into the tree, {name}", growing, "s", appending, "appending them by 1,000", 0.05
        ),
        Entry(f"the same beside events that come one by one, {name}", growing, "s", single, "appending them so", 0.05),
    ]


def _append(history: History, events: int) -> None:
    door = Door(history, system_clock)
    for begin in range(0, events, AT_ONCE):
        body = b",".join(EVENT % (number, number) for number in range(begin, begin + AT_ONCE))
        door.submit(decode_batch(b"[%b]" % body), ADMINISTRATOR, "http")  # type: ignore[arg-type]


def _append_singly(history: History, begin: int) -> None:
    door = Door(history, system_clock)
    for number in range(begin, begin + SINGLES):
        door.submit(decode_batch(b"[%b]" % (EVENT % (number, number))), ADMINISTRATOR, "http")  # type: ignore[arg-type]


def _read(history: History) -> None:
    after = 0
    while entries := history.read(after, tree.AT_ONCE):
        after = entries[-1].position


def _cost(run: Callable[[], None]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _require(is_well: object) -> None:
    if not is_well:
        raise AssertionError("it does not agree")
