"""Which events are meant, and what is good: selectors and conditions (INTERFACE §1, MEANING §4 "Lookups").

Literals compare by type: `1` is not `"1"`, `true` is not `1`. Null is absent. There is no expression language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from domain.events import ABSENT, OWN, OperationalEvent
from domain.terms import Condition, Indicator, ScalarType, Selector, Where

MUST_BE_THERE: Final = Condition("exists", True)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda value, operand: value == operand,
    "ne": lambda value, operand: value != operand,
    "lt": lambda value, operand: value < operand,
    "le": lambda value, operand: value <= operand,
    "gt": lambda value, operand: value > operand,
    "ge": lambda value, operand: value >= operand,
}


def scalar_type(value: object) -> ScalarType | None:
    """None for anything that is not a scalar."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | Decimal):
        return "number"
    return None


def number_of(value: object) -> int | Decimal | None:
    """The value, if it is a number (a truth is none)."""
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def holds(condition: Condition, value: object) -> bool | None:
    """Whether the condition holds of a value that may be ABSENT; None when it cannot be said: absent, or another type."""
    if condition.operator == "exists":
        return (value is not ABSENT) is condition.operand
    kind = scalar_type(value)
    if kind is None:
        return None
    operand = condition.operand
    if condition.operator == "in":
        assert isinstance(operand, tuple)
        same_type = [one for one in operand if scalar_type(one) == kind]
        return value in same_type if same_type else None
    if scalar_type(operand) != kind:
        return None
    if condition.operator == "starts_with":
        return str(value).startswith(str(operand))
    return _COMPARE[condition.operator](value, operand)


def all_hold(where: Where, event: OperationalEvent) -> bool:
    """A selector's `where`: a condition that cannot be said is false, but `ne` is true of a value of another type."""
    for path, conditions in where:
        value = event.lookup(path)
        for condition in conditions:
            held = holds(condition, value)
            if held is None:
                held = condition.operator == "ne" and value is not ABSENT
            if not held:
                return False
    return True


def is_good(where: Where, event: OperationalEvent) -> bool | None:
    """A conformity's `good`: None (unknown) as soon as one path is absent or of another type; but what must be there
    (`exists: true`) and is absent is not good."""
    good = True
    for path, conditions in where:
        value = event.lookup(path)
        if value is ABSENT and MUST_BE_THERE in conditions:
            good = False
            continue
        for condition in conditions:
            held = holds(condition, value)
            if held is None:
                return None
            good = good and held
    return good


Literal = tuple[str, object]
"""A value that a condition asks for, with its type, so that `1`, `"1"` and `true` stay three."""


def literal(value: object) -> Literal | None:
    """None for what is absent or no scalar."""
    kind = scalar_type(value)
    return (kind, value) if kind is not None else None


def asked_for(selector: Selector) -> list[tuple[str, tuple[Literal, ...]]]:
    """Paths with the only values there of events that the selector may select; empty where it asks for none by name."""
    found: list[tuple[str, tuple[Literal, ...]]] = []
    if selector.sources:
        found.append(("source", tuple(("text", one) for one in selector.sources)))
    for path, conditions in selector.where:
        for condition in conditions:
            if condition.operator in ("eq", "in"):
                named = condition.operand if isinstance(condition.operand, tuple) else (condition.operand,)
                found.append((path, tuple(one for value in named if (one := literal(value)) is not None)))
    return found


def is_shown(shown_to: Sequence[str] | None, parties: Iterable[str]) -> bool:
    """Whether what is shown to these services (None: to all) reaches a contract of these parties (TRUST §3 "Whose event")."""
    return shown_to is None or any(party in shown_to for party in parties)


def selectors_of(indicator: Indicator) -> Iterator[tuple[str, Selector]]:
    """The selectors of an indicator, each with the name that it has there."""
    for field in fields(indicator):
        value = getattr(indicator, field.name)
        if isinstance(value, Selector):
            yield field.name, value


def selects(selector: Selector, event: OperationalEvent) -> bool:
    """Events of the platform are meant only where their source is named: tools have types of the same names."""
    return (
        event.type in selector.types
        and (event.source in selector.sources if selector.sources else not event.source.startswith(OWN))
        and (not selector.where or all_hold(selector.where, event))
    )
