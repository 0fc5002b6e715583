"""The ladder of an action whose day is over, and the reminders before it, in the contract's time (MEETING §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain.before import counted_back
from domain.calendars import Calendar, later
from domain.durations import Duration, WorkingDays, WorkingHours
from domain.open_time import CalendarEnded
from domain.terms import Rung
from domain.times import Instant, day_start


def end_of_due(due: date, zone: ZoneInfo) -> Instant:
    """The midnight with which the day is over."""
    return day_start(due + timedelta(days=1), zone)


def limits(due: date, rungs: Sequence[Rung], zone: ZoneInfo, calendar: Calendar | None) -> list[Instant | None]:
    """When each step is reached, counted from the end of the day; None where the calendar does not reach as far (`calendar-ended`)."""
    return [_limit(end_of_due(due, zone), one.after, zone, calendar) for one in rungs]


def reminder(due: date, before: Duration, zone: ZoneInfo, calendar: Calendar | None) -> Instant | None:
    """When somebody is reminded, counted back from the day, or from its end. None where the calendar does not say."""
    return counted_back(due, end_of_due(due, zone), before, zone, calendar)


def _limit(start: Instant, after: Duration, zone: ZoneInfo, calendar: Calendar | None) -> Instant | None:
    if isinstance(after, WorkingDays | WorkingHours) and calendar is None:
        return None
    try:
        return later(start, after, zone, calendar)
    except CalendarEnded:
        return None
