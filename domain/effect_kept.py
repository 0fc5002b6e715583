"""Whether the units after an action keep the target that is in force at their end (MEETING §5 "Kept")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

from domain.effect_windows import Unit
from domain.figures import in_target_unit, is_of_values, is_within
from domain.sums import Values
from domain.target_periods import RollingWindow, TargetPeriods
from domain.terms import Target

PutTogether = Callable[[tuple[Fraction, ...]], Values]
"""What ascending numbers come to, as the indicator says."""


def is_kept(
    units: Sequence[Unit],
    target: Target | None,
    periods: TargetPeriods | RollingWindow | None,
    expected: int | None,
    put_together: PutTogether | None,
) -> bool:
    """`units`: those of a whole window. `expected`: how many a target's period holds; None where nobody knows. Without a target
    none may be missed. A window shorter than a period is filled up with what is met."""
    missed = [one for one in units if one.missed]
    if target is None or periods is None:
        return not missed
    if is_of_values(target):
        return _holds_values(units, target, put_together)
    if target.form == "max_misses":
        return _most_misses(missed, periods) <= target.bound
    if target.form == "max_consecutive_misses":
        return _longest_run(units) <= target.bound
    if any(one.total for one in units):
        return Fraction(sum(one.good for one in units), sum(one.total for one in units)) >= target.bound
    filled = max(0, (expected or 0) - len(units))
    return Fraction(len(units) - len(missed) + filled, len(units) + filled) >= target.bound


def _holds_values(units: Sequence[Unit], target: Target, put_together: PutTogether | None) -> bool:
    """What the numbers of the window come to together; periods, each of which has its own, are missed or not."""
    numbers = tuple(sorted(one.value for one in units if one.value is not None))
    if put_together is None or not numbers:
        return not any(one.missed for one in units)
    return is_within(target, in_target_unit(put_together(numbers), target))


def _most_misses(missed: Sequence[Unit], periods: TargetPeriods | RollingWindow) -> int:
    """The most that fall in one period, or in any window of a target that rolls."""
    places = sorted(one.place if one.counts_at is None else one.counts_at for one in missed)
    if isinstance(periods, RollingWindow):
        within = [sum(periods.at(last + 1).start <= one <= last for one in places) for last in places]
        return max(within, default=0)
    return max(Counter(periods.of(one).start for one in places).values(), default=0)


def _longest_run(units: Sequence[Unit]) -> int:
    longest = run = 0
    for one in units:
        run = run + 1 if one.missed else 0
        longest = max(longest, run)
    return longest
