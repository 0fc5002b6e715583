"""What durations in contract files mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.oracle.calendars import Calendar
from tests.oracle.times import DAY, local, midnight, wall

ELAPSED = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}
NOMINAL = {"day": 1, "days": 1, "week": 7, "weeks": 7}


def split(text: str) -> tuple[int, str]:
    count, _, unit = text.partition(" ")
    return int(count), unit


def is_working(text: str) -> bool:
    return "working" in text


def add(start: datetime, duration: str, place: ZoneInfo, calendar: Calendar) -> datetime:
    count, unit = split(duration)
    if unit in ELAPSED:
        return start + count * ELAPSED[unit]
    if unit in NOMINAL:
        return nominal(start, count * NOMINAL[unit], place)
    if unit in ("working hour", "working hours"):
        return calendar.add_hours(start, timedelta(hours=count))
    return calendar.add_days(start, count)


def subtract(end: datetime, duration: str, place: ZoneInfo) -> datetime:
    """Elapsed and nominal ones only."""
    count, unit = split(duration)
    return end - count * ELAPSED[unit] if unit in ELAPSED else nominal(end, -count * NOMINAL[unit], place)


def nominal(start: datetime, days: int, place: ZoneInfo) -> datetime:
    """The same wall time that many local dates later; no day later is the same instant."""
    if not days:
        return start
    there = local(start, place)
    return wall(there.date() + days * DAY, there.time(), place)


def end_of_day(moment: datetime, place: ZoneInfo) -> datetime:
    return midnight(local(moment, place).date() + DAY, place)
