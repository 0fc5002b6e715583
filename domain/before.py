"""Time counted back from a day: reminders before the day of an action, the pack before a meeting (MEETING §6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.calendars import Calendar, earlier
from domain.durations import Duration, WorkingDays, WorkingHours
from domain.open_time import CalendarEnded
from domain.times import Instant, day_start

_MOST_DAYS: Final = 3_660
"""Days back that an open date is looked for."""


def counted_back(
    day: date, moment: Instant, before: Duration, zone: ZoneInfo, calendar: Calendar | None
) -> Instant | None:
    """n working days before a day is the first opening on the n-th open date before it; any other time is counted back from the
    moment. None where the calendar does not say."""
    try:
        if isinstance(before, WorkingDays):
            return _open_date_before(day, before.days, zone, calendar) if calendar is not None else None
        if isinstance(before, WorkingHours) and calendar is None:
            return None
        return earlier(moment, before, zone, calendar)
    except CalendarEnded:
        return None


def _open_date_before(day: date, count: int, zone: ZoneInfo, calendar: Calendar) -> Instant | None:
    for back in range(1, _MOST_DAYS):
        one = day - timedelta(days=back)
        count -= not calendar.is_closed(one)
        if count == 0:
            return calendar.next_opening(day_start(one, zone))
    return None
