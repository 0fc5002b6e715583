"""One entry of the history as it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from domain.times import Instant
from services.history.databases import Transaction
from services.history.entries import Position


@dataclass(frozen=True, slots=True)
class Turn:
    """The transaction that what follows is written in, the position of the entry that it follows from, and how far the time of
    what is judged has come; None before its time was declared."""

    writes: Transaction
    at: Position
    watermark: Instant | None
