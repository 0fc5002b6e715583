"""Closed days out of an iCalendar file (RFC 5545). The library reads, `icalendar_recurring` says when events take place.

A day is closed where an event covers it whole: all-day events (DTEND is not included), and timed ones from midnight to
midnight on the wall of the calendar that takes them. Whether an event is shown as busy (TRANSP) plays no part: public
holidays are published as free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar

from domain.saying import said
from services.contract_files.icalendar_recurring import (
    Event,
    NotReadable,
    Recurring,
    on_wall,
    one_line,
    value_of,
)

MAX_BYTES = 2 << 20
MOST_EVENTS = 3_000
MOST_TIMES = 20_000
"""Times that the events of one file may take place in the days asked for."""
_DAY = timedelta(days=1)
_LONGEST_PART = timedelta(hours=20)
"""An event that lasts no longer covers no day, not even one that the clocks cut."""


class ClosedSpan(NamedTuple):
    """Local dates, both included, and the name of the event."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The closed days, in the order of their dates. `partial` names the events that cover no whole day."""

    spans: tuple[ClosedSpan, ...]
    partial: tuple[str, ...]


def closed_days(content: bytes, zone: ZoneInfo, first: date, last: date) -> Closed:
    """The closed days from `first` to `last`, both included, on the wall of `zone`. Raises NotReadable."""
    try:
        return _closed(_components(content), zone, first, last)
    except OverflowError:
        raise NotReadable(said("an event lies beyond the years 1 to 9999")) from None


def _closed(components: Sequence[Any], zone: ZoneInfo, first: date, last: date) -> Closed:
    events = [_read(one, number) for number, one in enumerate(components, 1)]
    recurring = Recurring(events, zone, first, last)
    spans: dict[ClosedSpan, None] = {}
    partial: dict[str, None] = {}
    times = 0
    for one in events:
        if one.is_cancelled:
            continue
        if one.is_partial(_LONGEST_PART):
            recurring.check(one)
            partial[one.name] = None
            continue
        for start, end in recurring.times(one):
            times += 1
            if times > MOST_TIMES:
                raise NotReadable(
                    said(
                        "{one}: with it the events take place more than {most_times:,} times",
                        one=one.name,
                        most_times=MOST_TIMES,
                    )
                )
            span = _whole_days(start, end, zone)
            if span is None:
                partial[one.name] = None
                continue
            begins, ends = span
            if begins <= last and ends >= first:
                spans[ClosedSpan(max(begins, first), min(ends, last), one.name)] = None
    return Closed(tuple(sorted(spans)), tuple(partial))


def _components(content: bytes) -> list[Any]:
    if len(content) > MAX_BYTES:
        raise NotReadable(said("larger than {max_bytes} MiB", max_bytes=MAX_BYTES >> 20))
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise NotReadable(said("more than {most_events:,} events", most_events=MOST_EVENTS))
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
        events = [event for one in calendars for event in one.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotReadable(said("not an iCalendar file: {error}", error=one_line(error))) from None
    if not events:
        raise NotReadable(said("no event in it: an iCalendar file with VEVENTs is needed"))
    return events


def _read(component: Any, number: int) -> Event:
    name = one_line(component.get("SUMMARY") or component.get("UID") or said("event {number}", number=number))
    if component.errors:
        what, why = component.errors[0]
        raise NotReadable(said("{name}: {what} cannot be read: {why}", name=name, what=what, why=one_line(why)))
    start, end, length = (value_of(component, one, name) for one in ("DTSTART", "DTEND", "DURATION"))
    if not isinstance(start, date):
        raise NotReadable(said("{name}: it has no DTSTART", name=name))
    if end is None:
        end = start + (length if isinstance(length, timedelta) else _DAY if type(start) is date else timedelta(0))
    if not isinstance(end, date) or type(end) is not type(start):
        raise NotReadable(said("{name}: DTSTART and DTEND must both be dates, or both times", name=name))
    is_backwards = _ends_before(end, start)
    if is_backwards is None:
        raise NotReadable(said("{name}: of DTSTART and DTEND only one has a zone", name=name))
    if is_backwards:
        raise NotReadable(said("{name}: it ends before it starts", name=name))
    return Event(component, name, start, end)


def _whole_days(start: date | datetime, end: date | datetime, zone: ZoneInfo) -> tuple[date, date] | None:
    """The local dates, both included, that lie whole between them."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        begins, ends = on_wall(start, zone), on_wall(end, zone)
        first = begins.date() if begins.time() == time() else begins.date() + _DAY
        last = ends.date() - _DAY
    else:
        first, last = start, max(end - _DAY, start)
    return (first, last) if first <= last else None


def _ends_before(end: date | datetime, start: date | datetime) -> bool | None:
    """None where they cannot be compared: one has a zone and the other has none."""
    if isinstance(end, datetime) and isinstance(start, datetime) and (end.tzinfo is None) != (start.tzinfo is None):
        return None
    return end < start
