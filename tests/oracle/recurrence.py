"""The dates of a rule: words by looking at every day, rules of RFC 5545 by expanding them as its table says."""

from __future__ import annotations

import calendar as gregorian
from datetime import date
from functools import cache
from itertools import groupby
from typing import TypeVar

from tests.oracle.calendars import Calendar
from tests.oracle.times import DAY

NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
SHORT = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def dates(every: str | list[str], anchor: date, last: date, calendar: Calendar) -> list[date]:
    """From the anchor to the last day, both included."""
    days = _days(anchor.replace(month=1, day=1), last)
    return [day for day in _chosen(every, anchor, days, calendar) if day >= anchor]


def _days(first: date, last: date) -> list[date]:
    """With the whole of the last year, so that "the last of" is known."""
    end = last.replace(month=12, day=31).toordinal()
    return [date.fromordinal(number) for number in range(first.toordinal(), end + 1)]


def _chosen(every: str | list[str], anchor: date, days: list[date], calendar: Calendar) -> list[date]:
    if isinstance(every, list):
        return [day for day in days if NAMES[day.weekday()] in every]
    if every in NAMES:
        return _chosen([every], anchor, days, calendar)
    if every == "day":
        return days
    if "FREQ=" in every:
        return _rule(every, anchor, days)
    working = [day for day in days if not calendar.is_closed(day)]
    if every == "working day":
        return working
    of = _quarter if every.endswith("quarter") else _month
    place = 0 if every.startswith("first") else -1
    return [list(group)[place] for _, group in groupby(working, of)]


def _rule(text: str, anchor: date, days: list[date]) -> list[date]:
    """RFC 5545, section 3.3.10, part by part: the table of what expands and what limits, then BYSETPOS."""
    parts = {name: value.split(",") for name, value in (part.split("=") for part in text.split(";"))}
    [freq] = parts.pop("FREQ")
    step = int(parts.pop("INTERVAL", ["1"])[0])
    months = [int(month) for month in parts.get("BYMONTH", [str(month) for month in range(1, 13)])]
    found: list[date] = []
    for first in _starts(freq, step, anchor, days[-1], parts.get("WKST", ["MO"])[0]):
        expanded = sorted(set(EXPANDING[freq](first, anchor, parts)))
        limited = [day for day in expanded if day.month in months]
        found += _placed(limited, parts.get("BYSETPOS"))
    return [day for day in found if days[0] <= day <= days[-1]]


def _starts(freq: str, step: int, anchor: date, last: date, week_start: str) -> list[date]:
    """The first day of each interval; of weeks that reach into another year, one before and one after too."""
    match freq:
        case "DAILY":
            return [anchor + number * DAY for number in range(0, (last - anchor).days + 1, step)]
        case "WEEKLY":
            first = anchor
            while SHORT[first.weekday()] != week_start:
                first -= DAY
            return [first + number * 7 * DAY for number in range(0, (last - first).days // 7 + 1, step)]
        case "MONTHLY":
            months = range(0, _month(last) - _month(anchor) + 1, step)
            return [_first_of_month(_month(anchor) + number) for number in months]
    early = -1 if step == 1 else 0
    return [date(anchor.year + number, 1, 1) for number in range(early, last.year - anchor.year + 2, step)]


def _first_of_month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


Parts = dict[str, list[str]]


def _daily(first: date, anchor: date, parts: Parts) -> list[date]:
    """Everything limits."""
    return _on_weekdays(_on_month_days([first], parts), parts)


def _weekly(first: date, anchor: date, parts: Parts) -> list[date]:
    names = parts.get("BYDAY", [SHORT[anchor.weekday()]])
    return [day for day in (first + number * DAY for number in range(7)) if SHORT[day.weekday()] in names]


def _monthly(first: date, anchor: date, parts: Parts) -> list[date]:
    """Note 1: BYDAY limits beside BYMONTHDAY."""
    month = _whole_month(first)
    if "BYMONTHDAY" in parts:
        return _on_weekdays(_on_month_days(month, parts), parts, month)
    if "BYDAY" in parts:
        return [day for name in parts["BYDAY"] for day in _the(name, month)]
    return month[anchor.day - 1 : anchor.day]


def _yearly(first: date, anchor: date, parts: Parts) -> list[date]:
    """Note 2: BYDAY limits beside BYYEARDAY or BYMONTHDAY, else it expands weeks, months or the year."""
    year = _days(first, first)
    months = [_whole_month(date(first.year, int(number), 1)) for number in sorted(parts.get("BYMONTH", []), key=int)]
    if "BYWEEKNO" in parts:
        names = parts.get("BYDAY", [SHORT[anchor.weekday()]])
        weeks = _weeks(first.year, parts.get("WKST", ["MO"])[0])
        return [day for week in _numbered(weeks, parts["BYWEEKNO"]) for day in week if SHORT[day.weekday()] in names]
    if "BYYEARDAY" in parts:
        found = _on_month_days(_numbered(year, parts["BYYEARDAY"]), parts)
        within = [[day for day in found if day in month] for month in months] if months else [found]
        scopes = months or [year]
        return [day for some, scope in zip(within, scopes, strict=True) for day in _on_weekdays(some, parts, scope)]
    if "BYMONTHDAY" in parts:
        assert months, "in which months is not said"
        return [day for month in months for day in _on_weekdays(_on_month_days(month, parts), parts, month)]
    if "BYDAY" in parts:
        return [day for scope in months or [year] for name in parts["BYDAY"] for day in _the(name, scope)]
    months = months or [_whole_month(date(first.year, anchor.month, 1))]
    return [day for month in months for day in month[anchor.day - 1 : anchor.day]]


EXPANDING = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}


@cache
def _whole_month(first: date) -> list[date]:
    length = gregorian.monthrange(first.year, first.month)[1]
    return [first + number * DAY for number in range(length)]


def _weeks(year: int, week_start: str) -> list[list[date]]:
    """Number one is the first with at least four days in the year."""
    first = date(year, 1, 1) - 6 * DAY
    while SHORT[first.weekday()] != week_start:
        first += DAY
    weeks = [[first + (7 * week + number) * DAY for number in range(7)] for week in range(54)]
    return [week for week in weeks if sum(day.year == year for day in week) >= 4]


One = TypeVar("One")


def _numbered(every: list[One], numbers: list[str]) -> list[One]:
    """The n-th, from the end where negative; those that are not there are ignored."""
    wanted = [int(number) for number in numbers]
    return [one for at, one in enumerate(every) if at + 1 in wanted or at - len(every) in wanted]


def _on_month_days(days: list[date], parts: Parts) -> list[date]:
    if "BYMONTHDAY" not in parts:
        return days
    numbers = tuple(parts["BYMONTHDAY"])
    return [day for day in days if day in _chosen_of_month(day.replace(day=1), numbers)]


@cache
def _chosen_of_month(first: date, numbers: tuple[str, ...]) -> list[date]:
    return _numbered(_whole_month(first), list(numbers))


def _on_weekdays(days: list[date], parts: Parts, scope: list[date] | None = None) -> list[date]:
    if "BYDAY" not in parts:
        return days
    chosen = [day for name in parts["BYDAY"] for day in _the(name, scope or days)]
    return [day for day in days if day in chosen]


def _the(name: str, scope: list[date]) -> list[date]:
    """`MO`: every one in the scope; `2MO`, `-1FR`: that one."""
    every = [day for day in scope if SHORT[day.weekday()] == name[-2:]]
    return _numbered(every, [name[:-2]]) if name[:-2] else every


def _placed(fitting: list[date], places: list[str] | None) -> list[date]:
    return fitting if places is None else _numbered(fitting, places)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _quarter(day: date) -> int:
    return _month(day) // 3
