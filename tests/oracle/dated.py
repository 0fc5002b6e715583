"""Punctuality: every date of the rule, and the delivery that decides it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from tests.oracle import recurrence
from tests.oracle.contracts import Clause, Contract, Tree
from tests.oracle.durations import add, end_of_day, subtract
from tests.oracle.evidence import Event, selects, value_at
from tests.oracle.occurrences import Occurrence
from tests.oracle.periods import calendar_period
from tests.oracle.times import DAY, clock, read_time, wall


@dataclass(frozen=True)
class Dated:
    """One date of the rule. The limit is inclusive unless `is_exclusive`."""

    key: str
    day: date
    nominal: datetime
    due: datetime
    clause: Clause
    names: tuple[tuple[str, date], ...] = ()
    """Of every date that landed here, with its day."""

    @property
    def is_exclusive(self) -> bool:
        return bool(self.clause.indicator.get("tolerance") == "end of day")

    @cached_property
    def limit(self) -> datetime:
        tolerance = self.clause.indicator.get("tolerance")
        if tolerance is None:
            return self.due
        if self.is_exclusive:
            return end_of_day(self.due, self.clause.zone)
        return add(self.due, tolerance, self.clause.zone, self.clause.calendar)

    @cached_property
    def window_start(self) -> datetime:
        return subtract(self.due, self.clause.indicator.get("early", "0 s"), self.clause.zone)


def schedule(contract: Contract, clauses: list[Clause], last: date) -> list[Dated]:
    """In the order of their dues; of several with one due the one whose own day it is, else the earliest, by all their names.

    Where a version that changes the zone names a date again, the date is its own, with its times.
    """
    named = [_nominal(contract, clause, last) for clause in clauses]
    later = [{one.day for dates in named[number + 1 :] for one in dates} for number in range(len(named))]
    owed = [one for dates, taken in zip(named, later, strict=True) for one in dates if one.day not in taken]
    landed: dict[datetime, list[Dated]] = {}
    for one in sorted(owed, key=lambda one: one.nominal):
        landed.setdefault(one.due, []).append(one)
    return [_standing(landed[due]) for due in sorted(landed)]


def _standing(landed: list[Dated]) -> Dated:
    own = [one for one in landed if one.due.astimezone(one.clause.zone).date() == one.day]
    return replace((own or landed)[0], names=tuple((one.key, one.day) for one in landed))


def _nominal(contract: Contract, clause: Clause, last: date) -> list[Dated]:
    due = clause.indicator["due"]
    times = due["at"] if isinstance(due["at"], list) else [due["at"]]
    found = []
    for day in recurrence.dates(due["every"], contract.anchor, last, clause.calendar):
        for at in sorted(times):
            nominal = wall(day, clock(at), clause.zone)
            moved = _moved(day, clause)
            if clause.holds(nominal) and moved is not None:
                key = f"{day}T{at}" if len(times) > 1 else f"{day}"
                found.append(Dated(key, day, nominal, wall(moved, clock(at), clause.zone), clause))
    return sorted(found, key=lambda one: one.nominal)


def _moved(day: date, clause: Clause) -> date | None:
    """Where the date goes when the calendar never opens on it; None: it is skipped."""
    how = clause.indicator.get("on_closed_day", "same")
    if how == "same" or not clause.calendar.is_closed(day):
        return day
    if how == "skip":
        return None
    while clause.calendar.is_closed(day):
        day += DAY if how == "next" else -DAY
    return day


def occurrences(every: list[Dated], events: list[Event], watermark: datetime | None) -> list[Occurrence]:
    first: dict[str, Event] = {}
    for event in events:
        for one in _concerned(every, event):
            first.setdefault(one.key, event)
    return [_judged(one, first.get(one.key), watermark) for one in every]


def _concerned(every: list[Dated], event: Event) -> list[Dated]:
    """Under each wording that selects it, the date that its key names or in whose window it falls."""
    clauses = {one.clause.version.number: one.clause for one in every}
    found = []
    for clause in clauses.values():
        if selects(clause.indicator["delivered"], event):
            key = clause.indicator.get("key")
            one = _named(every, event, key) if key is not None else _in_window(every, event)
            if one is not None and one.clause == clause:
                found.append(one)
    return found


def _in_window(every: list[Dated], event: Event) -> Dated | None:
    """[due - early, next due - next early), the last without end: the last window that has begun."""
    moment = read_time(event["time"])
    assert moment is not None
    begun = [one for one in every if one.window_start <= moment]
    return begun[-1] if begun else None


def _named(every: list[Dated], event: Event, key: str | Tree) -> Dated | None:
    """The only date in what the producer's key names."""
    path = key if isinstance(key, str) else key["path"]
    plus = None if isinstance(key, str) else key.get("plus")
    said = value_at(event, path)
    if plus is None:
        exact = [one for one in every if said in [name for name, _ in one.names]]
        if exact:
            return exact[0]
    span = days_named(said, plus)
    if span is None:
        return None
    inside = [one for one in every if any(span[0] <= day < span[1] for _, day in one.names)]
    return inside[0] if len(inside) == 1 else None


_FORMS = {
    "day": r"\d{4}-\d\d-\d\d",
    "week": r"\d{4}-W\d\d",
    "month": r"\d{4}-\d\d",
    "quarter": r"\d{4}-Q[1-4]",
    "half": r"\d{4}-H[12]",
    "year": r"\d{4}",
}


def days_named(said: object, plus: str | None) -> tuple[date, date] | None:
    """The days of a date, ISO week, month, quarter, half or year, [first, after); None if it is none of these."""
    if not isinstance(said, str):
        return None
    per = next((per for per, form in _FORMS.items() if re.fullmatch(form, said)), None)
    first = _first_day(said, per) if per is not None else None
    if per is None or first is None:
        return None
    after = first + DAY if per == "day" else calendar_period(first, per)[2]
    if plus is None:
        return first, after
    return _later(first, plus), _later(first, plus) + DAY if per == "day" else _later(after, plus)


def _first_day(said: str, per: str) -> date | None:
    year, rest = int(said[:4]), said[5:]
    try:
        match per:
            case "day":
                return date.fromisoformat(said)
            case "week":
                return date.fromisocalendar(year, int(rest[1:]), 1)
            case "month":
                return date(year, int(rest), 1)
            case "quarter":
                return date(year, 3 * int(rest[1:]) - 2, 1)
            case "half":
                return date(year, 6 * int(rest[1:]) - 5, 1)
            case "year":
                return date(year, 1, 1)
    except ValueError:
        return None
    return None


def _later(day: date, plus: str) -> date:
    count, unit = plus.split(" ")
    for _ in range(int(count)):
        match unit.removesuffix("s"):
            case "day":
                day += DAY
            case "week":
                day += 7 * DAY
            case per:
                day = calendar_period(day, per)[2] if day.day == 1 else _same_day_after(day, per)
    return day


def _same_day_after(day: date, per: str) -> date:
    """The same day of a month that many months later, or that month's last."""
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[per]
    number = day.year * 12 + day.month - 1 + months
    for number_of_day in range(day.day, 0, -1):
        try:
            return date(number // 12, number % 12 + 1, number_of_day)
        except ValueError:
            continue
    raise AssertionError


def _judged(one: Dated, delivery: Event | None, watermark: datetime | None) -> Occurrence:
    owed = Occurrence(one.key, one.clause, one.due, "pending", one.due, nominal=one.nominal)
    if delivery is not None:
        closed = read_time(delivery["time"])
        assert closed is not None
        is_met = closed < one.limit if one.is_exclusive else closed <= one.limit
        return replace(owed, verdict="met" if is_met else "late", closed=closed)
    is_missing = watermark is not None and watermark >= one.limit
    return replace(owed, verdict="missing") if is_missing else owed
