"""Typed durations (DESIGN §3.6): elapsed, nominal days, working hours and working days never stand for one another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.saying import said

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
UNITS = {"s": SECOND, "min": MINUTE, "h": HOUR}
"""Microseconds of one, by the unit that a measure names."""


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time that passes for everybody: seconds, minutes, hours of the file. In microseconds."""

    microseconds: int


@dataclass(frozen=True, slots=True)
class NominalDays:
    """Days and weeks of RFC 5545: the same wall time that many local dates later."""

    days: int


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Open time of the calendar, in microseconds."""

    microseconds: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Open dates of the calendar."""

    days: int


@dataclass(frozen=True, slots=True)
class EndOfDay:
    """`tolerance: end of day`: anything before the next local midnight."""


Duration = Elapsed | NominalDays | WorkingHours | WorkingDays

_FORM = re.compile(r"(\d{1,9}) +((?:working +)?[a-z]+)", re.ASCII)
_ELAPSED = {"s": SECOND, "min": MINUTE, "h": HOUR}
_WORKING = {"working minute": MINUTE, "working hour": HOUR}
_NOMINAL = {"day": 1, "week": 7}


def parse_duration(text: str) -> Duration:
    """What a file writes: a whole number and a unit. Raises ValueError, which says what would be right."""
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise ValueError(said("{text!r} is not a duration; {right}", text=text, right=_RIGHT))
    count = int(form[1])
    unit = " ".join(form[2].split())
    if unit in _ELAPSED:
        return Elapsed(count * _ELAPSED[unit])
    unit = unit.removesuffix("s")
    if unit in _NOMINAL:
        return NominalDays(count * _NOMINAL[unit])
    if unit in _WORKING:
        return WorkingHours(count * _WORKING[unit])
    if unit == "working day":
        return WorkingDays(count)
    raise ValueError(said("{text!r} has an unknown unit; {right}", text=text, right=_RIGHT))


_RIGHT = said(
    "write a whole number and a unit, such as 15 min, 30 s, 4 h, 2 days, 1 week, 8 working hours, 30 "
    "working minutes or 3 working days"
)


def show_duration(duration: Duration | EndOfDay) -> str:
    """The one text of a duration; `parse_duration` reads it back (`end of day` stands apart).

    The largest of h, min and s that leaves no rest; weeks are shown in days. Raises ValueError for a length that no
    file can write: a negative one, or a part of a second (of a minute, in working time).
    """
    match duration:
        case Elapsed(length):
            return _in_largest(length, (("h", HOUR), ("min", MINUTE), ("s", SECOND)))
        case WorkingHours(length):
            shown = _in_largest(length, (("working hour", HOUR), ("working minute", MINUTE)))
            return _plural(shown)
        case NominalDays(days):
            return _plural(_in_largest(days, (("day", 1),)))
        case WorkingDays(days):
            return _plural(_in_largest(days, (("working day", 1),)))
        case EndOfDay():
            return "end of day"


def _in_largest(length: int, units: tuple[tuple[str, int], ...]) -> str:
    if length >= 0:
        for unit, size in units:
            if length % size == 0:
                return f"{length // size} {unit}"
    raise ValueError(
        said(
            "{length} cannot be written in whole units of {units}",
            length=length,
            units=", ".join((unit for unit, _ in units)),
        )
    )


def _plural(shown: str) -> str:
    return shown if shown.startswith("1 ") else f"{shown}s"
