"""Receipts: what somebody who sends an entry keeps of it. A receipt is a promise; once a checkpoint covers the entry, there is a
proof of it (services/proving)."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256

import msgspec

from domain.records import Salts, middle, packing
from services.checkpoints import tree
from services.checkpoints.making import create
from services.history.entries import EVENT, PLAIN
from services.history.history import History

_OF_EVENTS = middle(1, EVENT)
_pack = packing(_OF_EVENTS)


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """The hash of the leaf and its salt, in hexadecimal digits, and, where a part of the entry is sealed, the SHA-256 of what is
    stored: who sent it cannot compute that himself."""

    leaf: str
    salt: str
    state: str | None = None


class Receipts:
    """Gives receipts for events of one store."""

    def __init__(self, history: History):
        self._history = history
        self._block = -1, b"", ""
        """The number of a block of positions, their salts, and these in digits."""

    def of_event(self, position: int, key: bytes, state: bytes) -> Receipt:
        """`key`: the sixteen bytes of the stream's id, `state`: the bytes that are stored. Each event that comes over HTTP waits for
        this: it is written to be quick."""
        number, salts, digits = self._block
        if position >> 8 != number:
            number = position >> 8
            salts = self._salts.block(number)
            digits = salts.hex()
            self._block = number, salts, digits
        place = (position & 255) << 4
        leaf = sha256(_pack(salts[place : place + 16], position, key, _OF_EVENTS, len(state)) + state).hexdigest()
        sealed = None if state[0] == PLAIN else sha256(state).hexdigest()
        return Receipt(leaf, digits[place * 2 : place * 2 + 32], sealed)

    @cached_property
    def _salts(self) -> Salts:
        create(self._history)
        with self._history.database.connect() as reads:
            return Salts(tree.grown(reads).secret)
