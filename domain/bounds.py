"""Bounds as people agree on them: whole percents, two digits, full hours and minutes."""

from __future__ import annotations

from fractions import Fraction

from domain.durations import HOUR, MINUTE, SECOND
from domain.terms import Target


def rounded_share(share: Fraction, above: Fraction) -> Fraction:
    """The share cut to whole percents; to tenths or hundredths where whole ones do not lie above the bound."""
    for steps in (100, 1_000, 10_000):
        cut = Fraction(share.numerator * steps // share.denominator, steps)
        if cut > above:
            return cut
    return cut


def rounded_value(target: Target, worst: Fraction, beyond: Fraction | None) -> Fraction:
    """The worst value as people would agree on it, a little to the easy side: two digits, or full hours, quarters, minutes
    and seconds; finer where only that lies beyond the bound of now."""
    steps = _steps_of_time(worst) if target.of == "time" else _steps_of_number(worst)
    is_upper = target.form == "at_most"
    for step in steps:
        count = Fraction(-(-worst // step) if is_upper else worst // step)
        if beyond is None or (count * step < beyond if is_upper else count * step > beyond):
            return count * step
    return beyond if beyond is not None else worst


def _steps_of_time(length: Fraction) -> list[int]:
    """Microseconds, coarse to fine."""
    steps = [24 * HOUR, HOUR, 15 * MINUTE, MINUTE, SECOND]
    return [step for step in steps if step * 4 <= abs(length)] or steps[-1:]


def _steps_of_number(number: Fraction) -> list[Fraction]:
    """Tenths of the first digit's place, then finer."""
    place = Fraction(1)
    while place * 10 <= abs(number):
        place *= 10
    while number and place > abs(number):
        place /= 10
    return [place / 10, place / 100, place / 1000]
