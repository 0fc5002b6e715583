"""Sets of time as ascending, disjoint intervals [start, end) in instants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.times import Instant

Interval = tuple[Instant, Instant]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The union, as few intervals as possible; empty ones are left out."""
    union: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def without(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """What is left of the one when the other is taken out; both are merged."""
    left: list[Interval] = []
    for start, end in intervals:
        for out_from, out_until in taken:
            if out_until <= start or out_from >= end:
                continue
            if out_from > start:
                left.append((start, out_from))
            start = out_until
        if start < end:
            left.append((start, end))
    return left


def length(intervals: Iterable[Interval]) -> int:
    """In microseconds; of merged ones."""
    return sum(end - start for start, end in intervals)
