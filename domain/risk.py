"""Limits after a tolerance, and from when a pending occurrence is at risk (MEANING §5 "At risk")."""

from __future__ import annotations

from domain.calendars import CalendarEnded, earlier, end_of_local_day, later
from domain.durations import Duration, EndOfDay
from domain.times import Instant
from domain.versions import CommitmentVersion


def limit_after(due: Instant, tolerance: Duration | EndOfDay, version: CommitmentVersion) -> tuple[Instant, bool]:
    """The limit and whether it is itself too late (`end of day`: the next local midnight is). Raises CalendarEnded."""
    if isinstance(tolerance, EndOfDay):
        return end_of_local_day(due, version.zone), True
    return later(due, tolerance, version.zone, version.calendar), False


def at_risk_from(limit: Instant, start: Instant, warn: Duration | None, version: CommitmentVersion) -> Instant:
    """The watermark from which the occurrence is at risk: within `warn` of the limit; without `warn`, when less than a
    quarter of the time from `start` (opening or previous due) is left."""
    if warn is None:
        return limit - max(limit - start - 1, 0) // 4
    try:
        return earlier(limit, warn, version.zone, version.calendar)
    except CalendarEnded:
        return limit
