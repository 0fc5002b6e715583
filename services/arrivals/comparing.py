"""What a contract compared in an event, what it found there, and what could not be compared: for explanations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from domain.events import ABSENT, OperationalEvent
from domain.faults import Fault, Wanted, of_conditions, wanted
from domain.kinds.faces import face
from domain.selecting import MUST_BE_THERE, holds, scalar_type
from domain.terms import Condition, Conformity, Indicator, Scalar, ScalarType
from services.errors import short

LONGEST = 60
Plain = str | bool | int | None
Operand = Plain | list[Plain]
"""As JSON holds what a condition compares with: decimals as text, so that they stay exact."""
Stands = ScalarType | Literal["list", "object", "absent"]
"""What stands at a path of an event."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that does not hold. `found` stands at the path, ABSENT where nothing does."""

    path: str
    condition: Condition
    found: object

    @property
    def wants(self) -> Wanted:
        return wanted(self.condition)

    @property
    def is_absent(self) -> bool:
        return self.found is ABSENT


Compared = Unmet | Fault
"""What a contract compared in an event and found otherwise than it asks, or could not compare."""


def not_good(it: Conformity, events: Iterable[OperationalEvent]) -> list[Compared]:
    """Of each event the conditions that do not hold; of a path that cannot be compared, that alone."""
    found: list[Compared] = []
    for event in events:
        faulty = {one.path: one for one in of_conditions(it.good, event)}
        for path, conditions in it.good:
            value = event.lookup(path)
            if path in faulty and value is not ABSENT:
                found.append(faulty[path])
                continue
            must = value is ABSENT and MUST_BE_THERE in conditions
            asked = (MUST_BE_THERE,) if must else conditions
            found += [Unmet(path, one, value) for one in asked if not holds(one, value)]
    return found


def unreadable(it: Indicator, events: Iterable[OperationalEvent]) -> list[Fault]:
    """The first event of which something cannot be read, and what that is."""
    for event in events:
        if found := face(it).faults(it, event):
            return found
    return []


def could_not_be_read(one: Compared) -> bool:
    """Whether it could not be compared; False where it was, and is not as agreed."""
    return isinstance(one, Fault) or one.is_absent


def kind_of(value: object) -> Stands:
    if value is ABSENT:
        return "absent"
    return scalar_type(value) or ("list" if isinstance(value, list) else "object")


def shown(value: object) -> str:
    """As JSON writes it, but a text without quotes; of an object its names."""
    if isinstance(value, dict):
        return short(", ".join(value), LONGEST)
    text = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
    return short(text.strip('"') if kind_of(value) == "number" else text, LONGEST)


def plain(operand: Scalar | tuple[Scalar, ...]) -> Operand:
    return [_plain(one) for one in operand] if isinstance(operand, tuple) else _plain(operand)


def _plain(operand: Scalar) -> Plain:
    return str(operand) if isinstance(operand, Decimal) else operand
