"""Notes that a quarantined item was settled: a fact of its own, once per item, verb and time. Who discarded one may take that back."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

import msgspec

from domain.times import Instant
from services.history.entries import SETTLED, header_of, pack
from services.history.history import Fact

Verb = Literal["retried", "discarded", "taken-back"]


class Settled(msgspec.Struct, frozen=True):
    """Somebody has settled a quarantined item. `item` is the id of its stream, `at` an instant, `result` what the door
    answered to a retry and at which position, `time` how often it had been taken back before."""

    item: UUID
    verb: Verb
    by: str
    at: Instant
    reason: str = ""
    result: str = ""
    position: int | None = None
    time: int = 0


def settled_stream(item: UUID, verb: Verb, time: int = 0) -> UUID:
    return uuid5(item, f"{verb}:{time}" if time else verb)


def settled_fact(settled: Settled) -> Fact:
    header = msgspec.to_builtins(settled)
    if not settled.time:
        del header["time"]
    return Fact(settled_stream(settled.item, settled.verb, settled.time), SETTLED, pack(header, b""))


def settled_of(state: bytes) -> Settled:
    """Reads a stored fact of topic SETTLED."""
    return msgspec.convert(header_of(state), Settled)
