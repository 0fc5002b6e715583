"""Whether an action helped: the units after it against those before it, by an exact test (MEETING §5).

`a` of `n` units after were missed, `b` of `m` before. Given all four sums, the number missed after follows the hypergeometric
distribution if nothing changed: Fisher's exact test, one-sided (R. A. Fisher, Statistical Methods for Research Workers, §21.02).
Everything is an integer or a Fraction: a share that stands exactly at the bound is at the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final, Literal

EffectVerdict = Literal["waiting", "effective", "holding", "short", "ineffective", "worse", "incomparable"]
EffectClass = Literal["good", "bad", "none"]
WhyIncomparable = Literal["no-unit-before", "wording-changed", "contract-ended", "too-few-after"]

CLASSES: Final[dict[EffectVerdict, EffectClass]] = {
    "waiting": "none",
    "effective": "good",
    "holding": "good",
    "short": "bad",
    "ineffective": "bad",
    "worse": "bad",
    "incomparable": "none",
}
_TENTH: Final = Fraction(1, 10)
"""`at_most` leaves this much to luck, whatever `sure` is."""
_PLACES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Counted:
    """`missed` of `judged` units of a window."""

    missed: int
    judged: int


def p_better(before: Counted, after: Counted) -> Fraction:
    """How likely luck alone gives so few misses after, or fewer, if nothing changed."""
    return _share(before, after, range(after.missed + 1))


def p_worse(before: Counted, after: Counted) -> Fraction:
    """How likely luck alone gives so many misses after, or more, if nothing changed."""
    return _share(before, after, range(after.missed, after.judged + 1))


def _share(before: Counted, after: Counted, missed_after: range) -> Fraction:
    missed = before.missed + after.missed
    if not missed:
        return Fraction(1)
    ways = sum(comb(after.judged, k) * comb(before.judged, missed - k) for k in missed_after if k <= missed)
    return Fraction(ways, comb(before.judged + after.judged, missed))


def at_most(after: Counted) -> Fraction | None:
    """The share of misses that is not exceeded with 90 % certainty where none of `judged` was missed, 1 − 0.1^(1/judged), rounded
    half up to 4 places (Clopper and Pearson, Biometrika 26, 1934); None where one was missed, or nothing was judged."""
    if after.missed or not after.judged:
        return None
    low, high = 0, _PLACES
    while low < high:  # the greatest count of places whose lower rounding bound (2k − 1) / 20000 is not above it
        middle = (low + high + 1) // 2
        rest = Fraction(2 * _PLACES - 2 * middle + 1, 2 * _PLACES)
        low, high = (middle, high) if rest**after.judged >= _TENTH else (low, middle - 1)
    return Fraction(low, _PLACES)


def verdict_of(before: Counted, after: Counted, sure: Fraction, *, is_kept: bool) -> EffectVerdict:
    """The verdict on a window that is whole, with at least one unit before. α = 1 − `sure`, inclusive."""
    alpha = 1 - sure
    is_better = p_better(before, after) <= alpha
    if is_kept:
        return "effective" if is_better else "holding"
    if is_better:
        return "short"
    return "worse" if p_worse(before, after) <= alpha else "ineffective"


def luck_in(p: Fraction) -> int | None:
    """How many times are needed for luck to do it once, to the nearest whole (half up); None where that is once."""
    times = int(1 / p + Fraction(1, 2)) if p else 0
    return times if times > 1 else None
