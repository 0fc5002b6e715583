"""Time that is worked in: open time where there is a calendar that reaches far enough, else any time."""

from __future__ import annotations

from domain.calendars import Calendar, CalendarEnded
from domain.durations import WorkingHours
from domain.times import Instant


def worked(start: Instant, end: Instant, calendar: Calendar | None) -> int:
    """Gives how much can be worked between them, in microseconds: all of it without a calendar, or where that has ended."""
    try:
        return max(calendar.open_between(start, end) if calendar else end - start, 0)
    except CalendarEnded:
        return max(end - start, 0)


def ahead(start: Instant, work: int, calendar: Calendar | None) -> Instant:
    """Gives the instant at which so much work is done that starts then."""
    try:
        return calendar.add(start, WorkingHours(work)) if calendar else start + work
    except CalendarEnded:
        return start + work


def back(end: Instant, work: int, calendar: Calendar | None) -> Instant:
    """Gives the instant at which so much work starts that is done then."""
    try:
        return calendar.subtract(end, WorkingHours(work)) if calendar else end - work
    except CalendarEnded:
        return end - work
