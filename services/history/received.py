"""Tells when something of the history was appended."""

from __future__ import annotations

from domain.times import Instant
from services.history.entries import FACTS, unpack
from services.history.history import Entry, History


def received_at(history: History, entry: Entry) -> Instant:
    """Tells when the entry was appended, by its own header or, for a decision, its `at`; where a decision has none, as
    the entry behind it; 0 where there is none either."""
    if entry.topic in FACTS:
        header, _ = unpack(entry.state)
        return int(header.get("received") or header.get("at") or 0)
    at = getattr(history.decode(entry), "at", None)
    if isinstance(at, int):
        return at
    following = next(iter(history.read(entry.position, 1)), None)
    return received_at(history, following) if following is not None else 0
