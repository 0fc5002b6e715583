"""What a clause could ask instead, a little easier at every step: later due times, longer tolerances, longer limits.

Each is a whole indicator, so that it is judged by the same rules as the one that is agreed. The steps are those that
people agree on: quarters of an hour, hours, days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from itertools import pairwise

from domain.durations import (
    HOUR,
    MINUTE,
    Duration,
    Elapsed,
    EndOfDay,
    NominalDays,
    WorkingDays,
    WorkingHours,
    show_duration,
)
from domain.terms import Deadline, Indicator, Punctuality, Turnaround

MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Alternative:
    """One change of an indicator: what stands at `path` of it, before and after. `shift`: minutes by which due times
    move, which keys that name the time follow."""

    path: str
    before: str
    after: str
    indicator: Indicator
    shift: int = 0


Ladder = tuple[Alternative, ...]
"""Ascending: whoever keeps one step keeps those above it."""


def later_dues(indicator: Punctuality) -> Iterator[Alternative]:
    """Later on the same day, at full quarters of an hour, all times alike; the last one stays before midnight and, where
    there are several, before the next."""
    times = indicator.due.at
    last = _minutes(times[-1])
    gaps = [_minutes(after) - _minutes(before) for before, after in pairwise(times)]
    for shift in range(15 - last % 15, 24 * 60 - last, 15):
        if gaps and shift >= min(gaps):
            return
        moved = tuple(_moved(one, shift) for one in times)
        due = replace(indicator.due, at=moved)
        yield Alternative("due.at", _times(times), _times(moved), replace(indicator, due=due), shift)


def longer_tolerances(indicator: Punctuality | Deadline) -> Iterator[Alternative]:
    before = show_duration(indicator.tolerance)
    steps: list[Duration] = [Elapsed(minutes * MINUTE) for minutes in (15, 30, 45)]
    steps += [Elapsed(hours * HOUR) for hours in (1, 2, 3, 4, 6, 8, 12)]
    steps += [NominalDays(days) for days in range(1, 31)]
    least = _length(indicator.tolerance)
    for step in steps:
        if _length(step) > least:
            yield Alternative("tolerance", before, show_duration(step), replace(indicator, tolerance=step))


def longer_limits(indicator: Turnaround, limit: Duration) -> Iterator[Alternative]:
    path = "under" if indicator.under else "within"
    for step in _longer(limit):
        yield Alternative(path, show_duration(limit), show_duration(step), replace(indicator, limit=step))


def _longer(limit: Duration) -> Iterator[Duration]:
    """Of the same kind: working hours stay working hours."""
    match limit:
        case Elapsed(length) | WorkingHours(length):
            unit = 15 * MINUTE if length < 2 * HOUR else HOUR if length < 48 * HOUR else 24 * HOUR
            first = length // unit + 1
            for count in range(first, first + MOST_STEPS):
                yield type(limit)(count * unit)
        case NominalDays(days) | WorkingDays(days):
            for count in range(days + 1, days + 1 + MOST_STEPS):
                yield type(limit)(count)


def _length(duration: Duration | EndOfDay) -> int:
    """Comparable across kinds, roughly: only to leave out steps that ask for more than what is agreed."""
    match duration:
        case Elapsed(length) | WorkingHours(length):
            return length
        case NominalDays(days) | WorkingDays(days):
            return days * 24 * HOUR
        case EndOfDay():
            return 12 * HOUR


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _moved(at: time, minutes: int) -> time:
    hour, minute = divmod(_minutes(at) + minutes, 60)
    return time(hour, minute)


def _times(times: tuple[time, ...]) -> str:
    return ", ".join(f"{at:%H:%M}" for at in times)
