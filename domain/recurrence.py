"""Day rules: what `due.every` says, as local dates (INTERFACE §1, MEANING §4).

Words (`monday`, `working day`, `last working day of the quarter`…) or a rule of RFC 5545, which is anchored at the
first day of validity as at its DTSTART: `INTERVAL` counts from there, and parts left out are taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from heapq import merge
from typing import Protocol, cast

from domain.periods import Unit, first_day, next_first_day
from domain.rfc5545 import Recurrence, open_question, parts_of, recurrence
from domain.saying import heard, said

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
_ZERO = re.compile(r"\b0\d+(?:st|nd|rd|th)", re.ASCII)
_LENGTHS: dict[Unit, int] = {"week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366}
_RIGHT = said(
    "write monday, [monday, thursday], day, working day, first working day of the month, last "
    "working day of the quarter, or an RFC 5545 rule such as FREQ=MONTHLY;BYDAY=1TU"
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
    open_question: str | None = None
    """Why RFC 5545 does not say which dates these are. Such a rule is refused where it is new, and goes on where it was
    agreed."""

    @staticmethod
    def parse(text: str) -> DayRule:
        """The rule of a text; a list of words is joined by commas. Raises ValueError, which says what is right."""
        return _parsed(text)

    @staticmethod
    def check(text: str) -> None:
        """Raises ValueError, which says what is right, where the text is no rule or does not say its dates for sure."""
        rule = _parsed(text)
        if rule.open_question is not None:
            raise ValueError(said("“{text}”: {open_question}", text=text, open_question=rule.open_question))
        if (zero := _ZERO.search(text)) is not None:
            raise ValueError(said("“{text}” has a leading zero: write {zero}", text=text, zero=zero[0].lstrip("0")))

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
    rule: Recurrence

    def dates(self, anchor: date, first: date, last: date, is_closed: IsClosed) -> Iterator[date]:
        return self.rule.dates(anchor, first, last)


def _days(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> DayRule:
    plain = " ".join(text.split())
    if "=" in plain:
        rule = _read_rfc5545(plain.upper().removeprefix("RRULE:"))
        return DayRule(text, (_ByRfc5545(rule),), uses_calendar=False, open_question=open_question(rule))
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
        raise ValueError(said("{word!r} is not a day rule; {right}", word=word, right=_RIGHT))
    nth = {"first": 1, "last": -1}.get(form["nth"]) or int(form["nth"][:-2])
    weekdays = _weekdays_meant(form["what"])
    unit = cast(Unit, form["unit"])
    most = _LENGTHS[unit] if weekdays is None or len(weekdays) == 7 else -(-_LENGTHS[unit] // 7)
    if not (nth == -1 or 1 <= nth <= most):
        raise ValueError(
            said("{word!r} never comes: a {unit} has at most {most}", word=word, unit=heard(unit), most=most)
        )
    return _NthOfUnit(nth, weekdays, unit)


def _weekdays_meant(what: str) -> frozenset[int] | None:
    if what == "working day":
        return None
    return frozenset(range(7)) if what == "day" else frozenset((_WEEKDAYS[what],))


_REFUSED = {
    "DTSTART": said("it begins with the contract's validity"),
    "UNTIL": said("it ends with the contract's validity"),
    "COUNT": said("it ends with the contract's validity"),
    "BYHOUR": said("the time stands under `at`"),
    "BYMINUTE": said("the time stands under `at`"),
    "BYSECOND": said("the time stands under `at`"),
}


def _read_rfc5545(rule: str) -> Recurrence:
    """Raises ValueError."""
    for name in parts_of(rule):
        if name in _REFUSED:
            raise ValueError(
                said("{name} is not allowed in {rule!r}: {refused}", name=name, rule=rule, refused=_REFUSED[name])
            )
    return recurrence(rule)
