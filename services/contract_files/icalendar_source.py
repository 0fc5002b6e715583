"""Closed days out of an iCalendar file (RFC 5545). The library reads; recurrences are dateutil's.

A day is closed where an event covers it whole: all-day events (DTEND is not included), and timed ones from midnight to
midnight on the wall of the calendar that takes them. Whether an event is shown as busy (TRANSP) plays no part: public
holidays are published as free.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
from dateutil.rrule import rrulestr

MAX_BYTES = 10 << 20
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = timedelta(days=1)
_MOST = 100_000
"""Spans that one file may give."""


class NotReadable(ValueError):
    """The file, or an event of it, cannot be understood; the message is one line."""


class ClosedSpan(NamedTuple):
    """Local dates, both included, and the name of the event."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class Closed:
    """By date. `partial` names the events that cover no whole day."""

    spans: tuple[ClosedSpan, ...]
    partial: tuple[str, ...]


class _Event(NamedTuple):
    component: Any
    name: str
    start: date | datetime
    end: date | datetime


def closed_days(content: bytes, zone: ZoneInfo, first: date, last: date) -> Closed:
    """The closed days from `first` to `last`, both included, on the wall of `zone`. Raises NotReadable."""
    events = [_read(one, number) for number, one in enumerate(_components(content), 1)]
    moved = {
        (str(one.component.get("UID")), _plain(one.component["RECURRENCE-ID"].dt, zone))
        for one in events
        if "RECURRENCE-ID" in one.component
    }
    spans: dict[ClosedSpan, None] = {}
    partial: dict[str, None] = {}
    for one in events:
        if str(one.component.get("STATUS", "")).upper() == "CANCELLED":
            continue
        for start, end in _times(one, moved, zone, first, last):
            span = _whole_days(start, end, zone)
            if span is None:
                partial[one.name] = None
            elif span[0] <= last and span[1] >= first:
                spans[ClosedSpan(max(span[0], first), min(span[1], last), one.name)] = None
            if len(spans) > _MOST:
                raise NotReadable(f"{one.name}: more than {_MOST:,} closed spans")
    return Closed(tuple(sorted(spans)), tuple(partial))


def _components(content: bytes) -> list[Any]:
    if len(content) > MAX_BYTES:
        raise NotReadable(f"larger than {MAX_BYTES >> 20} MiB")
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
        events = [event for one in calendars for event in one.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotReadable(f"not an iCalendar file: {_one_line(error)}") from None
    if not events:
        raise NotReadable("no event in it: an iCalendar file with VEVENTs is needed")
    return events


def _read(component: Any, number: int) -> _Event:
    name = _one_line(component.get("SUMMARY") or component.get("UID") or f"event {number}")
    if component.errors:
        what, why = component.errors[0]
        raise NotReadable(f"{name}: {what} cannot be read: {_one_line(why)}")
    start, end, length = (_value(component, one, name) for one in ("DTSTART", "DTEND", "DURATION"))
    if not isinstance(start, date):
        raise NotReadable(f"{name}: it has no DTSTART")
    if end is None:
        end = start + (length if isinstance(length, timedelta) else _DAY if type(start) is date else timedelta(0))
    if not isinstance(end, date) or type(end) is not type(start):
        raise NotReadable(f"{name}: DTSTART and DTEND must both be dates, or both times")
    is_backwards = _ends_before(end, start)
    if is_backwards is None:
        raise NotReadable(f"{name}: of DTSTART and DTEND only one has a zone")
    if is_backwards:
        raise NotReadable(f"{name}: it ends before it starts")
    return _Event(component, name, start, end)


def _value(component: Any, name: str, of: str) -> Any:
    value = component.get(name)
    if isinstance(value, list):
        raise NotReadable(f"{of}: {name} is said twice")
    if value is not None and not hasattr(value, "dt") and not hasattr(value, "td"):
        raise NotReadable(f"{of}: {name} cannot be read")
    return None if value is None else value.dt if hasattr(value, "dt") else value.td


def _times(
    one: _Event, moved: set[tuple[str, datetime]], zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[date | datetime, date | datetime]]:
    """When the event takes place, as far as it can touch the span."""
    component, length = one.component, one.end - one.start
    if "RECURRENCE-ID" in component:
        yield one.start, one.end
        return
    uid = str(component.get("UID"))
    out = {_plain(each, zone) for each in _listed(component, "EXDATE")}
    since, until = _midnight(first) - length - 2 * _DAY, _midnight(last) + 2 * _DAY
    for start in [*_recurring(one, since, until), *_listed(component, "RDATE")]:
        begins, ends = start if isinstance(start, tuple) else (start, start + length)
        at = _plain(begins, zone)
        if at in out or (uid, at) in moved:
            continue
        yield begins, ends


def _recurring(one: _Event, since: datetime, until: datetime) -> Iterator[date | datetime]:
    """The starts that the rule gives, the first one always among them. Walls are those of the event's own zone."""
    yield one.start
    rules = one.component.get("RRULE", [])
    begins = one.start if isinstance(one.start, datetime) else _midnight(one.start)
    for rule in rules if isinstance(rules, list) else [rules]:
        if str(rule.get("FREQ", ["?"])[0]).upper() not in _FREQUENCIES or rule.get("INTERVAL", [1])[0] < 1:
            raise NotReadable(f"{one.name}: it recurs by “{rule.to_ical().decode()}”, which gives no days")
        wall = begins.replace(tzinfo=None)
        text = ";".join(
            part for part in rule.to_ical().decode().split(";") if not part.upper().startswith(("UNTIL", "X-"))
        )
        try:
            found = rrulestr(text, dtstart=wall).between(since, until, inc=True)
        except (ValueError, TypeError) as error:
            raise NotReadable(f"{one.name}: it recurs by “{text}”: {_one_line(error)}") from None
        ends = rule.get("UNTIL", [None])[0]
        for each in found:
            start = each.date() if not isinstance(one.start, datetime) else each.replace(tzinfo=begins.tzinfo)
            if each != wall and (ends is None or _is_until(start, ends)):
                yield start


def _is_until(start: date | datetime, ends: date | datetime) -> bool:
    """UNTIL is included; a date stands for its whole day."""
    if not isinstance(ends, datetime) or not isinstance(start, datetime):
        last = ends.date() if isinstance(ends, datetime) else ends
        return (start.date() if isinstance(start, datetime) else start) <= last
    if (start.tzinfo is None) != (ends.tzinfo is None):
        return start.replace(tzinfo=None) <= ends.replace(tzinfo=None)
    return start <= ends


def _listed(component: Any, name: str) -> Iterator[Any]:
    """The dates, times or periods of a property that may be said several times."""
    said = component.get(name, [])
    for each in said if isinstance(said, list) else [said]:
        for one in each.dts:
            value = one.dt
            if isinstance(value, tuple) and isinstance(value[1], timedelta):
                value = value[0], value[0] + value[1]
            yield value


def _whole_days(start: date | datetime, end: date | datetime, zone: ZoneInfo) -> tuple[date, date] | None:
    """The local dates, both included, that lie whole between them."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        begins, ends = _on_wall(start, zone), _on_wall(end, zone)
        first = begins.date() if begins.time() == time() else begins.date() + _DAY
        last = ends.date() - _DAY
    else:
        first, last = start, max(end - _DAY, start)
    return (first, last) if first <= last else None


def _on_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """On the wall of the zone; a time without zone is on every wall."""
    return (moment if moment.tzinfo is None else moment.astimezone(zone)).replace(tzinfo=None)


def _plain(value: Any, zone: ZoneInfo) -> datetime:
    """A start by which exceptions are found."""
    value = value[0] if isinstance(value, tuple) else value
    return _on_wall(value, zone) if isinstance(value, datetime) else _midnight(value)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _ends_before(end: date | datetime, start: date | datetime) -> bool | None:
    """None where they cannot be compared: one has a zone and the other has none."""
    if isinstance(end, datetime) and isinstance(start, datetime) and (end.tzinfo is None) != (start.tzinfo is None):
        return None
    return end < start


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:200]
