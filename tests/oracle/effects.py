"""Whether an action helped, as the oracle sees it: opened by hand and closed at once, on what is owed one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.oracle.figures import Commitment
from tests.oracle.occurrences import APART, MISSES, Occurrence
from tests.oracle.times import midnight

Tree = dict[str, Any]
OF_ONE = ("punctuality", "deadline", "turnaround", "conformity", "satisfaction")
"""Kinds whose occurrences are compared one by one."""


@dataclass(frozen=True)
class Act:
    """An action on a commitment. `until`: the watermark when it was opened."""

    id: str
    commitment: str
    effective_from: date
    after: int
    before: int
    until: datetime | None


def act(what: Tree, until: datetime | None) -> Act:
    day = date.fromisoformat(what["effective_from"])
    return Act(what["id"], what["commitment"], day, what["after"], what["before"], until)


def effect(commitment: Commitment, acted: Act) -> Tree:
    """What is missed and judged before and after, and how likely luck alone does that, once all of it is judged."""
    change = midnight(acted.effective_from, commitment.clauses[-1].zone)
    units = sorted(
        ((_place(one), one.key, one) for one in commitment.occurrences() if _counts(one)), key=lambda each: each[:2]
    )
    after = [one for place, _, one in units if place >= change][: acted.after]
    earlier = [
        one
        for place, _, one in units
        if place < change and acted.until is not None and place <= acted.until and not _lasts(one, change)
    ]
    before = earlier[-acted.before :]
    a, n, b, m = _missed(after), _judged(after), _missed(before), _judged(before)
    is_whole = n == acted.after and len(after) == n and m == len(before)
    chances = _chances(a + b, n, m)
    return {
        "after": (a, n),
        "before": (b, m),
        "p_better": str(sum(chances[: a + 1])) if is_whole and m else None,
        "p_worse": str(sum(chances[a:])) if is_whole and m else None,
    }


def _counts(one: Occurrence) -> bool:
    return not one.excused and one.verdict not in ("unknown", APART)


def _place(one: Occurrence) -> datetime:
    return one.opened or one.nominal or one.at


def _lasts(one: Occurrence, change: datetime) -> bool:
    if one.opened is None:
        return False
    return one.closed >= change if one.closed is not None else one.verdict == "pending"


def _missed(some: list[Occurrence]) -> int:
    return sum(one.verdict in MISSES for one in some)


def _judged(some: list[Occurrence]) -> int:
    return sum(one.verdict != "pending" for one in some)


def _chances(misses: int, n: int, m: int) -> list[Fraction]:
    """How likely so many of the misses, by number, fall among `n` places of `n + m`: placed one after the other."""
    chances = [Fraction(1)]
    for placed in range(misses):
        left = n + m - placed
        following = [Fraction(0)] * (len(chances) + 1)
        for among, chance in enumerate(chances):
            following[among] += chance * Fraction(m - (placed - among), left)
            following[among + 1] += chance * Fraction(n - among, left)
        chances = following
    return chances
