"""What the leaf of an entry is made of: its record and a salt, byte for byte (TRUST §5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import shake_128
from uuid import UUID

SALT = 16
"""Bytes."""
BLOCK = 256
"""Positions whose salts are made at once."""


def record(position: int, stream: UUID, version: int, topic: str, state: bytes) -> bytes:
    """Numbers are unsigned, big-endian: position and version of 8 bytes, lengths of 4, counted in bytes. The topic is UTF-8, the
    state exactly the bytes that are stored."""
    said = topic.encode()
    return b"".join(
        (
            position.to_bytes(8, "big"),
            stream.bytes,
            version.to_bytes(8, "big"),
            len(said).to_bytes(4, "big"),
            said,
            len(state).to_bytes(4, "big"),
            state,
        )
    )


def salts(secret: bytes) -> Callable[[int], bytes]:
    """Gives the salt of a position. Without it nobody can guess what an entry that is not shown says; it is shown with the entry
    only. `secret`: 32 bytes, of the store alone."""

    @lru_cache(maxsize=64)
    def block(number: int) -> bytes:
        return shake_128(secret + number.to_bytes(8, "big")).digest(SALT * BLOCK)

    def salt(position: int) -> bytes:
        number, place = divmod(position, BLOCK)
        return block(number)[SALT * place : SALT * (place + 1)]

    return salt
