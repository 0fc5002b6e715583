"""The miss that made a target lost: what made somebody act, and what is left out of the comparison (MEETING §5 "Windows")."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from domain.terms import Target


def lost_by(target: Target, missed: Sequence[bool]) -> int | None:
    """The place of the miss with which the target could be kept no more, whatever followed. `missed`: of all that counts in the
    period, in order; what pends as not missed. None where it could to the end, or the target is no count of misses."""
    run = misses = 0
    for place, is_missed in enumerate(missed):
        run = run + 1 if is_missed else 0
        misses += is_missed
        if is_missed and _is_lost(target, run, misses, len(missed)):
            return place
    return None


def _is_lost(target: Target, run: int, misses: int, total: int) -> bool:
    if target.form == "max_misses":
        return misses > target.bound
    if target.form == "max_consecutive_misses":
        return run > target.bound
    is_share = target.form == "at_least" and target.of == "share"
    return is_share and Fraction(total - misses, total) < target.bound
