"""The first pages at 500 contracts, beside the same pages with ten: the very first time, while nothing moves, and after the judging
has moved; and the other pages, the scrape and what each of them weighs. `make bench ARGS=pages-million`: with a year and a million
occurrences on both stores, which take some minutes to come about."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from fastapi.testclient import TestClient

from entente.ahead import keep_what_stays
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from tests.bench.entry import Entry
from tests.bench.many_contracts import build, opening
from tests.bench.streaming import DURABLE, database
from tests.dashboards.contracts.test_typed import fields
from tests.servers import postgres_server

CONTRACTS, FEW = 500, 10
DAYS, CASES = 60, 1
"""Of each contract: the days it has lived, and its cases a week."""
A_YEAR, MANY_CASES = 365, 32
"""500 contracts have a million occurrences then."""
ROUNDS = 7
PAGES = (
    *("/", "/portfolio", "/contracts", "/breaches", "/actions", "/reviews", "/history", "/quarantine"),
    *(
        "/services/service-07",
        "/contracts/c-007",
        "/commitments/c-007/report/on-time",
        "/commitments/c-007/requests/answered",
    ),
)
SERVICE = {"Entente-As": "service-07"}
OWNER = {"Entente-As": "service-07/anna.martin"}
SCOPES = (("/?scope=own", OWNER), ("/?scope=mine", SERVICE), ("/?scope=all", SERVICE))
HEAVIEST, SOON, MOVED = 120_000, 100, 250
"""Bytes of a page; milliseconds of the first one while nothing moves, and when everything has moved."""


@dataclass
class Opened:
    """A program that serves, and one who reads its pages."""

    program: Program
    client: TestClient
    made: int = 0

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content

    def change(self, path: str, name: str, value: str) -> Callable[[], bytes]:
        """Sends what an editor holds with one box of it changed, as its script does."""
        sent = fields(self.get(path).decode()) | {name: value}

        def ask() -> bytes:
            answer = self.client.post(f"{path}/check", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 200, answer.text[:300]
            return answer.content

        return ask

    def move(self, events: int) -> None:
        """A minute later; so many cases were opened, each of another contract."""
        watermark = self.program.store.seeing.known().watermark or 0
        at = datetime.fromtimestamp(watermark // 1_000_000, UTC)
        sent = [opening(number % CONTRACTS, f"m-{self.made}-{number}", at) for number in range(events)]
        if sent:
            self.program.door.submit([decode_structured(one) for one in sent], ADMINISTRATOR, "http")
        self.program.store.timekeeping.advance(ADMINISTRATOR, watermark + 60_000_000)
        self.program.store.judging.catch_up()
        self.made += 1
        gc.collect()  # the judge that this one call made, and not the page


def measure(folder: Path) -> list[Entry]:
    """Milliseconds of one core: what other programs take of the machine is left out."""
    urls = _files(folder)
    return _measured(urls, {count: build(url, count, DAYS, CASES) for count, url in urls.items()})


def measure_million(folder: Path) -> list[Entry]:
    """On both stores, which come about at once."""
    with postgres_server(**DURABLE) as server:
        stores = {
            "SQLite": _files(folder),
            "PostgreSQL": {count: database(server, f"pages_{count}") for count in (FEW, CONTRACTS)},
        }
        with ProcessPoolExecutor(len(stores), get_context("spawn")) as pool:
            built = {
                store: {count: pool.submit(build, url, count, A_YEAR, MANY_CASES) for count, url in urls.items()}
                for store, urls in stores.items()
            }
            occurrences = {
                store: {count: one.result() for count, one in found.items()} for store, found in built.items()
            }
        return [entry for store, urls in stores.items() for entry in _named(store, _measured(urls, occurrences[store]))]


def _named(store: str, entries: list[Entry]) -> list[Entry]:
    return [replace(one, name=f"{store}: {one.name}") for one in entries]


def _files(folder: Path) -> dict[int, str]:
    return {count: f"sqlite:///{folder / f'{count}.db'}" for count in (FEW, CONTRACTS)}


def _measured(urls: Mapping[int, str], occurrences: Mapping[int, int]) -> list[Entry]:
    with _open(urls[CONTRACTS]) as many:
        size = f"{CONTRACTS} contracts, {occurrences[CONTRACTS]:,} occurrences"
        entries = [Entry(f"/ the very first time, {size}", _timed(lambda: many.get("/")), "ms")]
        keep_what_stays()  # as `serve` does
        still = _of(many, "/")
        entries.append(Entry(f"/, {size}", still, "ms", SOON, "what is wanted", 1))
        for path, who in SCOPES:
            entries.append(
                Entry(f"{path} as {who['Entente-As']}", _of(many, path, who), "ms", SOON, "what is wanted", 1)
            )
        for events, what in ((0, "a minute has passed"), (20, "20 events"), (CONTRACTS, f"{CONTRACTS} events")):
            took = _moved(many, "/", events)
            entries.append(Entry(f"/ after the judging has moved: {what}", took, "ms", MOVED, "what is wanted", 1))
        with _open(urls[FEW]) as few:
            for path in PAGES:
                entries.append(Entry(path, _of(many, path), "ms", _of(few, path), f"with {FEW} contracts"))
        change = many.change("/contracts/c-007/edit", "f.late_data", "9")
        took = min(_timed(change) for _ in range(ROUNDS))
        entries.append(Entry("the editor's answer to a change", took, "ms", SOON, "what is wanted", 1))
        entries.append(Entry("/metrics after the judging has moved", _moved(many, "/metrics", 20), "ms"))
        entries += [_looked_back(many, path) for path in ("/contracts/c-007", "/portfolio")]
        heaviest = max(PAGES, key=lambda path: len(many.get(path)))
        weight = len(many.get(heaviest))
        entries.append(Entry(f"the heaviest page: {heaviest}", weight, "bytes", HEAVIEST, "what is allowed", wanted=1))
    return entries


@contextmanager
def _open(url: str) -> Iterator[Opened]:
    with program(Settings(store=url)) as one:
        yield Opened(one, TestClient(web(one), base_url="http://localhost"))


def _of(opened: Opened, path: str, who: dict[str, str] | None = None) -> float:
    """Once made; the least of some rounds is what it costs."""
    opened.get(path, who)
    return min(_timed(lambda: opened.get(path, who)) for _ in range(ROUNDS))


def _looked_back(opened: Opened, path: str) -> Entry:
    """Until the page shows the middle of the history, turn by turn, and once that is kept."""
    address = f"{path}?at={opened.program.store.history.last_position() // 2}"
    first = 0.0
    is_there = False
    while not is_there:
        began = time.process_time()
        is_there = opened.client.get(address).status_code == 200
        first += (time.process_time() - began) * 1_000
    return Entry(f"{path} at another moment, judged at first", first, "ms", _of(opened, address), "once it is kept")


def _moved(opened: Opened, path: str, events: int) -> float:
    """The median: each time something else is looked up anew."""
    found = []
    for _ in range(ROUNDS):
        opened.move(events)
        found.append(_timed(lambda: opened.get(path)))
    return statistics.median(found)


def _timed(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return (time.process_time() - began) * 1_000
