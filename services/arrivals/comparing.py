"""What a contract compared in an event, what it found there, and what could not be compared: for explanations."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.events import ABSENT, OperationalEvent
from domain.faults import Fault, of_conditions, wanted
from domain.kinds.faces import face
from domain.selecting import MUST_BE_THERE, holds, scalar_type
from domain.terms import Condition, Conformity, Indicator
from services.errors import short

Change = dict[str, object]
"""`code`, and what it is about. `is`: what stands at the path (text, number, truth, list, object, absent); `found`: it, as text."""
LONGEST = 60


def not_good(it: Conformity, events: Iterable[OperationalEvent]) -> list[Change]:
    """Of each event the conditions that do not hold; of a path that cannot be compared, that alone."""
    changes: list[Change] = []
    for event in events:
        faulty = {one.path: one for one in of_conditions(it.good, event)}
        for path, conditions in it.good:
            value = event.lookup(path)
            if path in faulty and value is not ABSENT:
                changes.append(_mistyped(faulty[path]))
                continue
            must = value is ABSENT and MUST_BE_THERE in conditions
            asked = (MUST_BE_THERE,) if must else conditions
            changes += [_compared(path, one, value) for one in asked if not holds(one, value)]
    return changes


def unreadable(it: Indicator, events: Iterable[OperationalEvent]) -> list[Change]:
    """The first event of which something cannot be read, and what that is."""
    for event in events:
        if found := face(it).faults(it, event):
            return fault_changes(found)
    return []


def _compared(path: str, condition: Condition, value: object) -> Change:
    operand = plain(condition.operand)
    return {
        "code": "good",
        "path": path,
        "expected": f"{condition.operator} {_text(operand)}",
        "found": "absent" if value is ABSENT else shown(value),
        "is": kind_of(value),
        "operator": condition.operator,
        "operand": operand,
        "wants": wanted(condition),
    }


def fault_changes(found: Iterable[Fault]) -> list[Change]:
    return [_mistyped(one) if not one.is_absent else _absent(one) for one in found]


def _mistyped(fault: Fault) -> Change:
    return {
        "code": "mistyped",
        "path": fault.path,
        "wants": fault.wants,
        "is": kind_of(fault.found),
        "found": shown(fault.found),
    }


def _absent(fault: Fault) -> Change:
    return {"code": "absent", "path": fault.path, "wants": fault.wants, "is": "absent"}


def kind_of(value: object) -> str:
    if value is ABSENT:
        return "absent"
    return scalar_type(value) or ("list" if isinstance(value, list) else "object")


def shown(value: object) -> str:
    """As JSON writes it, but a text without quotes; of an object its names."""
    if isinstance(value, dict):
        return short(", ".join(value), LONGEST)
    text = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
    return short(text.strip('"') if kind_of(value) == "number" else text, LONGEST)


def plain(operand: object) -> object:
    """As JSON holds it: decimals as text, so that they stay exact."""
    if isinstance(operand, tuple):
        return [plain(one) for one in operand]
    return operand if isinstance(operand, str | bool | int) or operand is None else str(operand)


def _text(operand: object) -> object:
    return ("true" if operand else "false") if isinstance(operand, bool) else operand
