"""What repeats: breaches as groups of one cause, what they weigh, and how few make most of it (MEETING §3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

MOST: Final = Fraction(3, 4)
"""The part of all misses that the fewest groups are to hold."""


class Cause(NamedTuple):
    """What a group is of: a root cause; where none was said, a deliverable and the machine cause of its breaches."""

    root_cause: str | None
    deliverable: str | None = None
    machine_cause: str | None = None

    @property
    def key(self) -> str:
        return self.root_cause if self.root_cause is not None else f"{self.deliverable}/{self.machine_cause}"


class Miss(NamedTuple):
    """One occurrence that was missed, or (`key` the id of the breach) a breach that no occurrence stands behind."""

    commitment: str
    key: Hashable


class Breached(NamedTuple):
    """A breach that stands, with what was missed. `opened`: the position of the entry that showed it."""

    id: str
    cause: Cause
    opened: int
    misses: Collection[Miss]


class Closed(NamedTuple):
    """An action that was closed, by the entry at the position `at`, and the ids of the breaches that it rests on."""

    at: int
    grounds: Collection[str]


@dataclass(frozen=True, slots=True)
class Group:
    """`breaches`: their ids, in the order in which they were opened. `share`: of the weight of all groups; None where that is 0."""

    cause: Cause
    breaches: tuple[str, ...]
    misses: frozenset[Miss]
    weight: Fraction
    share: Fraction | None
    recurrences: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """`few` of the groups, the first ones, hold `few_misses` of all `misses`, which are counted once each."""

    groups: tuple[Group, ...]
    few: int
    few_misses: int
    misses: int


def repeats_of(
    breaches: Sequence[Breached], weights: dict[str, Fraction], closed: Sequence[Closed], causes: dict[str, Cause]
) -> Repeats:
    """Puts the breaches, in the order in which they were opened, into groups. `weights`: of the commitments. `causes`: of every
    breach that stands, those before and after these too, which says whose group a closed action is."""
    found: dict[Cause, list[Breached]] = {}
    for one in breaches:
        found.setdefault(one.cause, []).append(one)
    weighed = {cause: _weight(_misses(held), weights) for cause, held in found.items()}
    whole = sum(weighed.values(), Fraction(0))
    groups = [
        Group(
            cause,
            tuple(one.id for one in held),
            _misses(held),
            weighed[cause],
            weighed[cause] / whole if whole else None,
            _recurrences(held, [one.at for one in closed if any(causes.get(id) == cause for id in one.grounds)]),
        )
        for cause, held in found.items()
    ]
    ordered = tuple(sorted(groups, key=_order))
    return Repeats(ordered, *_fewest(ordered))


def _misses(breaches: Iterable[Breached]) -> frozenset[Miss]:
    return frozenset(miss for one in breaches for miss in one.misses)


def _weight(misses: Iterable[Miss], weights: dict[str, Fraction]) -> Fraction:
    counts = Counter(one.commitment for one in misses)
    return sum((weights.get(id, Fraction(1)) * count for id, count in counts.items()), Fraction(0))


def _recurrences(breaches: Iterable[Breached], closings: Sequence[int]) -> int:
    """How many were opened after the first of these closings."""
    return sum(one.opened > min(closings) for one in breaches) if closings else 0


def _order(group: Group) -> tuple[bool, Fraction, int, str]:
    """Root causes before machine causes; the heaviest first, then what was missed most often."""
    return group.cause.root_cause is None, -group.weight, -len(group.misses), group.cause.key


def _fewest(groups: Sequence[Group]) -> tuple[int, int, int]:
    """How many of the first groups hold at least `MOST` of all misses, how many that are, and how many there are in all."""
    every = len({miss for one in groups for miss in one.misses})
    held: set[Miss] = set()
    for few, group in enumerate(groups, 1):
        held |= group.misses
        if len(held) >= MOST * every:
            return few, len(held), every
    return 0, 0, 0
