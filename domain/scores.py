"""The score of a contract over a period: how much of the weight of what was judged is kept (MEANING §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from domain.figures import Status
from domain.terms import WhenNoData

Missing = Literal["open", "no_data"]


@dataclass(frozen=True, slots=True)
class Part:
    """One commitment in a period: its weight, and the status of each of its targets over that period."""

    commitment: str
    weight: Decimal
    statuses: tuple[Status, ...]
    when_no_data: WhenNoData

    @property
    def is_kept(self) -> bool | None:
        """None while nobody can say: nothing was judged, or a target is still open and none is breached."""
        if "breached" in self.statuses:
            return False
        return True if "met" in self.statuses and "open" not in self.statuses else None

    @property
    def missing(self) -> Missing | None:
        """Why it is not in the score; None where it is, or where the contract says that it may be left out."""
        if self.is_kept is not None:
            return None
        if "open" in self.statuses:
            return "open"
        return None if self.when_no_data == "ignore" else "no_data"


@dataclass(frozen=True, slots=True)
class Score:
    """Weights, exactly. `share` is None where nothing with a weight was judged, and while something is open: what is lost is known
    before what is kept, so that a share of it would be of losses alone."""

    kept: Fraction
    judged: Fraction
    open: Fraction = Fraction(0)

    @property
    def lost(self) -> Fraction:
        return self.judged - self.kept

    @property
    def share(self) -> Fraction | None:
        return self.kept / self.judged if self.judged and not self.open else None


def score_of(parts: Sequence[Part]) -> Score:
    """Over the commitments whose targets are met or breached; the others are missing."""
    judged = [(Fraction(one.weight), one.is_kept) for one in parts if one.is_kept is not None]
    return Score(
        sum((weight for weight, is_kept in judged if is_kept), Fraction(0)),
        sum((weight for weight, _ in judged), Fraction(0)),
        sum((Fraction(one.weight) for one in parts if one.missing == "open"), Fraction(0)),
    )
