"""What opens sealed parts of the history: a port, since the keys lie in a store of their own (services/sealing)."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from domain.times import Instant
from services.history.entries import Box


def bound_to(source: str, id: str) -> bytes:
    """The bytes that a sealed event is bound to: moved to another event its content cannot be opened."""
    return f"{source}\0{id}".encode()


class Standing(NamedTuple):
    """How a data key stands: `kept`, `erased` (at that instant), or `unknown`: this program has no store of keys, or not the one
    in which it was."""

    state: Literal["kept", "erased", "unknown"]
    at: Instant | None = None


class Opener(Protocol):
    def open(self, box: Box, bound: bytes) -> bytes | None:
        """What is in the box, as a plain state; None where its key is destroyed or not known. `bound`: what the content is bound to
        (`bound_to`)."""

    def standing(self, key: str) -> Standing: ...


class Closed:
    """Opens nothing: a program without keys."""

    def open(self, box: Box, bound: bytes) -> bytes | None:
        return None

    def standing(self, key: str) -> Standing:
        return Standing("unknown")
