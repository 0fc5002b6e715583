"""Which months of a charter are closed: those that a signed review of its contract has shown (SHARED §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.offers.course import month_of, months_between
from domain.periods import shifted
from domain.times import Instant, local_date, zone
from services.charters.rows import CharterRow
from services.history.entries import Position
from services.history.received import received_at
from services.reviews.reading import read_reviews
from services.seeing.seen import Seen


@dataclass(frozen=True, slots=True)
class ClosedBy:
    """A signed review: the months that its pack shows, and the position and moment of that."""

    review: str
    months: frozenset[date]
    position: Position
    moment: Instant


def read_closings(seen: Seen, charter: CharterRow, timezone: str) -> list[ClosedBy]:
    """By position. A pack shows the months that ended between the meeting before it and its own; `seen` is of who sees everything."""
    contract, begins = charter.shown.terms.contract, charter.begins
    if contract is None or begins is None or contract not in seen.catalogue.contracts:
        return []
    found, last, here = [], month_of(begins), zone(timezone)
    for review in read_reviews(seen, contract=contract):
        ends = month_of(local_date(review.starts, here))
        if review.state == "signed" and review.position is not None:
            months = frozenset(months_between(last, shifted(ends, -1, "month")))
            position = Position(review.position)
            found.append(ClosedBy(review.id, months, position, _moment_of(seen, position)))
        if review.state != "cancelled":
            last = max(last, ends)
    return sorted(found, key=lambda one: one.position)


def _moment_of(seen: Seen, position: Position) -> Instant:
    """When the entry at that position was written."""
    return received_at(seen.history, next(iter(seen.history.read(position - 1, 1))))
