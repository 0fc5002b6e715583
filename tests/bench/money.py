"""What an offer of 40 pools and 20 clients cost in a year, divided among them, and what is charged (SHARED §4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.costs.allocation import read_allocation
from services.costs.costing import Costing
from services.costs.showback import read_charges
from services.opening import open_store
from tests.bench.entry import Entry
from tests.given import at, event
from tests.services.costs.charged import charter, offer, publish, sign
from tests.services.judged import Life

POOLS, CLIENTS, MONTHS = 40, 20, 12
WANTED = 100
"""Milliseconds of processor time."""


def measure(folder: Path) -> list[Entry]:
    store = open_store(f"sqlite:///{folder / 'money.db'}", clock=lambda: at("2027-02-01"))
    try:
        _lived(Life(store, Door(store.history, store.clock)))
        costs = _best(lambda: store.read(ADMINISTRATOR, read_allocation, "it-support", "2026"))
        charges = _best(lambda: store.read(ADMINISTRATOR, read_charges, "it-support", "2026"))
    finally:
        store.close()
    return [
        Entry(f"money: a year of {POOLS} pools divided among {CLIENTS} clients, CPU", costs, "ms", wanted=WANTED),
        Entry("  what is charged beside it, CPU", charges, "ms"),
    ]


def _lived(life: Life) -> None:
    pools = [{"id": f"pool-{n}", "driver": {"meter": "hours"} if n % 2 else "equal"} for n in range(POOLS)]
    tree = offer(costs=pools)
    del tree["meters"][0]["client"]["map"]
    publish(life, tree)
    clients = [f"client-{n:02}" for n in range(CLIENTS)]
    for client in clients:
        sign(life, charter(client))
    life.happen(
        *(
            event("work.logged", f"2026-{month:02}-10 10:00", source="helpdesk/tickets", client=client, hours=month + n)
            for month in range(1, MONTHS + 1)
            for n, client in enumerate(clients)
        )
    )
    life.advance("2027-01-20 00:00")
    costing = life.store.use(Costing)
    for pool in pools:
        for month in range(1, MONTHS + 1):
            costing.book(ADMINISTRATOR, "it-support", str(pool["id"]), f"2026-{month:02}", f"{1000 + month}.{month:02}")
    life.judge()


def _best(run: Callable[[], object]) -> float:
    spent = []
    for _ in range(3):
        began = time.process_time()
        run()
        spent.append(time.process_time() - began)
    return min(spent) * 1000
