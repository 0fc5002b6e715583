"""Events before they are written down: built up path by path, so that selectors select them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from domain.commitments import Commitment
from domain.events import ABSENT, OperationalEvent
from domain.selecting import holds, scalar_type
from domain.terms import Condition, Scalar, Selector, Where
from domain.times import Instant, show

_ENCODER = msgspec.json.Encoder(decimal_format="number")
ELSE = "other"


@dataclass(slots=True)
class Fact:
    """Something that happened at `time` and is heard of at `arrival`."""

    type: str
    source: str
    time: Instant
    zone: ZoneInfo
    id: str
    subject: str | None = None
    data: dict[str, object] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)
    arrival: Instant = 0

    def put(self, path: str, value: object) -> None:
        """Sets what the path leads to; what has a meaning of its own (time, id…) is left alone."""
        if path.startswith("data."):
            *above, name = path[5:].split(".")
            place = self.data
            for one in above:
                inner = place.get(one)
                if not isinstance(inner, dict):
                    inner = place[one] = {}
                place = inner
            place[name] = value
        elif path == "subject":
            self.subject = str(value)
        elif path not in ("id", "source", "type", "time", "specversion", "data"):
            self.extensions[path] = str(value)

    def as_event(self) -> OperationalEvent:
        return OperationalEvent(
            self.id, self.source, self.type, self.time, self.subject, self.data, extensions=self.extensions
        )

    def line(self) -> bytes:
        """The CloudEvent, in one line of JSON."""
        attributes: dict[str, object] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": show(self.time, self.zone),
            **({} if self.subject is None else {"subject": self.subject}),
            **self.extensions,
        }
        if self.data:
            attributes |= {"datacontenttype": "application/json", "data": self.data}
        return _ENCODER.encode(attributes)


def chosen_fact(selector: Selector, time: Instant, zone: ZoneInfo, id: str, draw: Random, otherwise_from: str) -> Fact:
    """A fact that the selector selects. Where it names no source, the fact comes from `otherwise_from`."""
    source = draw.choice(selector.sources) if selector.sources else otherwise_from
    fact = Fact(draw.choice(selector.types), source, time, zone, id)
    for path, conditions in selector.where:
        value = value_where(conditions, hold=True)
        if value is not None:
            fact.put(path, value)
    return fact


def fill(fact: Fact, good: Where, draw: Random, *, is_good: bool) -> None:
    """Gives the fact what a conformity looks at: all good, or one thing not."""
    bad_path = None if is_good else draw.choice([path for path, _ in good])
    for path, conditions in good:
        value = value_where(conditions, hold=path != bad_path, draw=draw)
        if value is not None:
            fact.put(path, value)


def value_where(conditions: Sequence[Condition], *, hold: bool, draw: Random | None = None) -> Scalar:
    """A value of which all conditions hold, or of which one does not although its type is right; None where the
    best is to say nothing."""
    candidates = [value for condition in conditions for value in _candidates(condition, draw)]
    for value in candidates:
        held = [holds(condition, value) for condition in conditions]
        if all(held) if hold else False in held:
            return value
    return None


def _candidates(condition: Condition, draw: Random | None) -> list[Scalar]:
    operand = condition.operand
    if condition.operator == "exists":
        return ["given"] if operand else []
    if isinstance(operand, tuple):
        values = list(operand)
        if draw:
            draw.shuffle(values)
        return [*values, ELSE, 0]
    if isinstance(operand, bool):
        return [operand, not operand]
    if scalar_type(operand) == "number" and isinstance(operand, int | Decimal):
        return _around(operand, draw)
    return [operand, f"{operand}-{ELSE}", ELSE]


def _around(bound: int | Decimal, draw: Random | None) -> list[Scalar]:
    """Numbers above, below and at a bound; not far from it, as far as there is luck. Counts stay counts: none below
    zero where something else will do."""
    room = max(2, round(abs(Decimal(bound)) * Decimal("0.15")))
    off = draw.randint(1, room) if draw else 1
    return [bound + off, max(0, bound - off) if bound >= 0 else bound - off, bound, bound - off]


def fill_slices(fact: Fact, commitment: Commitment, draw: Random) -> None:
    """Gives the fact a value wherever the commitment is cut into slices by its data, and it has none yet."""
    for path in commitment.newest.criterion.slices:
        if path.startswith("data.") and is_absent(fact, path):
            fact.put(path, f"{path.rpartition('.')[2]}-{draw.randint(1, 4)}")


def is_absent(fact: Fact, path: str) -> bool:
    return fact.as_event().lookup(path) is ABSENT


def whole_seconds(at: Instant) -> Instant:
    return at - at % 1_000_000
