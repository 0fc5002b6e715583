"""Events that no contract selects, by type and source, and what they come nearest to; and what selected events say otherwise than
the contract reads it. The counts are exact; what is near is told of the newest events that are looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.events import OperationalEvent
from domain.near_misses import NearMiss, near_miss
from domain.offers.metering import Metering
from domain.terms import Selector
from services.arrivals.comparing import kind_of, shown
from services.arrivals.shapes import Unselected
from services.history.databases import Transaction
from services.history.entries import EVENT
from services.history.history import History
from services.history.stored_events import event_of
from services.judging.catalogue import Catalogue

Kind = tuple[str, str]
"""Type and source."""
LOOKED_AT: Final = 10_000
"""Entries at the end of the history that are looked through for what is near."""
MOST_NEAR: Final = 5
MOST_ASKED: Final = 5


@dataclass(frozen=True, slots=True)
class NearRow:
    """`value` stands at `path` (None: nothing does), as text; `asked` is what contracts select there. `events`: of those looked at."""

    path: str
    value: str | None
    kind: str
    miss: NearMiss
    events: int


@dataclass(frozen=True, slots=True)
class UnselectedRow:
    """So many events of one type from one source that no contract selects."""

    type: str
    source: str
    events: int
    near: tuple[NearRow, ...] = ()


def counts(reads: Transaction) -> dict[Kind, int]:
    """How many events of each type and source no contract selects."""
    sql = (
        "SELECT type, source, unclaimed FROM view_seen WHERE unclaimed > 0 AND SUBSTR(source, 1, 8) <> 'entente/' "
        "ORDER BY type, source"
    )
    return {(kind, source): events for kind, source, events in reads.query(sql)}


class Nearest:
    """What events of these selectors' contracts come nearest to, counted; bounded however many there are."""

    MOST: Final = 200

    def __init__(self, selectors: Sequence[Selector]):
        self._selectors = selectors
        self._found: dict[Kind, Counter[tuple[str, str, str]]] = {}
        self._misses: dict[tuple[str, str, str], NearMiss] = {}

    def add(self, event: OperationalEvent) -> None:
        if (miss := near_miss(self._selectors, event)) is None:
            return
        key = (miss.path, kind_of(miss.value), shown(miss.value) if kind_of(miss.value) != "absent" else "")
        if key in self._misses or len(self._misses) < self.MOST:
            self._misses.setdefault(key, miss)
            self._found.setdefault((event.type, event.source), Counter())[key] += 1

    def of(self, kind: Kind) -> tuple[NearRow, ...]:
        """The most frequent first."""
        found = self._found.get(kind, Counter())
        return tuple(
            NearRow(path, value if of != "absent" else None, of, self._misses[path, of, value], found[path, of, value])
            for path, of, value in sorted(found, key=lambda key: (-found[key], key))[:MOST_NEAR]
        )


def rows(
    history: History,
    catalogue: Catalogue,
    meters: Collection[Metering],
    selectors: Sequence[Selector],
    counted: Mapping[Kind, int],
    since: int,
    most: int | None = None,
) -> list[UnselectedRow]:
    """The most frequent first; `meters` are those of offers, which select too. Events behind the entry `since` are looked at, among the
    newest `most` entries (LOOKED_AT)."""
    nearest = Nearest(selectors)
    if counted:
        for event in newest_events(history, since, most or LOOKED_AT):
            if (event.type, event.source) in counted and not is_selected(catalogue, meters, event):
                nearest.add(event)
    found = [UnselectedRow(*kind, events, nearest.of(kind)) for kind, events in counted.items()]
    return sorted(found, key=lambda row: (-row.events, row.type, row.source))


def newest_events(history: History, since: int, most: int) -> Iterator[OperationalEvent]:
    """Events behind the entry `since`, among the newest `most` entries, in their order."""
    after = max(since, history.last_position() - most)
    for entry in history.read(after, most, [EVENT]):
        yield event_of(entry.state, entry.position)


def is_selected(catalogue: Catalogue, meters: Collection[Metering], event: OperationalEvent) -> bool:
    """By a contract, or by a meter of an offer."""
    return any(one.route(event) for one in catalogue.selecting(event)) or any(one.of(event) for one in meters)


def unselected_json(row: UnselectedRow) -> Unselected:
    return {
        "type": row.type,
        "source": row.source,
        "events": row.events,
        "near": [
            {
                "path": one.path,
                "value": one.value,
                "is": one.kind,
                "asked": [str(each) if isinstance(each, Decimal) else each for each in one.miss.asked[:MOST_ASKED]],
                "events": one.events,
            }
            for one in row.near
        ],
    }
