"""Which units an effect check compares: the first after the change, and the last before what made somebody act (MEETING §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from domain.effect import Counted
from domain.times import Instant

FEWEST: Final = 4
MOST: Final = 20
"""Units after, where nobody says how many: those expected in a target's period, but no fewer and no more than this."""
OF_PERIODS: Final = 2
"""Periods after, where each is one unit."""
LONGEST: Final = 200
"""Units of a window, at most."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that was kept or missed. `place`: where it stands in time (MEETING §5 "Units"). `missed` None: it pends, and
    keeps its place. `ends`: when a case was closed, or a period is over; None where that does not matter or is to come.
    `counts_at`: the instant whose period it counts in; None: `place`. `segment`: the wording that judges it. `good` of `total`:
    microseconds of a day. `value`: the number of an item."""

    key: str
    place: Instant
    missed: bool | None
    segment: int = 0
    ends: Instant | None = None
    is_lasting: bool = False
    good: int = 0
    total: int = 0
    value: Fraction | None = None
    counts_at: Instant | None = None

    @property
    def order(self) -> tuple[Instant, str]:
        """Units come by place, then key."""
        return self.place, self.key


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the units before end: in front of the `trigger` (place and key), which is in no window; without one, behind
    `until`, the watermark when people opened the action (included). None of both: nothing was before."""

    trigger: tuple[Instant, str] | None = None
    until: Instant | None = None

    def holds(self, unit: Unit) -> bool:
        """Says whether the unit lies before."""
        if self.until is not None:
            return unit.place <= self.until
        return self.trigger is not None and unit.order < self.trigger


@dataclass(frozen=True, slots=True)
class Window:
    """`units`, by place, of the `of` that it is to hold."""

    units: tuple[Unit, ...]
    of: int

    @property
    def counted(self) -> Counted:
        return Counted(sum(bool(one.missed) for one in self.units), sum(one.missed is not None for one in self.units))

    @property
    def pends(self) -> bool:
        """Says whether something in it is not decided yet."""
        return any(one.missed is None for one in self.units)

    @property
    def is_whole(self) -> bool:
        return len(self.units) == self.of and not self.pends


@dataclass(frozen=True, slots=True)
class Windows:
    before: Window
    between: tuple[Unit, ...]
    after: Window


def windows(units: Sequence[Unit], change: Instant, cut: Cut, after: int, before: int) -> Windows:
    """Of all units that count, in any order: `after` is the first that stand at or behind `change`, `before` the last that lie
    before the cut. What is neither is between: what stands between both, and what began before the change and was not over
    by then."""
    ordered = sorted((one for one in units if one.order != cut.trigger), key=lambda one: one.order)
    following = [one for one in ordered if one.place >= change][:after]
    earlier = [one for one in ordered if one.place < change]
    whole = [one for one in earlier if cut.holds(one) and not _reaches(one, change)]
    between = [one for one in earlier if not cut.holds(one) or _reaches(one, change)]
    return Windows(Window(tuple(whole[-before:]), before), tuple(between), Window(tuple(following), after))


def _reaches(unit: Unit, change: Instant) -> bool:
    """It began before the change and lasted beyond: a case that is closed behind it, a period that ends behind it; or it
    pends, so that it will."""
    return unit.is_lasting and (unit.missed is None if unit.ends is None else unit.ends >= change)


def default_after(expected: int | None) -> int:
    """How many units are looked at after. `expected`: those of the last whole period of the target; None where nobody knows."""
    return MOST if expected is None else min(max(expected, FEWEST), MOST)
