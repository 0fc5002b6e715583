"""A store that grows by slices: events through the door, judged, and time passing, as in a year of service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from domain.times import Instant, show
from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.opening import open_store
from tests.given import at, contract, criterion, document, turnaround

SLICE = 10_000
"""Events between two entries of time passed."""
DOOR = 1_000
"""Events of one submission."""
START = at("2026-01-05")
GAP = 6_000_000
"""Between two openings: ten million events are most of a year."""
OPEN = 300
"""Cases that are open at any time."""


class Growing:
    """`events`: how many it holds. The stream depends on nothing but their number."""

    def __init__(self, url: str, events: int = 0):
        self.store = open_store(url)
        self.door = Door(self.store.history, self.store.clock)
        self.events = events
        if not events:
            agreed = contract(criterion(turnaround(within="40 min")))
            self.store.use(Contracting).apply(ADMINISTRATOR, document(agreed), sign=("supplier", "client"))
            self.store.judging.catch_up()

    def append(self) -> None:
        """One slice more, not judged yet."""
        for first in range(self.events, self.events + SLICE, DOOR):
            self.door.submit([decode_structured(one) for one in _events(first, DOOR)], ADMINISTRATOR, "kafka")
        self.events += SLICE
        self.store.timekeeping.advance(ADMINISTRATOR, _time(self.events - 1))

    def grow(self) -> float:
        """One slice more, judged; microseconds an event."""
        began = time.perf_counter()
        self.append()
        self.store.judging.catch_up()
        return (time.perf_counter() - began) / SLICE * 1e6

    def close(self) -> None:
        self.store.close()


def _time(number: int) -> Instant:
    return START + number // 2 * GAP + number % 2 * GAP // 2


def _events(first: int, count: int) -> Iterator[bytes]:
    """In turn a case opens, and one closes that opened half an hour before; one of fifty never does. Cases are named in no
    order, as most are in life."""
    for number in range(first, first + count):
        opened, is_closing = divmod(number, 2)
        case = opened - (OPEN if opened % 50 else OPEN // 2) if is_closing else opened
        yield json.dumps(
            {
                "specversion": "1.0",
                "id": str(number),
                "source": "bench",
                "type": "closed" if is_closing else "opened",
                "subject": f"{case * 0x9E3779B1 % 2**32:08x}",
                "time": show(_time(number)),
                "datacontenttype": "application/json",
                "data": {"priority": 2, "text": "as much as such events have to say" * 3},
            }
        ).encode()
