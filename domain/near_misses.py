"""What keeps an event from being selected: the one value by which it comes nearest to what a selector asks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from domain.events import ABSENT, OperationalEvent
from domain.selecting import all_hold, scalar_type
from domain.terms import Condition, Scalar, Selector

LIKE = 0.6
"""How alike two texts are that may be slips of each other, from 0 to 1."""
LONGEST = 80
"""Letters that are compared: of longer values nobody says what was meant."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """`value` stands at the path, ABSENT where nothing does. `asked`: what selectors ask for there, the nearest first; that one
    alone where it is so near that it will have been meant."""

    path: str
    value: object
    asked: tuple[Scalar, ...]
    conditions: tuple[Condition, ...] = ()
    """Where no value is asked for by name."""
    is_near: bool = False


def near_miss(selectors: Iterable[Selector], event: OperationalEvent) -> NearMiss | None:
    """Of an event that none of them selects. None where nothing is like it: no selector is about its type, nor about one that is
    spelt nearly so."""
    every = list(selectors)
    mine = [one for one in every if event.type in one.types]
    if not mine:
        found = _nearest("type", event.type, [kind for one in every for kind in one.types])
        return found if found.is_near else None
    unmet = [(_unmet(one, event), one) for one in mine]
    fewest = min(len(paths) for paths, _ in unmet)
    if not fewest:
        return None
    conditions: dict[str, list[Condition]] = {}
    for paths, _ in unmet:
        if len(paths) == fewest:
            for path, asked in paths.items():
                conditions.setdefault(path, []).extend(asked)
    found_at = [_of_path(path, event.lookup(path), asked) for path, asked in conditions.items()]
    return next((one for one in found_at if one.is_near), found_at[0])


def _unmet(selector: Selector, event: OperationalEvent) -> dict[str, Sequence[Condition]]:
    """By path what does not hold."""
    unmet: dict[str, Sequence[Condition]] = {}
    if selector.sources and event.source not in selector.sources:
        unmet["source"] = (Condition("in", selector.sources),)
    for path, conditions in selector.where:
        if not all_hold(((path, conditions),), event):
            unmet[path] = conditions
    return unmet


def _of_path(path: str, value: object, conditions: Sequence[Condition]) -> NearMiss:
    named: dict[Scalar, None] = {}
    for one in conditions:
        if one.operator in ("eq", "in"):
            named.update(dict.fromkeys(one.operand if isinstance(one.operand, tuple) else (one.operand,)))
    if named:
        return _nearest(path, value, list(named))
    return NearMiss(path, value, (), tuple(dict.fromkeys(conditions)))


def _nearest(path: str, value: object, asked: Sequence[Scalar]) -> NearMiss:
    if value is ABSENT or scalar_type(value) is None:
        return NearMiss(path, value, tuple(dict.fromkeys(asked)))
    ranked = sorted(dict.fromkeys(asked), key=lambda one: (-likeness(value, one), str(one)))
    is_near = bool(ranked) and likeness(value, ranked[0]) >= LIKE
    return NearMiss(path, value, (ranked[0],) if is_near else tuple(ranked), is_near=is_near)


def likeness(one: object, other: object) -> float:
    """Of their texts, without accents, capitals and spaces at the ends: 1 where nothing else differs, or only the type."""
    first, second = _plain(one), _plain(other)
    if first == second:
        return 1.0
    return SequenceMatcher(None, first, second).ratio()


def _plain(value: object) -> str:
    apart = unicodedata.normalize("NFKD", str(value)[:LONGEST].strip().casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
