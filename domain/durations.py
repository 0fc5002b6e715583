"""Typed durations (DESIGN §3.6): elapsed, nominal days, working hours and working days never stand for one another."""

from __future__ import annotations

from dataclasses import dataclass

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


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
