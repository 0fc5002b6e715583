"""The ladder of an action whose day is over, and the reminders before it, in the contract's time (MEETING §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain.calendars import Calendar, earlier, later
from domain.durations import Duration, WorkingDays, WorkingHours
from domain.open_time import CalendarEnded
from domain.terms import Rung
from domain.times import Instant, day_start

_MOST_DAYS = 3_660
"""Days back that an open date is looked for."""


def end_of_due(due: date, zone: ZoneInfo) -> Instant:
    """The midnight with which the day is over."""
    return day_start(due + timedelta(days=1), zone)


def limits(due: date, rungs: Sequence[Rung], zone: ZoneInfo, calendar: Calendar | None) -> list[Instant | None]:
    """When each step is reached, counted from the end of the day; None where the calendar does not reach as far (`calendar-ended`)."""
    return [_limit(end_of_due(due, zone), one.after, zone, calendar) for one in rungs]


def reminder(due: date, before: Duration, zone: ZoneInfo, calendar: Calendar | None) -> Instant | None:
    """When somebody is reminded: n working days before a day is the first opening on the n-th open date before it; any other time is
    counted back from the end of the day. None where the calendar does not say."""
    try:
        if isinstance(before, WorkingDays):
            return _open_date_before(due, before.days, zone, calendar) if calendar is not None else None
        if isinstance(before, WorkingHours) and calendar is None:
            return None
        return earlier(end_of_due(due, zone), before, zone, calendar)
    except CalendarEnded:
        return None


def _limit(start: Instant, after: Duration, zone: ZoneInfo, calendar: Calendar | None) -> Instant | None:
    if isinstance(after, WorkingDays | WorkingHours) and calendar is None:
        return None
    try:
        return later(start, after, zone, calendar)
    except CalendarEnded:
        return None


def _open_date_before(day: date, count: int, zone: ZoneInfo, calendar: Calendar) -> Instant | None:
    for back in range(1, _MOST_DAYS):
        one = day - timedelta(days=back)
        count -= not calendar.is_closed(one)
        if count == 0:
            return calendar.next_opening(day_start(one, zone))
    return None
