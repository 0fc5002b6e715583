"""Recurrence rules of RFC 5545, §3.3.10, at the level of days, written from its text.

The table of that section says which part expands and which limits. At the level of days both come to one thing: of the days
of an interval (a day, a week, a month, a year; with BYWEEKNO the weeks of a year) those stand that every part holds for,
`BYSETPOS` chooses among them, and what the rule leaves out is taken from its first day, DTSTART.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.saying import said

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_MOST = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_ONLY_WITH = {
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
    "BYMONTHDAY": ("YEARLY", "MONTHLY", "DAILY"),
    "BYSETPOS": ("YEARLY", "MONTHLY", "WEEKLY"),
}
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_LAST_ORDINAL = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that has been read. Weekdays are 0 (Monday) to 6; negative numbers count from the end; what is empty was left
    out. `weekdays` holds (n, weekday), with n = 0 for every such day."""

    frequency: str
    interval: int = 1
    week_start: int = 0
    months: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    places: frozenset[int] = frozenset()

    def dates(self, anchor: date, first: date, last: date) -> Iterator[date]:
        """The days of the rule from `first` to `last`, both included, ascending, none before `anchor`, its DTSTART; lazily.
        DTSTART itself is among them only where the rule gives it."""
        rule = self._completed(anchor)
        first = max(anchor, first)
        begins, step = rule._interval_of(anchor), self.interval
        # Weeks of a year reach into the year before it, and into the one after.
        least, most = rule._interval_of(first) - 1, rule._interval_of(last) + 1
        for number in range(begins - (begins - least) // step * step, most + 1, step):
            for day in rule._chosen(number):
                if first <= day <= last:
                    yield day

    def _completed(self, anchor: date) -> Recurrence:
        """What the rule does not say is as on its first day."""
        on_weekday = frozenset({(0, anchor.weekday())})
        if self.frequency == "WEEKLY":
            return replace(self, weekdays=self.weekdays or on_weekday)
        if self.frequency == "DAILY" or self.weekdays or self.month_days or self.year_days:
            return self
        if self.weeks:
            return replace(self, weekdays=on_weekday)
        months = self.months or (frozenset({anchor.month}) if self.frequency == "YEARLY" else frozenset())
        return replace(self, months=months, month_days=frozenset({anchor.day}))

    def _interval_of(self, day: date) -> int:
        match self.frequency:
            case "DAILY":
                return day.toordinal()
            case "WEEKLY":
                return (day.toordinal() - 1 - self.week_start) // 7
            case "MONTHLY":
                return day.year * 12 + day.month - 1
        return day.year

    def _chosen(self, interval: int) -> list[date]:
        found = [day for day in self._days(interval) if self._holds_for(day)]
        if not self.places:
            return found
        return [day for at, day in enumerate(found) if not self.places.isdisjoint((at + 1, at - len(found)))]

    def _days(self, interval: int) -> Iterable[date]:
        match self.frequency:
            case "DAILY":
                return _span(interval, 1)
            case "WEEKLY":
                return _span(interval * 7 + 1 + self.week_start, 7)
            case "MONTHLY":
                return _month(*divmod(interval, 12))
        if self.weeks:
            return self._weeks_of(interval)
        return (day for month in sorted(self.months or range(1, 13)) for day in _month(interval, month - 1))

    def _weeks_of(self, year: int) -> Iterator[date]:
        """The first week of a year is the first with four of its days: the one that holds 4 January."""
        first, after = (self._first_week(each) for each in (year, year + 1))
        count = (after - first) // 7
        for number in range(count):
            if not self.weeks.isdisjoint((number + 1, number - count)):
                yield from _span(first + 7 * number, 7)

    def _first_week(self, year: int) -> int:
        fourth = _new_year(year) + 3
        return fourth - (fourth - 1 - self.week_start) % 7

    def _holds_for(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.year_days and not _is_among(self.year_days, *_in_year(day)):
            return False
        if self.month_days and not _is_among(self.month_days, day.day, monthrange(day.year, day.month)[1]):
            return False
        return not self.weekdays or self._is_one_of_the_weekdays(day)

    def _is_one_of_the_weekdays(self, day: date) -> bool:
        weekday = day.weekday()
        wanted = {n for n, each in self.weekdays if each == weekday}
        if not wanted or 0 in wanted:
            return bool(wanted)
        by_month = self.frequency == "MONTHLY" or bool(self.months)
        place, length = (day.day, monthrange(day.year, day.month)[1]) if by_month else _in_year(day)
        return not wanted.isdisjoint(((place - 1) // 7 + 1, -((length - place) // 7 + 1)))


def _is_among(numbers: frozenset[int], place: int, length: int) -> bool:
    return place in numbers or place - length - 1 in numbers


def _in_year(day: date) -> tuple[int, int]:
    """The day's number in its year, and how many days that has."""
    first = _new_year(day.year)
    return day.toordinal() - first + 1, _new_year(day.year + 1) - first


def _new_year(year: int) -> int:
    """The ordinal of 1 January, also of years that no date can have."""
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + 1


def _span(ordinal: int, days: int) -> Iterator[date]:
    return map(date.fromordinal, range(max(1, ordinal), min(ordinal + days, _LAST_ORDINAL + 1)))


def _month(year: int, month: int) -> Iterator[date]:
    """`month` from 0."""
    if not date.min.year <= year <= date.max.year:
        return iter(())
    return _span(date(year, month + 1, 1).toordinal(), monthrange(year, month + 1)[1])


def recurrence(rule: str) -> Recurrence:
    """Reads the parts of a rule that say days: COUNT and UNTIL are the caller's. Raises ValueError, which says what is wrong;
    what was stored once is read (see `open_question`)."""
    parts = parts_of(rule)
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise ValueError(said("{rule!r} needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY", rule=rule))
    for name, value in parts.items():
        if not _is_right(name, value, frequency):
            raise ValueError(
                said(
                    "{name}={value} is not right in {rule!r} (RFC 5545, section 3.3.10)",
                    name=name,
                    value=value,
                    rule=rule,
                )
            )
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        raise ValueError(said("BYSETPOS in {rule!r} chooses among nothing; add BYDAY or the like", rule=rule))
    _refuse_days_that_no_month_has(parts, rule)
    return Recurrence(
        frequency,
        interval=int(parts.get("INTERVAL", "1")),
        week_start=_WEEKDAYS.index(parts.get("WKST", "MO")),
        months=_numbers(parts, "BYMONTH"),
        weeks=_numbers(parts, "BYWEEKNO"),
        year_days=_numbers(parts, "BYYEARDAY"),
        month_days=_numbers(parts, "BYMONTHDAY"),
        weekdays=frozenset(_weekday(one) for one in parts["BYDAY"].split(",")) if "BYDAY" in parts else frozenset(),
        places=_numbers(parts, "BYSETPOS"),
    )


def open_question(rule: Recurrence) -> str | None:
    """What the RFC forbids, or leaves to the reader; None where it says what the rule's days are. Such a rule is refused where
    it is new."""
    if rule.weeks and any(n for n, _ in rule.weekdays):
        return said("BYDAY with a number must not stand with BYWEEKNO: say BYDAY=MO")
    if rule.weeks and (rule.months or rule.year_days or rule.month_days):
        return said("RFC 5545 does not say what BYWEEKNO means beside BYMONTH, BYMONTHDAY or BYYEARDAY: leave one out")
    if rule.frequency == "YEARLY" and rule.month_days and not (rule.months or rule.year_days):
        return said("RFC 5545 does not say in which months BYMONTHDAY counts: add BYMONTH, or say FREQ=MONTHLY")
    if (rule.interval > 1 or rule.places) and any(not 2 <= abs(week) <= 51 for week in rule.weeks):
        part = "INTERVAL" if rule.interval > 1 else "BYSETPOS"
        return said(
            ("RFC 5545 does not say to which year's {part} a week belongs that two years share: weeks 2 to 51 only"),
            part=part,
        )
    return None


def parts_of(rule: str) -> dict[str, str]:
    """By name. Raises ValueError where one stands twice."""
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name in parts:
            raise ValueError(said("{name} stands twice in {rule!r}", name=name, rule=rule))
        parts[name] = value
    return parts


def _numbers(parts: Mapping[str, str], name: str) -> frozenset[int]:
    return frozenset(map(int, parts[name].split(","))) if name in parts else frozenset()


def _weekday(text: str) -> tuple[int, int]:
    form = _BY_DAY.fullmatch(text)
    assert form is not None
    return int(form[1] or 0), _WEEKDAYS.index(form[2])


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
            return value in _WEEKDAYS
        case "BYMONTH":
            return all(_is_number(one, 1, 12) for one in values)
        case "BYDAY":
            most = {"MONTHLY": 5, "YEARLY": 53}.get(frequency, 0)
            forms = [_BY_DAY.fullmatch(one) for one in values]
            return all(form is not None and (form[1] is None or 1 <= abs(int(form[1])) <= most) for form in forms)
        case _ if name in _MOST:
            most = _MOST[name]
            return all(_is_number(one.removeprefix("-" if one[:1] == "-" else "+"), 1, most) for one in values)
        case _:
            return False


def _is_number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most


def _refuse_days_that_no_month_has(parts: Mapping[str, str], rule: str) -> None:
    """30 February: it would be looked for to the end of the years."""
    if "BYMONTH" not in parts or "BYMONTHDAY" not in parts:
        return
    longest = max(_LONGEST_MONTH.get(int(month), 31) for month in parts["BYMONTH"].split(","))
    if all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(",")):
        raise ValueError(said("{rule!r} never comes: no such month has such a day", rule=rule))
