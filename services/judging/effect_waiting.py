"""How long an effect check surely waits (MEETING §5, decision 72): of days and periods until so many of them are over; of
occurrences as long as those behind the change, kept up with every judgement, are too few or pend."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from domain.calendars import CalendarEnded
from domain.commitments import Commitment
from domain.target_periods import TargetPeriods
from domain.times import Instant, day_start, local_date
from services.judging.effect_units import MOST_DAYS, Place, following, is_by_periods

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Ahead:
    """The first `of` units that stand at or behind the change: where, and which of them pend. `trigger`: the key of that one, as
    long as it surely stands before the change; None where it may be among them."""

    of: int
    places: list[Place]
    pending: set[str]
    trigger: str | None

    @classmethod
    def of_units(cls, of: int, units: Iterable[tuple[Place, bool]], trigger: str | None) -> Ahead:
        """`units`: those at or behind the change, the first `of` of them or more, each with whether it pends."""
        first = sorted(units)[:of]
        return cls(of, [place for place, _ in first], {key for (_, key), pends in first if pends}, trigger)

    @property
    def waits(self) -> bool:
        """Says whether the window after the change is surely not whole. A trigger among them is in no window, and may pend."""
        return len(self.places) < self.of or len(self.pending) > (self.trigger is None)

    def put(self, key: str, place: Place | None, *, pends: bool) -> bool:
        """The unit now stands there; None: not behind the change, or it is none. False where only the rows tell what that makes of
        the window: which unit comes in for one that left it, and where the trigger stands."""
        if key == self.trigger:
            return False
        is_full = len(self.places) == self.of
        kept = [(at, other) for at, other in self.places if other != key]
        if is_full and len(kept) < self.of and (place is None or place > self.places[-1]):
            return False
        self.pending.discard(key)
        if place is not None:
            insort(kept, place)
            if pends:
                self.pending.add(key)
        self.pending.difference_update(beyond for _, beyond in kept[self.of :])
        self.places = kept[: self.of]
        return True


def over_at(commitment: Commitment, change: Instant, index: int, after: int) -> Instant | None:
    """Of units that are days or periods: the first watermark at which so many behind the change may be over; None where they
    never are. None of them is decided sooner."""
    of_periods = is_by_periods(commitment)
    ends = _ends_of_periods(commitment, change, index) if of_periods else _ends_of_days(commitment, change)
    return next(islice(ends, after - 1, None), None)


def _ends_of_periods(commitment: Commitment, change: Instant, index: int) -> Iterator[Instant]:
    periods = commitment.targets.get(index)
    if isinstance(periods, TargetPeriods):
        yield from (one.end for one in following(commitment, periods, change) if one.end is not None)


def _ends_of_days(commitment: Commitment, change: Instant) -> Iterator[Instant]:
    """Of local days on which there may be service time."""
    here = commitment.newest.zone
    first = local_date(change, here)
    for n in range(MOST_DAYS):
        start, end = day_start(first + _DAY * n, here), day_start(first + _DAY * (n + 1), here)
        if _may_be_served(commitment, start, end):
            yield end


def _may_be_served(commitment: Commitment, start: Instant, end: Instant) -> bool:
    version = commitment.version_at(start) or commitment.version_at(end - 1)
    if version is None:
        return False
    try:
        return version.calendar is None or version.calendar.open_between(start, end) > 0
    except CalendarEnded:
        return True
