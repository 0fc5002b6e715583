"""When somebody is told: open days, the hour of the morning mail, quiet time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.calendars import Calendar
from domain.open_time import CalendarEnded
from domain.times import Instant, from_local, to_local
from services.judging.catalogue import InForce
from services.notices.kinds import HOUR
from services.notices.preferences import CLOSED, NEVER, NO_CALENDAR, Preferences, minutes_of

LATE: Final = 4 * HOUR
"""Microseconds after the person's hour until which a morning mail is still one of the morning."""


def calendar_of(contracts: Iterable[InForce], services: frozenset[str], wanted: str = "") -> Calendar | None:
    """The calendar of that id, where a contract has it; else the one of most contracts of these services; of several the first by
    id. None: every day is open."""
    if wanted == NO_CALENDAR:
        return None
    used: dict[str, Calendar] = {}
    counts: Counter[str] = Counter()
    for one in contracts:
        calendar = one.newest.calendar
        if calendar is None:
            continue
        used.setdefault(calendar.id, calendar)
        if not services.isdisjoint((one.supplier, one.client)):
            counts[calendar.id] += 1
    if wanted in used:
        return used[wanted]
    most = min(counts, key=lambda id: (-counts[id], id), default=None)
    return used[most] if most is not None else None


@dataclass(frozen=True)
class Hours:
    """When a person may be told. `zone`: that of the calendar, else the organisation's."""

    wanted: Preferences
    calendar: Calendar | None
    zone: ZoneInfo

    def is_quiet(self, now: Instant) -> bool:
        if self.wanted.quiet == NEVER:
            return False
        if self.wanted.quiet == CLOSED:
            return self.calendar is not None and not _is_open(self.calendar, now)
        span = self.wanted.span()
        if span is None:
            return False
        local = to_local(now, self.zone)
        minute, (since, until) = local.hour * 60 + local.minute, span
        return since <= minute < until if since < until else minute >= since or minute < until

    def morning(self, now: Instant) -> date | None:
        """The day whose morning it is: an open one, from the person's hour on and not long after it. None at other times."""
        local = to_local(now, self.zone)
        minutes = minutes_of(self.wanted.hour)
        for day in (local.date(), local.date() - timedelta(days=1)):
            starts = from_local(datetime.combine(day, time(minutes // 60, minutes % 60)), self.zone)
            if starts <= now < starts + LATE:
                return day if self.is_working_day(day) else None
        return None

    def is_working_day(self, day: date) -> bool:
        if self.calendar is None:
            return True
        try:
            return not self.calendar.is_closed(day)
        except CalendarEnded:
            return True

    def working_days_until(self, day: date, today: date) -> int:
        """Counts the open days after today, up to and with that day; at most ten are looked at."""
        days = min((day - today).days, 10)
        return sum(self.is_working_day(today + timedelta(days=n)) for n in range(1, days + 1))


def _is_open(calendar: Calendar, now: Instant) -> bool:
    """A calendar that has ended keeps nobody quiet."""
    try:
        return calendar.is_open(now)
    except CalendarEnded:
        return True
