"""What a target says of one segment: is it kept, can it still be kept, would one more miss lose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests.oracle.contracts import Tree
from tests.oracle.durations import ELAPSED, split
from tests.oracle.occurrences import MISSES, Occurrence


def text(target: Tree) -> str:
    [(name, value)] = [(name, value) for name, value in target.items() if name != "per"]
    return f"{name} {value}"


def four_places(value: Fraction, target: Tree | None = None, unit: str = "s") -> str:
    """Half-even. What misses its target does not read as what keeps it: then there are more places."""
    shown = _rounded(value, 4)
    said = (target or {}).get("at_least", (target or {}).get("at_most"))
    if said is None:
        return shown
    bound, is_upper = _bound(said, unit), "at_most" in (target or {})
    for places in range(5, 60):
        if not _misses(value, bound, is_upper=is_upper) or _misses(Fraction(shown), bound, is_upper=is_upper):
            break
        shown = _rounded(value, places)
    return shown


def _rounded(value: Fraction, places: int) -> str:
    with localcontext(prec=200):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return str(exact.quantize(Decimal(10) ** -places, ROUND_HALF_EVEN))


def _bound(said: object, unit: str) -> Fraction:
    """A share as one of 1; a time in the unit."""
    if not isinstance(said, str):
        return Fraction(str(said))
    if "%" in said:
        return Fraction(said.replace("%", "").strip()) / 100
    count, name = split(said)
    return Fraction(count * ELAPSED[name] / ELAPSED[unit])


def _misses(value: Fraction, bound: Fraction, *, is_upper: bool) -> bool:
    return value > bound if is_upper else value < bound


@dataclass(frozen=True)
class Segment:
    """The occurrences of one wording in one period.

    `is_known`: all that can fall due here is among them: a rule of dates, or the time for more is over.
    `is_over`: the segment's end has been reached. `is_endless`: it has none.
    """

    target: Tree
    occurrences: list[Occurrence]
    is_known: bool
    is_over: bool
    is_endless: bool

    def count(self, *verdicts: str) -> int:
        return sum(one.shown in verdicts for one in self.occurrences)

    @property
    def good(self) -> int:
        return self.count("met")

    @property
    def misses(self) -> int:
        return self.count(*MISSES)

    @property
    def total(self) -> int:
        return self.good + self.misses

    @property
    def pending(self) -> int:
        return self.count("pending")

    @property
    def share(self) -> Fraction | None:
        """None where the target is no share."""
        said: Any = self.target.get("at_least")
        return Fraction(Decimal(said.removesuffix("%").strip())) / 100 if "%" in str(said) else None

    def keeps(self, misses: list[bool]) -> bool:
        """Whether the target holds if these, in the order of due and key, were missed (True) or met."""
        if self.share is not None:
            return not misses or Fraction(misses.count(False), len(misses)) >= self.share
        if "max_misses" in self.target:
            return sum(misses) <= int(self.target["max_misses"])
        if "max_consecutive_misses" in self.target:
            return longest_run(misses) <= int(self.target["max_consecutive_misses"])
        return True  # what is of values is judged where they are put together

    def _outcomes(self, missed: Occurrence | None = None) -> list[bool]:
        """All that count, the pending ones met, but for the one given."""
        counting = [one for one in self.occurrences if one.shown not in ("excused", "unknown")]
        ranked = sorted(counting, key=lambda one: (one.due or one.at, one.key))
        return [one.shown in MISSES or one is missed for one in ranked]

    @property
    def best_fails(self) -> bool:
        """The target fails even if all that is pending is met."""
        return not self.keeps(self._outcomes())

    @property
    def is_bounded(self) -> bool:
        """Whether what is there bounds what the target can still come to."""
        return self.share is None or (self.is_known and not self.is_endless)

    @property
    def is_beyond_hope(self) -> bool:
        """No future can keep the target."""
        return self.best_fails if self.is_bounded else self.share == 1 and self.misses > 0

    @property
    def is_lost(self) -> bool:
        return self.is_bounded and self.best_fails

    @property
    def is_tight(self) -> bool:
        """One more miss, of a pending one or of the next to come, loses it; shares where more may come: below already."""
        if self.share is not None and not self.is_bounded:
            return self.best_fails
        pending = [one for one in self.occurrences if one.shown == "pending"]
        if any(not self.keeps(self._outcomes(one)) for one in pending):
            return True
        return (not self.is_known or self.is_endless) and not self.keeps([*self._outcomes(), True])

    @property
    def may_change(self) -> bool:
        return bool(self.pending) or not self.is_over


def longest_run(misses: list[bool]) -> int:
    longest = current = 0
    for is_miss in misses:
        current = current + 1 if is_miss else 0
        longest = max(longest, current)
    return longest


def status_of(segment: Segment, has_enough: bool) -> str:
    if has_enough and segment.is_beyond_hope:
        return "breached"
    if segment.may_change:
        return "open"
    return "met" if segment.total else "no_data"


def outlook_of(segment: Segment, judged: int, min_count: int) -> str:
    if judged >= min_count and segment.is_lost:
        return "lost"
    can_turn = segment.pending or not segment.is_known or segment.is_endless
    needs = min_count if segment.share is None or (segment.is_known and not segment.is_endless) else 0
    return "tight" if can_turn and judged + 1 >= needs and segment.is_tight else "safe"


def worst_of(outlooks: list[str], *, is_dark: bool) -> str | None:
    """Nothing is safe of what nobody could judge."""
    return next((one for one in ("lost", "tight") if one in outlooks), None if is_dark else "safe")


def ended(end: datetime | None, watermark: datetime | None) -> bool:
    return end is not None and watermark is not None and watermark >= end
