"""Limits after a tolerance, and from when a pending occurrence is at risk (MEANING §5 "At risk")."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from domain.calendars import Calendar, CalendarEnded, earlier, end_of_local_day, later
from domain.durations import Duration, EndOfDay, WorkingHours
from domain.times import Instant
from domain.versions import CommitmentVersion


def limit_after(due: Instant, tolerance: Duration | EndOfDay, version: CommitmentVersion) -> tuple[Instant, bool]:
    """The limit and whether it is itself too late (`end of day`: the next local midnight is). Raises CalendarEnded."""
    if isinstance(tolerance, EndOfDay):
        return end_of_local_day(due, version.zone), True
    return later(due, tolerance, version.zone, version.calendar), False


def at_risk_from(
    limit: Instant, start: Instant, warn: Duration | None, version: CommitmentVersion, working: Calendar | None = None
) -> Instant:
    """The watermark from which the occurrence is at risk: within `warn` of the limit; without `warn`, when less than a
    quarter of the time from `start` (opening or previous due) is left, of working time where the limit is counted in it (`working`)."""
    try:
        if warn is None:
            if working is None:
                return limit - max(limit - start - 1, 0) // 4
            return working.subtract(limit, WorkingHours(max(working.open_between(start, limit) - 1, 0) // 4))
        return earlier(limit, warn, version.zone, version.calendar)
    except CalendarEnded:
        return limit


LAST = 20
"""How many past occurrences say how late somebody is, and how many there must be."""


class Lateness(NamedTuple):
    """What somebody's lateness stays within four times of five: closed − due in microseconds, negative when early. None:
    more than one in five never came at all."""

    quantile: int | None

    def lies_beyond(self, tolerance: int, is_strict: bool) -> bool:
        """Whether that is later than what is still in time."""
        if self.quantile is None:
            return True
        return self.quantile >= tolerance if is_strict else self.quantile > tolerance


def own_lateness(past: Sequence[int | None]) -> Lateness | None:
    """The 80th percentile, by nearest rank, of (closed − due) of the last occurrences; what never closed counts as beyond
    everything. None while there are not enough of them."""
    if len(past) < LAST:
        return None
    ascending = sorted(past[-LAST:], key=lambda one: (one is None, one or 0))
    return Lateness(ascending[-(-LAST * 80 // 100) - 1])


def time_used(start: Instant, limit: Instant, watermark: Instant, calendar: Calendar | None = None) -> Fraction:
    """The share of the time from `start` (opening, or previous due) to the limit that has passed, from 0 to 1; of the time that
    the calendar is open, where one is given: it stands still while nobody works."""
    if watermark >= limit:
        return Fraction(1)
    if calendar is not None and (whole := calendar.open_between(start, limit)):
        return Fraction(calendar.open_between(start, watermark), whole)
    return Fraction(max(watermark - start, 0), limit - start) if limit > start else Fraction(0)
