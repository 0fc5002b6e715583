"""What the leaf of an entry is made of: its record and a salt, byte for byte (TRUST §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256, shake_128
from struct import Struct, error
from typing import Any, Final
from uuid import UUID

SALT: Final = 16
"""Bytes."""
BLOCK: Final = 256
"""Positions whose salts are made at once."""
_BLOCKS_KEPT: Final = 64
NO_LEAF: Final = bytes(32)
"""In the place of the leaf of an entry that somebody has changed into what none can be: the hash of nothing."""


Row = tuple[int, str, Any, int, bytes]
"""An entry as a store has it: position, topic, id of its stream (a UUID, its sixteen bytes, or its hexadecimal digits), version, state.
Somebody may have changed each of them into anything."""


def record(position: int, stream: UUID, version: int, topic: str, state: bytes) -> bytes:
    """Numbers are unsigned, big-endian: position and version of 8 bytes, lengths of 4, counted in bytes. The topic is UTF-8, the
    state exactly the bytes that are stored."""
    return b"%b%b%b%b%b" % (
        position.to_bytes(8, "big"),
        stream.bytes,
        middle(version, topic),
        len(state).to_bytes(4, "big"),
        state,
    )


def middle(version: int, topic: str) -> bytes:
    """What stands in a record between the id of its stream and the length of its state."""
    said = topic.encode()
    return b"%b%b%b" % (version.to_bytes(8, "big"), len(said).to_bytes(4, "big"), said)


def packing(between: bytes) -> Callable[..., bytes]:
    """Packs what stands before the state in a leaf: salt, position, id of the stream, `between` as `middle` gives it, length of the
    state; at once, since this is done for every entry."""
    return Struct(f">x{SALT}sQ16s{len(between)}sI").pack


class Salts:
    """Gives the salt of a position. Without it nobody can guess what an entry that is not shown says; it is shown with the entry
    only. `secret`: 32 bytes, of the store alone. Safe for several threads."""

    def __init__(self, secret: bytes):
        self._secret = secret
        self._blocks: dict[int, bytes] = {}

    def block(self, number: int) -> bytes:
        """The salts of 256 positions, one behind the other."""
        found = self._blocks.get(number)
        if found is None:
            if len(self._blocks) >= _BLOCKS_KEPT:
                self._blocks = {}
            found = self._blocks[number] = shake_128(self._secret + number.to_bytes(8, "big")).digest(SALT * BLOCK)
        return found

    def __call__(self, position: int) -> bytes:
        place = position % BLOCK * SALT
        return self.block(position // BLOCK)[place : place + SALT]


def leaves(rows: Iterable[Row], salts: Salts) -> list[bytes]:
    """The hashes of the leaves of rows, one after the other; NO_LEAF for one that is no entry, or whose position is not above that of
    the row before it. This is what verifying a whole history takes longest for."""
    packings: dict[tuple[int, str], tuple[Callable[..., bytes], bytes]] = {}
    found = []
    number, block, before = -1, b"", 0
    for position, topic, key, version, state in rows:
        try:
            if position >> 8 != number:
                number = position >> 8
                block = salts.block(number)
            kind = version, topic
            if kind not in packings:
                packings[kind] = _packing(version, topic)
            pack, between = packings[kind]
            if type(key) is str:
                stream = bytes.fromhex(key)
                if stream.hex() != key:  # what reads like it is another stream to whoever looks for it
                    raise ValueError
            else:
                stream = key if type(key) is bytes else key.bytes
            if len(stream) != 16 or position <= before:
                raise ValueError
            before, place = position, (position & 255) << 4
            front = pack(block[place : place + 16], position, stream, between, len(state))
            found.append(sha256(front + state).digest())
        except (ValueError, TypeError, AttributeError, OverflowError, error):
            found.append(NO_LEAF)
    return found


def _packing(version: int, topic: str) -> tuple[Callable[..., bytes], bytes]:
    """Raises ValueError, TypeError, AttributeError for what is no version or no topic."""
    if type(version) is not int or type(topic) is not str:
        raise TypeError
    between = middle(version, topic)
    return packing(between), between
