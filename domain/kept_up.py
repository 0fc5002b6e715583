"""Verdicts in their order, and ascending numbers, that are kept up as one after the other comes, goes or changes: what they come to
need not be put together anew from all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, overload

from domain.occurrences import MISSES, Verdict
from domain.times import Instant

Place = tuple[Instant, str]
"""By (due, key)."""
_CHUNK = 200


class _Run(NamedTuple):
    """Misses in a row among some verdicts that follow each other: at their beginning, at their end, the most; `is_whole`: they are
    nothing else."""

    first: int = 0
    last: int = 0
    most: int = 0
    is_whole: bool = True

    def then(self, other: _Run) -> _Run:
        return _Run(
            self.first + other.first if self.is_whole else self.first,
            self.last + other.last if other.is_whole else other.last,
            max(self.most, other.most, self.last + other.first),
            self.is_whole and other.is_whole,
        )


class InARow(Sequence[Verdict]):
    """Verdicts by (due, key). The misses in a row are known by chunks, of which one is looked through after each change."""

    def __init__(self, ordered: Iterable[tuple[Place, Verdict]] = ()):
        every = list(ordered)
        self._chunks = [every[at : at + _CHUNK] for at in range(0, len(every), _CHUNK)] or [[]]
        self._runs: list[_Run | None] = [None] * len(self._chunks)

    def put(self, place: Place, verdict: Verdict) -> None:
        """There is none at that place yet."""
        at = max(bisect_right(self._chunks, place, key=lambda chunk: chunk[0][0] if chunk else place) - 1, 0)
        chunk = self._chunks[at]
        insort(chunk, (place, verdict), key=lambda one: one[0])
        self._runs[at] = None
        if len(chunk) > 2 * _CHUNK:
            self._chunks[at : at + 1] = [chunk[:_CHUNK], chunk[_CHUNK:]]
            self._runs[at : at + 1] = [None, None]

    def take_out(self, place: Place) -> None:
        """Raises KeyError where there is none."""
        at = max(bisect_right(self._chunks, place, key=lambda chunk: chunk[0][0] if chunk else place) - 1, 0)
        chunk = self._chunks[at]
        within = bisect_left(chunk, place, key=lambda one: one[0])
        if within == len(chunk) or chunk[within][0] != place:
            raise KeyError(place)
        del chunk[within]
        self._runs[at] = None
        if not chunk and len(self._chunks) > 1:
            del self._chunks[at], self._runs[at]

    @property
    def longest(self) -> int:
        """Misses in a row; excused and unknown ones are skipped, a pending one counts as met."""
        whole = _Run()
        for at, chunk in enumerate(self._chunks):
            run = self._runs[at]
            if run is None:
                run = self._runs[at] = _run_of(verdict for _, verdict in chunk)
            whole = whole.then(run)
        return whole.most

    def __iter__(self) -> Iterator[Verdict]:
        return (verdict for chunk in self._chunks for _, verdict in chunk)

    def __len__(self) -> int:
        return sum(map(len, self._chunks))

    @overload
    def __getitem__(self, at: int) -> Verdict: ...
    @overload
    def __getitem__(self, at: slice) -> list[Verdict]: ...
    def __getitem__(self, at: int | slice) -> Verdict | list[Verdict]:
        return list(self)[at]


def _run_of(verdicts: Iterable[Verdict]) -> _Run:
    first = last = most = 0
    is_whole = True
    for verdict in verdicts:
        if verdict in MISSES:
            last += 1
            most = max(most, last)
            first += is_whole
        elif verdict not in (Verdict.EXCUSED, Verdict.UNKNOWN):
            last, is_whole = 0, False
    return _Run(first, last, most, is_whole)


class Numbers(Sequence[Fraction]):
    """Ascending numbers, and their sum."""

    def __init__(self, numbers: Iterable[Fraction] = ()):
        self._ordered = sorted(numbers)
        self.total = sum(self._ordered, Fraction(0))

    def put(self, number: Fraction) -> None:
        insort(self._ordered, number)
        self.total += number

    def take_out(self, number: Fraction) -> None:
        """Raises KeyError where there is none."""
        at = bisect_left(self._ordered, number)
        if at == len(self._ordered) or self._ordered[at] != number:
            raise KeyError(number)
        del self._ordered[at]
        self.total -= number

    def __len__(self) -> int:
        return len(self._ordered)

    @overload
    def __getitem__(self, at: int) -> Fraction: ...
    @overload
    def __getitem__(self, at: slice) -> list[Fraction]: ...
    def __getitem__(self, at: int | slice) -> Fraction | list[Fraction]:
        return self._ordered[at]
