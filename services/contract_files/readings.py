"""Reads the short texts of a file into what they stand for. Pure conversions, as lenient as their forms allow: what is
refused beyond the form is said in `leaf_checks.py`. All raise ValueError when the text has not the form."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from domain.durations import Duration, EndOfDay, parse_duration

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = ("day", "week", "month", "quarter", "half", "year")

RETENTION = "P([1-9][0-9]{0,3})([DMY])"
_SHARE = re.compile(r"([-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)\s*%")
_DAYS = re.compile(r"([1-9][0-9]{0,4})\s*days?")
_WALL_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLUS = re.compile(
    rf"([1-9][0-9]{{0,2}})\s*({'|'.join(UNITS)}|{'|'.join({'half': 'halves'}.get(u, u + 's') for u in UNITS)})"
)
_YEARS = re.compile(r"([0-9]{4})(?:\s*-\s*([0-9]{4}))?")


def retention(text: str) -> tuple[int, Literal["D", "M", "Y"]]:
    """`P24M` → 24 months (a duration of ISO 8601 of one unit)."""
    match = re.fullmatch(RETENTION, text)
    if match is None:
        raise ValueError("not a retention")
    return int(match[1]), cast(Literal["D", "M", "Y"], match[2])


def share(text: str) -> Fraction:
    """`95 %` → 95/100, exactly. `095 %` is none, as no number begins with a zero."""
    match = _SHARE.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a share")
    return Fraction(Decimal(match[1])) / 100


def local_date(text: str) -> date:
    """`2026-01-01`, and no other form of ISO 8601."""
    if not _DATE.fullmatch(text):
        raise ValueError("not a date")
    return date.fromisoformat(text)


def date_span(text: str) -> tuple[date, date]:
    """`2026-05-15` or `2026-08-03..2026-08-14`, both ends included."""
    first, dots, last = text.partition("..")
    return local_date(first.strip()), local_date(last.strip() if dots else first.strip())


def wall_time(text: str) -> time:
    """`09:30`."""
    match = _WALL_TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a wall time")
    return time(int(match[1]), int(match[2]))


def hours(text: str) -> tuple[int, int]:
    """`09:00-12:30` as minutes since midnight; only the end may be `24:00`."""
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        raise ValueError("not a span of hours")
    return _minutes(start), 1440 if end == "24:00" else _minutes(end)


def weekdays(text: str) -> tuple[int, ...]:
    """`mon`, `mon-fri`, `mon, wed` as 0 (Monday) to 6; full English names too."""
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        start = _weekday(first)
        length = (_weekday(last) - start) % 7 + 1 if dash else 1
        days += [(start + step) % 7 for step in range(length)]
    return tuple(days)


def years(value: str | int) -> tuple[int, ...]:
    """`2025-2027`, `2025` or 2025."""
    match = _YEARS.fullmatch(str(value).strip())
    if match is None:
        raise ValueError("not years")
    first, last = int(match[1]), int(match[2] or match[1])
    return tuple(range(first, last + 1))


def later_unit(text: str) -> tuple[int, str]:
    """`1 week` → (1, "week")."""
    match = _PLUS.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a number of units")
    unit = "half" if match[2] == "halves" else match[2].removesuffix("s")
    return int(match[1]), unit


def rolling_days(text: str) -> int:
    """`28 days` → 28."""
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a number of days")
    return int(match[1])


def tolerance(text: str) -> Duration | EndOfDay:
    """A duration, or `end of day`."""
    return EndOfDay() if " ".join(text.split()) == "end of day" else parse_duration(text)


def joined(value: str | list[str]) -> str:
    """A text, or a list of them as one text."""
    return value if isinstance(value, str) else ", ".join(value)


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def days_of(first: date, last: date) -> list[date]:
    """Every date of a span, both ends included."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _minutes(text: str) -> int:
    at = wall_time(text)
    return at.hour * 60 + at.minute


def _weekday(name: str) -> int:
    for index, weekday in enumerate(WEEKDAYS):
        if name in (weekday, weekday[:3]):
            return index
    raise ValueError("not a weekday")
