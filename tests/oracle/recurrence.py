"""The dates of a rule, by looking at every day."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable
from datetime import date
from itertools import groupby

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
    count = (last.replace(month=12, day=31) - first).days
    return [first + number * DAY for number in range(count + 1)]


def _chosen(every: str | list[str], anchor: date, days: list[date], calendar: Calendar) -> list[date]:
    if isinstance(every, list):
        return [day for day in days if NAMES[day.weekday()] in every]
    if every in NAMES:
        return _chosen([every], anchor, days, calendar)
    if every == "day":
        return days
    if every.startswith("FREQ="):
        return _rule(every, anchor, days)
    working = [day for day in days if not calendar.is_closed(day)]
    if every == "working day":
        return working
    of = _quarter if every.endswith("quarter") else _month
    place = 0 if every.startswith("first") else -1
    return [list(group)[place] for _, group in groupby(working, of)]


def _rule(text: str, anchor: date, days: list[date]) -> list[date]:
    parts = dict(part.split("=") for part in text.split(";"))
    freq = parts.pop("FREQ")
    interval = int(parts.pop("INTERVAL", "1"))
    of = {"DAILY": date.toordinal, "WEEKLY": _week, "MONTHLY": _month, "YEARLY": _year}[freq]
    if not parts.keys() & {"BYDAY", "BYMONTHDAY"}:
        parts |= _as_the_anchor(freq, anchor, "BYMONTH" in parts)
    ordinal_of = _year if freq == "YEARLY" and "BYMONTH" not in parts else _month
    found: list[date] = []
    for number, group in groupby(days, of):
        if (number - of(anchor)) % interval == 0:
            fitting = [day for day in group if _fits(day, parts, ordinal_of)]
            found += _placed(fitting, parts.get("BYSETPOS"))
    return found


def _as_the_anchor(freq: str, anchor: date, has_month: bool) -> dict[str, str]:
    match freq:
        case "WEEKLY":
            return {"BYDAY": SHORT[anchor.weekday()]}
        case "MONTHLY":
            return {"BYMONTHDAY": str(anchor.day)}
        case "YEARLY":
            month = {} if has_month else {"BYMONTH": str(anchor.month)}
            return {"BYMONTHDAY": str(anchor.day), **month}
    return {}


def _fits(day: date, parts: dict[str, str], ordinal_of: Callable[[date], int]) -> bool:
    length = gregorian.monthrange(day.year, day.month)[1]
    if "BYMONTH" in parts and str(day.month) not in parts["BYMONTH"].split(","):
        return False
    if "BYMONTHDAY" in parts and not {str(day.day), str(day.day - length - 1)} & set(parts["BYMONTHDAY"].split(",")):
        return False
    return "BYDAY" not in parts or any(_is_the(day, name, ordinal_of) for name in parts["BYDAY"].split(","))


def _is_the(day: date, name: str, ordinal_of: Callable[[date], int]) -> bool:
    """`MO`, `2MO`, `-1FR` of its month or year."""
    number = name[:-2]
    if SHORT[day.weekday()] != name[-2:]:
        return False
    if not number:
        return True
    step = -7 * DAY if int(number) > 0 else 7 * DAY
    place, other = 1, day + step
    while ordinal_of(other) == ordinal_of(day):
        place, other = place + 1, other + step
    return place == abs(int(number))


def _placed(fitting: list[date], places: str | None) -> list[date]:
    if places is None:
        return fitting
    numbers = [int(place) for place in places.split(",")]
    return [day for i, day in enumerate(fitting) if i + 1 in numbers or i - len(fitting) in numbers]


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _quarter(day: date) -> int:
    return _month(day) // 3


def _year(day: date) -> int:
    return day.year
