"""What a contract is to read in an event and cannot: it is absent, or of another type than the contract compares with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from domain.events import ABSENT, OperationalEvent
from domain.selecting import MUST_BE_THERE, holds, number_of, scalar_type
from domain.terms import Condition, Where
from domain.times import NotATime, TimeWithoutOffset, instant

Wanted = Literal["number", "text", "truth", "time"]
UNREAD: Final = ("value-absent-or-mistyped", "due-unreadable")
"""The reasons of verdicts that are unknown because of a fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`found` stands at the path, ABSENT where nothing does; `wants` is what the contract reads there."""

    path: str
    wants: Wanted
    found: object

    @property
    def is_absent(self) -> bool:
        return self.found is ABSENT


def of_conditions(good: Where, event: OperationalEvent) -> Iterator[Fault]:
    """Conditions that cannot be told to hold or not; what they say may be absent is none."""
    for path, conditions in good:
        value = event.lookup(path)
        if value is ABSENT and MUST_BE_THERE in conditions:
            continue
        unsaid = next((one for one in conditions if holds(one, value) is None), None)
        if unsaid is not None:
            yield Fault(path, wanted(unsaid), value)


def wanted(condition: Condition) -> Wanted:
    """The type that it compares with; of several the first one's."""
    operand = condition.operand[0] if isinstance(condition.operand, tuple) else condition.operand
    kinds: dict[str | None, Wanted] = {"number": "number", "truth": "truth"}
    return kinds.get(scalar_type(operand), "text")


def of_number(path: str, event: OperationalEvent) -> Iterator[Fault]:
    """Where no number stands."""
    value = event.lookup(path)
    if number_of(value) is None:
        yield Fault(path, "number", value)


def of_time(path: str, event: OperationalEvent) -> Iterator[Fault]:
    """A case may have no due time."""
    value = event.lookup(path)
    if value is not ABSENT and not (isinstance(value, str) and _is_time(value)):
        yield Fault(path, "time", value)


def _is_time(text: str) -> bool:
    try:
        instant(text)
    except (NotATime, TimeWithoutOffset):
        return False
    return True
