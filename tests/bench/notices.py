"""What telling people costs where much happens at once: so many breaches found, told to who answers for them, and written; and what a
round costs after which nothing happened. Processor time of this program, and the memory that it needs beyond a small town's."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from entente.posting import Posting
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from tests.bench.entry import Entry
from tests.given import at, conformity, contract, criterion, event, structured
from tests.notices.town import Town, town

SUBJECTS = 10_000
PEOPLE = 40
LONGEST, IDLE_MILLISECONDS, MOST_MEGABYTES = 60, 50, 100
A_BATCH = 1_000


def measure(folder: Path) -> list[Entry]:
    with town(f"sqlite:///{folder / 'town.db'}", mail_to=str(folder / "mails")) as here:
        _happen(here)
        here.posting = Posting(here.program)
        tracemalloc.start()
        spent = _cost(here.posting.round)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        idle = min(_cost(here.posting.round) for _ in range(5))
        with here.program.store.history.database.connect() as reads:
            [(told,)] = reads.query("SELECT COUNT(*) FROM notice")
    assert told >= SUBJECTS
    return [
        Entry(f"{SUBJECTS:,} subjects told, with memory measured", spent, "s", wanted=LONGEST),
        Entry("memory at most meanwhile", most / 1e6, "MB", wanted=MOST_MEGABYTES),
        Entry("a round after which nothing happened", idle * 1_000, "ms", wanted=IDLE_MILLISECONDS),
    ]


def _happen(here: Town) -> None:
    """As many items with a fault, each a breach, of one commitment that ann owns; and people who are told of none of it."""
    people = [{"person": f"p{n}", "email": f"p{n}@example.org", "services": {"other": "member"}} for n in range(PEOPLE)]
    people.append({"person": "ann", "email": "ann@example.org", "services": {"lab": "head"}})
    here.apply({"entente": 1, "access": "town", "people": people})
    here.apply(
        contract(criterion(conformity(), each_miss="breach"), id="items", valid={"from": "2026-06-01"}), sign=True
    )
    here.pass_to("2026-06-01 08:00")
    for start in range(0, SUBJECTS, A_BATCH):
        items = [
            event("item", "2026-06-01 09:00", str(n), errors=1) for n in range(start, min(start + A_BATCH, SUBJECTS))
        ]
        here.clock[0] = at("2026-06-01 10:00")
        here.program.door.submit([decode_structured(structured(one)) for one in items], ADMINISTRATOR, "http")
    here.pass_to("2026-06-01 12:00")


def _cost(act: Callable[[], object]) -> float:
    """Seconds of processor time."""
    gc.collect()
    started = time.process_time()
    act()
    return time.process_time() - started
