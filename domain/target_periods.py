"""The periods of one target over all versions of its commitment (MEANING §5, §7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendars import earlier, later
from domain.durations import NominalDays
from domain.periods import Period, Periods
from domain.terms import Rolling
from domain.times import Instant


class Stretch(NamedTuple):
    """From `start` on, until the next stretch, periods are these."""

    start: Instant
    periods: Periods


class TargetPeriods:
    """One period for each instant: where a version changes the zone or `per`, new periods begin at its start, and the
    one before ends there. `spans` are the times, [start, end), in which a version has the target; there is at least
    one, and as many stretches as there are changes of zone or `per`, and one."""

    def __init__(self, stretches: Sequence[Stretch], spans: Sequence[tuple[Instant, Instant | None]]):
        self._stretches = tuple(stretches)
        self._starts = [one.start for one in stretches]
        self._spans = tuple(spans)

    def of(self, instant: Instant) -> Period:
        """The period in which the instant falls, also outside validity."""
        if len(self._stretches) == 1:
            return self._stretches[0].periods.of(instant)
        at = max(bisect_right(self._starts, instant) - 1, 0)
        period = self._stretches[at].periods.of(instant)
        if at + 1 == len(self._stretches):
            return period
        following = self._starts[at + 1]
        if period.end is not None and period.end <= following:
            return period
        return Period(period.id, period.start, following)

    def reach(self, period: Period) -> tuple[Instant, Instant | None]:
        """Between which instants, [from, until), `of` gives this period: more than its own where validity cuts it."""
        at = max(bisect_right(self._starts, period.start) - 1, 0)
        start, end = self._stretches[at].periods.reach(period)
        if at > 0:
            start = max(start, self._starts[at])
        if at + 1 < len(self._stretches):
            following = self._starts[at + 1]
            end = following if end is None else min(end, following)
        return start, end

    def over(self, start: Instant, until: Instant) -> Iterator[Period]:
        """From the period that holds `start` to the one that holds `until`."""
        period = self.of(start)
        yield period
        while period.end is not None and period.end <= until:
            following = self.of(period.end)
            if following.start < period.end:  # the end of the years
                return
            period = following
            yield period

    @property
    def endless_from(self) -> Instant | None:
        """The start of the last stretch, where its period has no end."""
        start = self._starts[-1]
        return start if self._stretches[-1].periods.of(start).end is None else None

    def first(self) -> Period:
        """The period in which the first version with this target begins."""
        return self.of(self._spans[0][0])

    def first_after(self, instant: Instant) -> Iterator[Period]:
        """Of each version with this target that begins after the instant, the period in which it does."""
        return (self.of(start) for start, _ in self._spans if start > instant)

    def until(self, instant: Instant) -> Iterator[Period]:
        """From the first period to the one that holds the instant, as far as a version with this target is in force."""
        period = self.first()
        while period.start <= instant:
            if self.is_in_force(period):
                yield period
            if period.end is None or not any(end is None or end > period.end for _, end in self._spans):
                return
            following = self.of(period.end)
            if following.start < period.end:  # the end of the years
                return
            period = following

    def is_in_force(self, period: Period) -> bool:
        """Whether a version with this target is in force at some time of the period."""
        return any(True for _ in self._meeting(period))

    def is_reached(self, period: Period, watermark: Instant | None) -> bool:
        """Whether time has come to a version with this target that is in force at some time of the period."""
        return watermark is not None and any(start <= watermark for start in self._meeting(period))

    def _meeting(self, period: Period) -> Iterator[Instant]:
        """The starts of the versions with this target that are in force at some time of the period."""
        for start, end in self._spans:
            if (period.end is None or start < period.end) and (end is None or end > period.start):
                yield start


class RollingWindow:
    """The one period of a rolling target: the last local days before the watermark (MEANING §5)."""

    def __init__(self, rolling: Rolling, zones: Sequence[tuple[Instant, ZoneInfo]]):
        """`zones`: those of all versions of the commitment, each from its start on."""
        self.id = rolling.id
        self._days = NominalDays(rolling.days)
        self._zones = tuple(zones)

    def at(self, watermark: Instant) -> Period:
        """[watermark − days, watermark)."""
        return Period(self.id, earlier(watermark, self._days, self._zone_at(watermark), None), watermark)

    def leaves(self, anchor: Instant, now: Instant) -> Instant:
        """The first watermark after `now` whose window begins behind the anchor; what is in the window at `now`."""
        zone = self._zone_at(anchor)
        after = max(now, later(anchor, self._days, zone, None) - 1)
        if self.at(after).start > anchor:  # the clocks were changed meanwhile
            after = now
        until = after + 1
        while self.at(until).start <= anchor:
            after, until = until, until + 2 * (until - now)
        return first_with(lambda at: self.at(at).start > anchor, after, until)

    def reach(self, period: Period) -> tuple[Instant, Instant | None]:
        """Between which instants something falls in the window: those it names."""
        return period.start, period.end

    def _zone_at(self, instant: Instant) -> ZoneInfo:
        begun = [zone for start, zone in self._zones if start <= instant]
        return begun[-1] if begun else self._zones[0][1]


def first_with(holds: Callable[[Instant], bool], after: Instant, until: Instant) -> Instant:
    """The first instant in (after, until] from which on it holds; it does at `until`, and turns once."""
    while until - after > 1:
        middle = (after + until) // 2
        if holds(middle):
            until = middle
        else:
            after = middle
    return until
