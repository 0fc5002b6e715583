"""What is charged to a client in a month: lines of its own, what was signed late, and differences to what was closed (SHARED §4).

A month is closed by the review whose pack shows it, once that is signed: its lines stay as they were at the position of the pack. What
the month comes to since is a line of the next month that is not closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from domain.offers.course import Course, month_of, months_between
from domain.offers.pricing import Line, Units, lines_of


@dataclass(frozen=True, slots=True)
class AsKnown:
    """A charter and its use as they were known at one moment; `signed`: the day that time had reached when its first version was
    signed by both."""

    course: Course
    signed: date
    units: Units

    def period_of(self, month: date) -> date:
        """In which month the lines of a month appear: in that one, but not before the charter was signed."""
        return max(month, month_of(self.signed))


@dataclass(frozen=True, slots=True)
class Closing:
    """The months that a signed review closes. `known`: as it was at the position of its pack; None: there was no charter then."""

    months: frozenset[date]
    known: AsKnown | None


_Key = tuple[str | None, Fraction | None]
_Sums = dict[_Key, tuple[Fraction, int]]


@dataclass
class _Ledger:
    """What was charged of each month, in closed months."""

    closed: set[date] = field(default_factory=set)
    charged: dict[date, _Sums] = field(default_factory=dict)

    def charge(self, month: date, lines: Iterable[Line]) -> list[Line]:
        """The lines, which are charged from now on."""
        lines = list(lines)
        self.charged[month] = _sums(lines)
        return lines

    def difference(self, month: date, lines: Iterable[Line]) -> list[Line]:
        """What the lines come to beyond what was charged of the month, by meter and unit price."""
        before, now = self.charged.get(month, {}), _sums(lines)
        self.charged[month] = now
        found = []
        for key in sorted({*before, *now}, key=lambda key: (key[0] or "", key[1] or 0)):
            (old_units, old), (units, amount) = before.get(key, _NOTHING), now.get(key, _NOTHING)
            if (units, amount) != (old_units, old):
                quantity = units - old_units if key[0] is not None else None
                found.append(Line(month, "difference", amount - old, key[0], quantity, key[1]))
        return found


_NOTHING = (Fraction(0), 0)


def charged_in(period: date, now: AsKnown, closings: Sequence[Closing] = ()) -> list[Line]:
    """The lines of one month, as they stand now; `closings` in the order of the positions of their packs."""
    ledger = _Ledger()
    for closing in closings:
        months = closing.months - ledger.closed
        lines = list(_stage(ledger, closing.known, months)) if closing.known is not None else []
        ledger.closed |= months
        if period in months:
            return [line for place, line in lines if place == period]
    open_months = frozenset(months_between(month_of(now.course.begins), period)) - ledger.closed
    return [line for place, line in _stage(ledger, now, open_months, only=period) if place == period]


def _stage(
    ledger: _Ledger, known: AsKnown, months: frozenset[date], only: date | None = None
) -> Iterator[tuple[date, Line]]:
    """What is charged in these months, as it was known: each line with the month in which it is charged. `only`: for one of them."""
    ordered = sorted(months)
    for month in months_between(month_of(known.course.begins), max(months, default=date.min)):
        place = known.period_of(month)
        if place in ledger.closed:
            after = next((one for one in ordered if one > place), None)
            if after is not None and only in (None, after):
                yield from ((after, line) for line in ledger.difference(month, _lines(known, month)))
        elif place in months and only in (None, place):
            yield from ((place, line) for line in ledger.charge(month, _lines(known, month)))


def _lines(known: AsKnown, month: date) -> list[Line]:
    return lines_of(known.course, month, known.units)


def _sums(lines: Iterable[Line]) -> _Sums:
    found: _Sums = {}
    for line in lines:
        units, amount = found.get((line.meter, line.unit_price), _NOTHING)
        found[line.meter, line.unit_price] = (units + (line.quantity or 0), amount + line.amount)
    return found
