"""The clients of an offer side by side: shares, classes, how much hangs on few, and the mix to come (SHARED §2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

ClientClass = Literal["primary", "secondary", "occasional"]
Base = Literal["dominated", "concentrated", "spread"]
Method = Literal["declared", "trend"]
Units = Mapping[str, Fraction]
"""By client."""

WINDOW: Final = 12
"""Months of the window over which shares are taken."""
OCCASIONAL_BELOW: Final = Fraction(1, 20)
DOMINATED_FROM: Final = Fraction(2, 3)
SPREAD_FROM: Final = Fraction(4)
"""As if so many equal clients."""
SLOWEST, FASTEST = Fraction(1, 2), Fraction(2)
"""The ends of what a trend may be in a year."""
OTHERS: Final = 3
"""So many others must have units, for a total to be shown to a client."""
MOST_OF_OTHERS: Final = Fraction(85, 100)
"""No other client may have more of what the others have together."""


@dataclass(frozen=True, slots=True)
class Mix:
    """`shares` and what follows from them; None where the sum of all is not above 0. `hhi`: the sum of their squares; `as_if`: so many
    equal clients would have the same."""

    units: Units
    shares: Mapping[str, Fraction] | None
    hhi: Fraction | None
    as_if: Fraction | None
    base: Base | None

    @property
    def total(self) -> Fraction:
        return sum(self.units.values(), Fraction(0))

    def share(self, client: str) -> Fraction | None:
        return None if self.shares is None else self.shares.get(client, Fraction(0))

    def class_of(self, client: str, primary_from: Fraction) -> ClientClass | None:
        share = self.share(client)
        if share is None:
            return None
        if share >= primary_from:
            return "primary"
        return "occasional" if share < OCCASIONAL_BELOW else "secondary"


def mix(units: Units) -> Mix:
    """Attributed units alone, by client."""
    total = sum(units.values(), Fraction(0))
    if total <= 0:
        return Mix(units, None, None, None, None)
    shares = {client: amount / total for client, amount in units.items()}
    hhi = sum((one * one for one in shares.values()), Fraction(0))
    return Mix(units, shares, hhi, 1 / hhi, _base(max(shares.values()), 1 / hhi))


def _base(largest: Fraction, as_if: Fraction) -> Base:
    if largest >= DOMINATED_FROM:
        return "dominated"
    return "concentrated" if as_if < SPREAD_FROM else "spread"


def may_be_shown(units: Units, own: set[str]) -> bool:
    """Whether a total over whole twelve months says nothing of one other client to who sees only its own: enough others have units,
    and none of them has nearly all of what the others have."""
    others = [amount for client, amount in units.items() if client not in own and amount > 0]
    return len(others) >= OTHERS and max(others) <= MOST_OF_OTHERS * sum(others)


@dataclass(frozen=True, slots=True)
class Expected:
    """The units of a client in a year to come, and how they were found; None where nothing says them."""

    units: Fraction | None
    method: Method | None


def trend(last: Fraction, before: Fraction, years: int) -> Fraction | None:
    """So many years on, at the rate at which the last twelve months lie above the twelve before; None where those sum to nothing."""
    if before <= 0:
        return None
    rate = min(max(last / before, SLOWEST), FASTEST)
    return last * rate**years


def expected(declared: Fraction | None, last: Fraction, before: Fraction | None, years: int) -> Expected:
    """What was declared goes before the trend. `before`: None where there are fewer than 24 complete months."""
    if declared is not None:
        return Expected(declared, "declared")
    found = trend(last, before, years) if before is not None else None
    return Expected(found, "trend" if found is not None else None)


def forecast_mix(rows: Mapping[str, Expected]) -> Mix | None:
    """None where the units of one client are not known."""
    units = {client: one.units for client, one in rows.items() if one.units is not None}
    return mix(units) if len(units) == len(rows) and rows else None


def declared_of(plans: Sequence[Fraction | None]) -> Fraction | None:
    """The sum of twelve months of plan; None unless signed charters cover all of them."""
    known = [one for one in plans if one is not None]
    return sum(known, Fraction(0)) if len(known) == len(plans) == WINDOW else None
