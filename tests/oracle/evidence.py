"""Events: what selects them, what their paths say, and which of them are evidence at all."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tests.oracle.times import read_time

Tree = dict[str, Any]
Event = dict[str, Any]


def value_at(event: Event, path: str) -> object:
    """None where it is absent; null is absent."""
    found: object = event
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"


def exact(value: object) -> object:
    return Fraction(str(value)) if kind_of(value) == "number" else value


def compares(value: object, sign: str, literal: Any) -> bool | None:
    """None where the value is of another type than the literal."""
    if sign == "exists":
        return (value is not None) is bool(literal)
    if sign == "in":
        answers = [compares(value, "eq", one) for one in literal]
        return True if True in answers else None if all(one is None for one in answers) else False
    if kind_of(value) != kind_of(literal):
        return None
    left: Any = exact(value)
    right: Any = exact(literal)
    match sign:
        case "eq":
            return bool(left == right)
        case "ne":
            return bool(left != right)
        case "lt":
            return bool(left < right)
        case "le":
            return bool(left <= right)
        case "gt":
            return bool(left > right)
        case "ge":
            return bool(left >= right)
        case "starts_with":
            return bool(left.startswith(right))
    raise AssertionError(sign)


def comparisons(condition: Any) -> list[tuple[str, Any]]:
    if isinstance(condition, dict):
        return list(condition.items())
    return [("in", condition)] if isinstance(condition, list) else [("eq", condition)]


def holds(event: Event, path: str, condition: Any) -> bool:
    """As in `where`: what is absent or of another type is not so, but `ne` is so of another type."""
    value = value_at(event, path)
    for sign, literal in comparisons(condition):
        answer = compares(value, sign, literal)
        if answer is None:
            answer = sign == "ne" and value is not None
        if not answer:
            return False
    return True


def is_good(event: Event, good: Tree) -> bool | None:
    """None where a path is absent or of another type, unless the contract says that it must be there."""
    answers = [_is_so(value_at(event, path), comparisons(condition)) for path, condition in good.items()]
    return None if None in answers else all(answers)


def _is_so(value: object, asked: list[tuple[str, Any]]) -> bool | None:
    if value is None and ("exists", True) in asked:
        return False
    answers = [compares(value, sign, literal) for sign, literal in asked]
    return None if None in answers else all(answers)


def selects(selector: Tree | None, event: Event) -> bool:
    if selector is None:
        return False
    for name in ("type", "source"):
        wanted = selector.get(name, event[name])
        if event[name] not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return all(holds(event, path, condition) for path, condition in selector.get("where", {}).items())


def order(event: Event) -> tuple[Any, ...]:
    sequence = event.get("sequence")
    if sequence is None:
        rank: tuple[Any, ...] = (0,)
    elif sequence.isdigit():
        rank = (1, int(sequence), sequence)
    else:
        rank = (2, sequence)
    return (read_time(event["time"]), rank, event["source"], _id_rank(event["id"]))


def _id_rank(id: str) -> tuple[Any, ...]:
    """Digits alone as numbers, and before other text."""
    return (0, int(id), id) if set(id) <= set("0123456789") else (1, id)


def stored(events: Iterable[Event]) -> list[Event]:
    """Without duplicates and re-used ids: the first of a `source` and `id` stands."""
    found: dict[tuple[str, str], Event] = {}
    for one in events:
        found.setdefault((one["source"], one["id"]), one)
    return list(found.values())


def standing(events: Iterable[Event]) -> list[Event]:
    """Those that no other took out and that are no mere voids, in the order of evidence."""
    every = list(events)
    others = [(one, one[verb]) for one in every for verb in ("voids", "replaces") if verb in one]
    taken = {(one["source"], id) for one, id in others if id != one["id"]}
    left = [one for one in every if "voids" not in one and (one["source"], one["id"]) not in taken]
    return sorted(left, key=order)
