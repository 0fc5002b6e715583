"""Use of a million events of an offer with 50 clients, read from its book, beside a count of them with SQL; and what the book costs
while it is kept (SHARED §2)."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from domain.times import show
from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.contracts.applied import Applying
from services.contracts.contracting import Contracting
from services.contracts.knowing import FilesTogether
from services.offers.offering import Offering
from services.opening import open_store
from services.store import Store
from services.use.clients import read_clients
from services.use.consumption import read_consumption
from tests.bench.entry import Entry
from tests.given import Tree, at, conformity, contract, criterion, document

COUNT = 1_000_000
CLIENTS = 50
DOOR = 2_000
START, YEAR = at("2025-06-01"), 365 * 86_400_000_000
OFFER: Tree = {
    "entente": 1,
    "offer": "support",
    "title": "Support",
    "supplier": "lab",
    "timezone": "Europe/Paris",
    "currency": "EUR",
    "late_data": "5 days",
    "meters": [
        {
            "id": "hours",
            "title": "Hours",
            "each": {"type": "work.logged"},
            "value": "data.hours",
            "client": {"path": "data.client"},
            "by": ["data.feature"],
        }
    ],
}


def measure(folder: Path) -> list[Entry]:
    count, few = COUNT, min(COUNT, 50_000)
    plain, kept = (_judged(folder / f"{name}.db", few, has_offer=name == "kept") for name in ("plain", "kept"))
    plain[0].close()
    kept[0].close()
    store, _ = _judged(folder / "use.db", count, has_offer=True)
    sent = folder / "sent.db"
    try:
        return [
            Entry("use: an event judged, counted by an offer", kept[1], "µs", plain[1], "no offer"),
            Entry(
                "use: its clients by share",
                _best(lambda: _clients(store)),
                "s",
                _with_sql(sent, count),
                "SQL",
                wanted=1.3,
            ),
            Entry(
                "use: month by month, every client",
                _best(lambda: _months(store)),
                "s",
                _with_sql(sent, count),
                "SQL",
                wanted=1.3,
            ),
        ]
    finally:
        store.close()


def _judged(path: Path, count: int, *, has_offer: bool) -> tuple[Store, float]:
    """A store in which all are judged, and the microseconds of the processor that judging took for each."""
    store = open_store(f"sqlite:///{path}", clock=lambda: START + 2 * YEAR)
    agreed = contract(criterion(conformity(each={"type": "work.logged"}, good={"data.hours": {"ge": 0}})))
    store.use(Contracting).apply(ADMINISTRATOR, document(agreed), sign=("supplier", "client"))
    if has_offer:
        store.use(Offering).apply_file(ADMINISTRATOR, document(OFFER), Applying(FilesTogether()))
    store.judging.catch_up()
    door, spent, page = Door(store.history, store.clock), 0.0, list[bytes]()

    def judge() -> float:
        door.submit([decode_structured(one) for one in page], ADMINISTRATOR, "kafka")
        store.timekeeping.advance(ADMINISTRATOR, at_of(page[-1]))
        page.clear()
        began = time.process_time()  # of a store in a file: what others do on the machine says nothing of it
        store.judging.catch_up()
        return time.process_time() - began

    for one in events(count):
        page.append(one)
        spent += judge() if len(page) == DOOR else 0
    spent += judge() if page else 0
    store.timekeeping.advance(ADMINISTRATOR, START + YEAR + 10 * 86_400_000_000)
    store.judging.catch_up()
    return store, spent / count * 1e6


def at_of(sent: bytes) -> int:
    return at(json.loads(sent)["time"])


def events(count: int) -> Iterator[bytes]:
    """The first of a million in a year."""
    drawn = random.Random(1)
    for number in range(count):
        said: dict[str, Any] = {
            "client": f"client-{int(CLIENTS * drawn.random() ** 2):02d}",
            "hours": drawn.randrange(1, 20),
            "feature": drawn.choice(("desk", "on-site", "weekend")),
        }
        happened = show(START + number * YEAR // COUNT)
        sent = {
            "specversion": "1.0",
            "id": str(number),
            "source": "tool",
            "type": "work.logged",
            "time": happened,
            "data": said,
        }
        yield json.dumps(sent).encode()


def _with_sql(path: Path, count: int) -> float:
    """The same events as rows of a table, counted by client and month."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE IF NOT EXISTS work (month TEXT, client TEXT, hours INTEGER)")
    if database.execute("SELECT 1 FROM work LIMIT 1").fetchone() is None:
        read = (json.loads(one) for one in events(count))
        rows = ((one["time"][:7], one["data"]["client"], one["data"]["hours"]) for one in read)
        database.executemany("INSERT INTO work VALUES (?, ?, ?)", rows)
        database.commit()
    best = _best(lambda: database.execute("SELECT month, client, SUM(hours) FROM work GROUP BY 1, 2").fetchall())
    database.close()
    return best


def _clients(store: Store) -> object:
    return store.read(ADMINISTRATOR, read_clients, "support")


def _months(store: Store) -> object:
    return store.read(ADMINISTRATOR, read_consumption, "support")


def _best(run: Callable[[], object]) -> float:
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        run()
        spent.append(time.perf_counter() - began)
    return min(spent)
