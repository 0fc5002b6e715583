"""Notes that a quarantined item was settled: a fact of its own, once per item and verb."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

import msgspec

from domain.times import Instant
from services.history.entries import SETTLED, header_of, pack
from services.history.history import Fact

Verb = Literal["retried", "discarded"]


class Settled(msgspec.Struct, frozen=True):
    """Somebody has settled a quarantined item. `item` is the id of its stream, `at` an instant, `result` what the door
    answered to a retry and at which position."""

    item: UUID
    verb: Verb
    by: str
    at: Instant
    reason: str = ""
    result: str = ""
    position: int | None = None


def settled_stream(item: UUID, verb: Verb) -> UUID:
    return uuid5(item, verb)


def settled_fact(settled: Settled) -> Fact:
    header = msgspec.to_builtins(settled)
    return Fact(settled_stream(settled.item, settled.verb), SETTLED, pack(header, b""))


def settled_of(state: bytes) -> Settled:
    """Reads a stored fact of topic SETTLED."""
    return msgspec.convert(header_of(state), Settled)
