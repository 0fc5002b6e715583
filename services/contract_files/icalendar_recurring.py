"""Unrolls when the events of an iCalendar file take place (RFC 5545, §3.8.5): RRULE, RDATE and EXDATE, and single ones
that were moved.

What the RFC forbids or leaves undefined is refused, so that no day is closed by guessing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.rfc5545 import Recurrence, open_question, parts_of, recurrence
from domain.saying import said

_DAY = timedelta(days=1)
_OF_THE_DAY = {"BYHOUR": "hour", "BYMINUTE": "minute", "BYSECOND": "second"}
_LONGEST_RULE = 1_000

Span = tuple[date | datetime, date | datetime]


class NotReadable(ValueError):
    """The file, or an event of it, cannot be understood; the message is one line."""


class Event(NamedTuple):
    component: Any
    name: str
    start: date | datetime
    end: date | datetime

    @property
    def is_cancelled(self) -> bool:
        return str(self.component.get("STATUS", "")).upper() == "CANCELLED"

    @property
    def wall(self) -> datetime:
        """The time on its own clock at which it first starts."""
        return self.start.replace(tzinfo=None) if isinstance(self.start, datetime) else _midnight(self.start)

    def is_partial(self, longest: timedelta) -> bool:
        """Says whether it has times of day, and never lasts longer than that; one with periods in RDATE may."""
        has_periods = any(isinstance(one, tuple) for one in _listed(self.component, "RDATE"))
        return isinstance(self.start, datetime) and self.end - self.start <= longest and not has_periods


class _Rule(NamedTuple):
    recurrence: Recurrence
    times: int | None
    until: date | datetime | None


class Recurring:
    """The times of all events of a file that can touch the days from `first` to `last`."""

    def __init__(self, events: Sequence[Event], zone: ZoneInfo, first: date, last: date):
        self._zone, self._first, self._last = zone, first, last
        self._moved: dict[str, list[Any]] = {}
        for one in events:
            if "RECURRENCE-ID" in one.component:
                if one.component["RECURRENCE-ID"].params.get("RANGE"):
                    raise NotReadable(
                        said("{one}: it moves all that follow too; give these an event of their own", one=one.name)
                    )
                self._moved.setdefault(_uid(one), []).append(value_of(one.component, "RECURRENCE-ID", one.name))

    def check(self, one: Event) -> None:
        """Raises NotReadable where its rule cannot be followed."""
        _rule_of(one)

    def times(self, one: Event) -> Iterator[Span]:
        """Gives the spans in which the event takes place. Raises NotReadable."""
        if "RECURRENCE-ID" in one.component:
            yield one.start, one.end
            return
        length = one.end - one.start
        out = self._names([*_listed(one.component, "EXDATE"), *self._moved.get(_uid(one), ())])
        added = list(_listed(one.component, "RDATE"))
        if any(isinstance(_start(each), datetime) is not isinstance(one.start, datetime) for each in added):
            raise NotReadable(said("{one}: RDATE and DTSTART must both be dates, or both times", one=one.name))
        for each in (*self._recurring(one, length), *added):
            begins, ends = each if isinstance(each, tuple) else (each, each + length)
            if out.isdisjoint(self._names([begins])):
                yield begins, ends

    def _recurring(self, one: Event, length: timedelta) -> Iterator[date | datetime]:
        """DTSTART, which always counts as the first, and the later starts that the rule gives, on the event's own wall."""
        yield one.start
        rule = _rule_of(one)
        if rule is None:
            return
        begins = one.wall.date()
        since = date.fromordinal(max(1, self._first.toordinal() - length.days - 2))
        until = min(self._last, date.max - 2 * _DAY) + 2 * _DAY
        if rule.times is None:
            days: Iterable[date] = rule.recurrence.dates(begins, max(since, begins + _DAY), until)
        else:
            days = islice(rule.recurrence.dates(begins, begins + _DAY, until), rule.times - 1)
        for day in days:
            start = _at(day, one.start)
            if rule.until is not None and not _is_until(start, rule.until):
                return
            if day >= since:
                yield start

    def _names(self, starts: Iterable[Any]) -> set[object]:
        """Gives the names under which a start is taken out: its instant; a date stands for whatever starts on it."""
        found: set[object] = set()
        for each in map(_start, starts):
            if isinstance(each, datetime):
                found |= {on_wall(each, self._zone), ("date", each.date())}
            else:
                found |= {("date", each), ("all", each)}
        return found


def _rule_of(one: Event) -> _Rule | None:
    for name in ("EXRULE", "RRULE"):
        stated = one.component.get(name, [])
        if name == "EXRULE" and stated:
            raise NotReadable(
                said("{one}: EXRULE is no part of RFC 5545 any more; list the days under EXDATE", one=one.name)
            )
        if isinstance(stated, list) and len(stated) > 1:
            raise NotReadable(said("{one}: RRULE is said twice, which RFC 5545 leaves undefined", one=one.name))
    if not stated:
        return None
    rule = stated[0] if isinstance(stated, list) else stated
    text = rule.to_ical().decode()
    if len(text) > _LONGEST_RULE:
        raise NotReadable(
            said("{one}: its rule is longer than {longest_rule:,} letters", one=one.name, longest_rule=_LONGEST_RULE)
        )
    try:
        return _read(text.upper(), rule, one)
    except ValueError as error:
        raise NotReadable(
            said("{one}: it recurs by “{text}”: {error}", one=one.name, text=one_line(text), error=one_line(error))
        ) from None


def _read(text: str, rule: Any, one: Event) -> _Rule:
    """Raises ValueError."""
    parts = parts_of(text)
    until, count = rule.get("UNTIL", [None])[0], parts.pop("COUNT", None)
    parts.pop("UNTIL", None)
    if until is not None and count is not None:
        raise ValueError(said("UNTIL and COUNT must not stand together"))
    if count is not None and not (count.isascii() and count.isdigit() and len(count) <= 9 and int(count)):
        raise ValueError(said("COUNT={count} is no number of times", count=count))
    for name, unit in _OF_THE_DAY.items():
        stated = parts.pop(name, None)
        if stated is not None and isinstance(one.start, datetime) and stated != str(getattr(one.start, unit)):
            raise ValueError(said("{name} gives other times of day than DTSTART", name=name))
    found = recurrence(";".join(f"{name}={value}" for name, value in parts.items()))
    if (question := open_question(found)) is not None:
        raise ValueError(question)
    return _Rule(found, int(count) if count is not None else None, until)


def value_of(component: Any, name: str, of: str) -> Any:
    """The one value of a property; None where it is not said. Raises NotReadable."""
    value = component.get(name)
    if isinstance(value, list):
        raise NotReadable(said("{of}: {name} is said twice", of=of, name=name))
    if value is not None and not hasattr(value, "dt") and not hasattr(value, "td"):
        raise NotReadable(said("{of}: {name} cannot be read", of=of, name=name))
    return None if value is None else value.dt if hasattr(value, "dt") else value.td


def on_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """On the wall of the zone; a time without zone is on every wall."""
    return (moment if moment.tzinfo is None else moment.astimezone(zone)).replace(tzinfo=None)


def one_line(text: object) -> str:
    return " ".join(str(text)[:2_000].split())[:200]


def _uid(one: Event) -> str:
    return str(one.component.get("UID"))


def _start(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


def _at(day: date, start: date | datetime) -> date | datetime:
    """On that day at the time of the first start, on the same wall."""
    return datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


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
    stated = component.get(name, [])
    for each in stated if isinstance(stated, list) else [stated]:
        for one in each.dts:
            match one.dt:
                case (start, timedelta() as length):
                    yield start, start + length
                case value:
                    yield value
