"""What counts in the windows of rolling targets, kept up as they move on and as occurrences are judged (decision 72)."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from domain.figures import Tally
from domain.kept_up import InARow, Numbers, Place
from domain.occurrences import Verdict
from domain.times import Instant

COUNTED = ("owed", "measured", "without_due")


class Counting(NamedTuple):
    """One occurrence, as it counts. `number`: that of a figure, if it has one."""

    place: Place
    standing: str
    verdict: Verdict
    underlying: Verdict | None
    segment: int
    number: Fraction | None

    def add_to(self, tally: Tally, by: int) -> None:
        if self.standing == "without_due":
            tally.without_due += by
        elif self.standing == "measured":
            tally.measured += by
        else:
            tally.count(self.verdict, self.underlying, by)


class KeptWindow:
    """All that counts from the start of the window on, and what of it is in [start, end)."""

    def __init__(self, start: Instant, every: Iterable[Counting]):
        """`every`: of what counts, all from `start` on."""
        self._every = sorted(every, key=_place)
        self._start = self._end = start
        self.tallies: dict[int, Tally] = {}
        """By segment."""
        self._verdicts: dict[int, InARow] = {}
        self._numbers: dict[int, Numbers] = {}

    def __len__(self) -> int:
        return len(self._every)

    def may_move_to(self, start: Instant, end: Instant) -> bool:
        """It moves forwards only."""
        return start >= self._start and end >= self._end

    def move_to(self, start: Instant, end: Instant) -> None:
        until = self._before(start)
        for one in self._every[: min(until, self._before(self._end))]:
            self._count(one, -1)
        coming = self._every[max(until, self._before(self._end)) : self._before(end)]
        del self._every[:until]
        self._start, self._end = start, end
        for one in coming:
            self._count(one, +1)

    def change(self, less: Counting | None, more: Counting | None) -> None:
        """One counts otherwise than before."""
        if less is not None and less.place[0] >= self._start:
            del self._every[bisect_left(self._every, less.place, key=_place)]
            if less.place[0] < self._end:
                self._count(less, -1)
        if more is not None and more.place[0] >= self._start:
            insort(self._every, more, key=_place)
            if more.place[0] < self._end:
                self._count(more, +1)

    def verdicts(self, segment: int) -> InARow:
        found = self._verdicts.get(segment)
        if found is None:
            owed = [one for one in self._within() if one.segment == segment and one.standing == "owed"]
            found = self._verdicts[segment] = InARow([(one.place, one.verdict) for one in owed])
        return found

    def numbers(self, segment: int) -> Numbers:
        found = self._numbers.get(segment)
        if found is None:
            every = [one.number for one in self._within() if one.segment == segment]
            found = self._numbers[segment] = Numbers([one for one in every if one is not None])
        return found

    def _within(self) -> list[Counting]:
        return self._every[: self._before(self._end)]

    def _before(self, instant: Instant) -> int:
        return bisect_left(self._every, (instant, ""), key=_place)

    def _count(self, one: Counting, by: int) -> None:
        one.add_to(self.tallies.setdefault(one.segment, Tally()), by)
        verdicts, numbers = self._verdicts.get(one.segment), self._numbers.get(one.segment)
        if verdicts is not None and one.standing == "owed":
            if by > 0:
                verdicts.put(one.place, one.verdict)
            else:
                verdicts.take_out(one.place)
        if numbers is not None and one.number is not None:
            if by > 0:
                numbers.put(one.number)
            else:
                numbers.take_out(one.number)


def _place(one: Counting) -> Place:
    return one.place
