"""What a period comes to where it is not counted in occurrences: service time, and values put together (MEANING §4, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.durations import SECOND
from domain.kept_up import Numbers
from domain.terms import Aggregate

Amount = int | Decimal
"""A number of occurrences, or of seconds."""


def seconds(microseconds: int) -> Amount:
    """Exact, and whole where it is."""
    whole, rest = divmod(microseconds, SECOND)
    return whole if rest == 0 else Decimal(microseconds) / SECOND


def good_share(good: Amount | None, total: Amount | None) -> Fraction | None:
    """Gives the good share of what was judged; None where nothing was, and of what is not counted."""
    if good is None or not total:
        return None
    if isinstance(good, int) and isinstance(total, int):
        return Fraction(good, total)  # of figures by the thousand; a third of the time
    return Fraction(good) / Fraction(total)


@dataclass(frozen=True, slots=True)
class TimeSums:
    """Service time of a segment, in microseconds: [its start, the watermark) and what is known of it. `pending`: bad or good
    is not decided yet, in neither sum. `to_come`: service time behind the watermark; None where it has no end. `expected`:
    the service time of the whole segment; None where it has no end. `unknown`: what has passed and nothing is known of."""

    good: int
    total: int
    raw_good: int
    raw_total: int
    pending: int
    to_come: int | None
    expected: int | None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Values:
    """The numbers of a segment, ascending, and how they are put together. `scale` (scores alone): what they can be. `unit`:
    microseconds of one, where they are times."""

    aggregate: Aggregate
    numbers: Sequence[Fraction]
    scale: tuple[Fraction, Fraction] | None = None
    unit: int = 1

    def together(self) -> Fraction | None:
        """None of nothing."""
        return aggregated(self.aggregate, self.numbers)


def aggregated(aggregate: Aggregate, numbers: Sequence[Fraction]) -> Fraction | None:
    """What ascending numbers come to: percentiles by nearest rank, the median of an even number is the mean of the two in
    the middle. None of nothing, whatever the aggregate."""
    if not numbers:
        return None
    count = len(numbers)
    match aggregate:
        case "mean":
            return _sum(numbers) / count
        case "median":
            return (numbers[(count - 1) // 2] + numbers[count // 2]) / 2
        case "max":
            return numbers[-1]
        case "min":
            return numbers[0]
        case "sum":
            return _sum(numbers)
        case "count":
            return Fraction(count)
    return numbers[rank_of(aggregate, count) - 1]


def _sum(numbers: Sequence[Fraction]) -> Fraction:
    return numbers.total if isinstance(numbers, Numbers) else sum(numbers, Fraction(0))


def rank_of(aggregate: Aggregate, count: int) -> int:
    """Which of that many ascending numbers, from 1, a percentile is (nearest rank)."""
    return max(-(-int(aggregate[1:]) * count // 100), 1)
