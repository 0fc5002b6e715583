"""Day rules: what `due.every` says, as local dates (INTERFACE §1, MEANING §4).

Words (`monday`, `working day`, `last working day of the quarter`…) or a rule of RFC 5545, which is anchored at the
first day of validity as at its DTSTART: `INTERVAL` counts from there, and parts left out are taken from it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from heapq import merge
from threading import Lock
from typing import Protocol, cast

from dateutil.rrule import rrulestr

from domain.periods import Unit, first_day, next_first_day

IsClosed = Callable[[date], bool]

_WEEKDAYS = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
_NTH = re.compile(
    rf"(?P<nth>first|last|\d{{1,3}}(?:st|nd|rd|th)) (?P<what>working day|day|{'|'.join(_WEEKDAYS)}) "
    r"of the (?P<unit>week|month|quarter|half|year)",
    re.ASCII,
)
_LENGTHS: dict[Unit, int] = {"week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366}
_RIGHT = (
    "write monday, [monday, thursday], day, working day, first working day of the month, "
    "last working day of the quarter, or an RFC 5545 rule such as FREQ=MONTHLY;BYDAY=1TU"
)


class _Pick(Protocol):
    """One part of a rule: its dates from `first` to `last`, both included, ascending."""

    def dates(self, anchor: date, first: date, last: date, is_closed: IsClosed) -> Iterator[date]: ...


@dataclass(frozen=True, slots=True)
class DayRule:
    """A rule that has been read. Made by `parse`."""

    text: str
    parts: tuple[_Pick, ...]
    uses_calendar: bool
    """Whether the dates depend on when the calendar is closed."""

    @staticmethod
    def parse(text: str) -> DayRule:
        """The rule of a text; a list of words is joined by commas. Raises ValueError, which says what is right."""
        return _parsed(text)

    def dates(self, anchor: date, after: date, until: date, is_closed: IsClosed) -> Iterator[date]:
        """The dates of the rule from `after` to `until`, both included, ascending, none before `anchor`; lazily.

        `anchor` is the first day of validity of the first version. A rule without dates yields none. What `is_closed`
        raises passes through, at the date that could not be told.
        """
        first = max(anchor, after)
        previous: date | None = None
        for day in merge(*(part.dates(anchor, first, until, is_closed) for part in self.parts)):
            if day != previous:
                yield day
            previous = day


@dataclass(frozen=True, slots=True)
class _OnWeekdays:
    weekdays: frozenset[int]

    def dates(self, anchor: date, first: date, last: date, is_closed: IsClosed) -> Iterator[date]:
        return (day for day in _days(first, last) if day.weekday() in self.weekdays)


@dataclass(frozen=True, slots=True)
class _OnWorkingDays:
    def dates(self, anchor: date, first: date, last: date, is_closed: IsClosed) -> Iterator[date]:
        return (day for day in _days(first, last) if not is_closed(day))


@dataclass(frozen=True, slots=True)
class _NthOfUnit:
    """The n-th (from 1; -1 the last) of the unit's days that count: working days, or those of `weekdays`."""

    nth: int
    weekdays: frozenset[int] | None
    unit: Unit

    def dates(self, anchor: date, first: date, last: date, is_closed: IsClosed) -> Iterator[date]:
        begins = first_day(self.unit, first)
        while begins <= last:
            ends = next_first_day(self.unit, begins)
            day = self._pick(begins, ends, is_closed)
            if day is not None and first <= day <= last:
                yield day
            if ends == date.max:
                return
            begins = ends

    def _pick(self, begins: date, ends: date, is_closed: IsClosed) -> date | None:
        days = range(begins.toordinal(), ends.toordinal())
        wanted = abs(self.nth)
        for ordinal in days if self.nth > 0 else reversed(days):
            day = date.fromordinal(ordinal)
            if not is_closed(day) if self.weekdays is None else day.weekday() in self.weekdays:
                wanted -= 1
                if wanted == 0:
                    return day
        return None


@dataclass(frozen=True, slots=True)
class _ByRfc5545:
    rule: str

    def dates(self, anchor: date, first: date, last: date, is_closed: IsClosed) -> Iterator[date]:
        return _unrolled(self.rule, anchor).dates(first, last)


class _Unrolled:
    """The dates of an RFC 5545 rule from one anchor, as far as they were asked for. Shared by threads."""

    def __init__(self, rule: str, anchor: date) -> None:
        self._days: list[date] = []
        self._coming = iter(rrulestr(rule, dtstart=datetime.combine(anchor, time())))
        self._advancing = Lock()

    def dates(self, first: date, last: date) -> Iterator[date]:
        while (not self._days or self._days[-1] < first) and self._advance(len(self._days)):
            pass
        at = bisect_left(self._days, first)
        while (at < len(self._days) or self._advance(at)) and (day := self._days[at]) <= last:
            yield day
            at += 1

    def _advance(self, known: int) -> bool:
        """Finds one date more than were known; False where there is none."""
        with self._advancing:
            if len(self._days) > known:
                return True
            coming = next(self._coming, None)
            if coming is None:
                return False
            self._days.append(coming.date())
            return True


_unrolled = lru_cache(maxsize=1024)(_Unrolled)


def _days(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> DayRule:
    plain = " ".join(text.split())
    if "=" in plain:
        rule = _checked_rfc5545(plain.upper().removeprefix("RRULE:"))
        return DayRule(text, (_ByRfc5545(rule),), uses_calendar=False)
    words = [word.strip() for word in plain.lower().split(",")]
    weekdays = frozenset(_WEEKDAYS[word] for word in words if word in _WEEKDAYS)
    parts: list[_Pick] = [_worded(word) for word in words if word not in _WEEKDAYS]
    if weekdays:
        parts.append(_OnWeekdays(weekdays))
    return DayRule(text, tuple(parts), uses_calendar="working day" in plain.lower())


def _worded(word: str) -> _Pick:
    if word == "day":
        return _OnWeekdays(frozenset(range(7)))
    if word == "working day":
        return _OnWorkingDays()
    form = _NTH.fullmatch(word)
    if form is None:
        raise ValueError(f"{word!r} is not a day rule; {_RIGHT}")
    nth = {"first": 1, "last": -1}.get(form["nth"]) or int(form["nth"][:-2])
    weekdays = _weekdays_meant(form["what"])
    unit = cast(Unit, form["unit"])
    most = _LENGTHS[unit] if weekdays is None or len(weekdays) == 7 else -(-_LENGTHS[unit] // 7)
    if not (nth == -1 or 1 <= nth <= most):
        raise ValueError(f"{word!r} never comes: a {unit} has at most {most}")
    return _NthOfUnit(nth, weekdays, unit)


def _weekdays_meant(what: str) -> frozenset[int] | None:
    if what == "working day":
        return None
    return frozenset(range(7)) if what == "day" else frozenset((_WEEKDAYS[what],))


_REFUSED = {
    "DTSTART": "it begins with the contract's validity",
    "UNTIL": "it ends with the contract's validity",
    "COUNT": "it ends with the contract's validity",
    "BYHOUR": "the time stands under `at`",
    "BYMINUTE": "the time stands under `at`",
    "BYSECOND": "the time stands under `at`",
}
_NUMBERS = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_ONLY_WITH = {
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
    "BYMONTHDAY": ("YEARLY", "MONTHLY", "DAILY"),
    "BYSETPOS": ("YEARLY", "MONTHLY", "WEEKLY"),
}
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def _checked_rfc5545(rule: str) -> str:
    """The rule itself, once it is sure that dateutil reads it as RFC 5545 means it. Raises ValueError."""
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name in _REFUSED:
            raise ValueError(f"{name} is not allowed in {rule!r}: {_REFUSED[name]}")
        if name in parts:
            raise ValueError(f"{name} stands twice in {rule!r}")
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY"):
        raise ValueError(f"{rule!r} needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    for name, value in parts.items():
        if not _is_right(name, value, frequency):
            raise ValueError(f"{name}={value} is not right in {rule!r} (RFC 5545, section 3.3.10)")
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        raise ValueError(f"BYSETPOS in {rule!r} chooses among nothing; add BYDAY or the like")
    _refuse_days_that_no_month_has(parts, rule)
    return rule


def _is_right(name: str, value: str, frequency: str) -> bool:
    values = value.split(",")
    if frequency not in _ONLY_WITH.get(name, (frequency,)):
        return False
    match name:
        case "FREQ":
            return True
        case "INTERVAL":
            return _is_number(value, 1, 9999)
        case "WKST":
            return _BY_DAY.fullmatch(value) is not None and len(value) == 2
        case "BYMONTH":
            return all(_is_number(one, 1, 12) for one in values)
        case "BYDAY":
            most = {"MONTHLY": 5, "YEARLY": 53}.get(frequency, 0)
            forms = [_BY_DAY.fullmatch(one) for one in values]
            return all(form is not None and (form[1] is None or 1 <= abs(int(form[1])) <= most) for form in forms)
        case _ if name in _NUMBERS:
            return all(_is_number(one.removeprefix("-").removeprefix("+"), 1, _NUMBERS[name]) for one in values)
        case _:
            return False


def _is_number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most


def _refuse_days_that_no_month_has(parts: dict[str, str], rule: str) -> None:
    """30 February: dateutil would look for it until the year 9999."""
    if "BYMONTH" not in parts or "BYMONTHDAY" not in parts:
        return
    longest = max(_LONGEST_MONTH.get(int(month), 31) for month in parts["BYMONTH"].split(","))
    if all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(",")):
        raise ValueError(f"{rule!r} never comes: no such month has such a day")
