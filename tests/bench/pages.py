"""The first pages at 500 contracts with a year behind them, beside the same pages with ten contracts: still, and after the judging
has moved."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from tests.bench.entry import Entry
from tests.bench.many_contracts import build

CONTRACTS, FEW, DAYS = 500, 10, int(os.environ.get("BENCH_DAYS", "60"))
"""A year is 365 days; 60 are enough to see what the number of contracts does."""
ROUNDS = 7
PAGES = ("/", "/portfolio", "/contracts", "/breaches", "/contracts/c-007", "/commitments/c-007/report/on-time")
HEAVIEST = 150_000


def measure(folder: Path) -> list[Entry]:
    """Milliseconds of one core: what other programs take of the machine is left out."""
    urls = {count: f"sqlite:///{folder / f'{count}.db'}" for count in (FEW, CONTRACTS)}
    occurrences = {count: build(url, count, DAYS) for count, url in urls.items()}
    with program(Settings(store=urls[FEW])) as few, program(Settings(store=urls[CONTRACTS])) as many:
        clients = [TestClient(web(one), base_url="http://localhost") for one in (few, many)]
        times = {(bool(at), path): _of(clients[at], path) for path in PAGES for at in (0, 1)}
        moved = [_moved(one, client) for one, client in zip((few, many), clients, strict=True)]
        sizes = {path: len(clients[1].get(path).content) for path in PAGES}
    name = f"with {FEW} contracts"
    entries = [
        Entry(f"{path}, {CONTRACTS} contracts", times[True, path], "ms", times[False, path], name) for path in PAGES
    ]
    entries[0] = Entry(
        f"/, {CONTRACTS} contracts, {occurrences[CONTRACTS]:,} occurrences",
        times[True, "/"],
        "ms",
        100,
        "what is wanted",
        1,
    )
    entries.append(Entry("/ after the judging has moved", moved[True], "ms", moved[False], name))
    entries.append(Entry("the heaviest page", max(sizes.values()), "bytes", HEAVIEST, "what is allowed", wanted=1))
    return entries


def _of(client: TestClient, path: str) -> float:
    """Once made; the least of some rounds is what it costs."""
    client.get(path)
    return min(_timed(lambda: client.get(path)) for _ in range(ROUNDS))


def _moved(one: Program, client: TestClient) -> float:
    """The median: each time something else is looked up anew."""
    found = []
    for _ in range(ROUNDS):
        watermark = one.reading.known().watermark or 0
        one.store.timekeeping.advance(ADMINISTRATOR, watermark + 60_000_000)
        one.store.judging.catch_up()
        found.append(_timed(lambda: client.get("/")))
    return statistics.median(found)


def _timed(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return (time.process_time() - began) * 1_000
