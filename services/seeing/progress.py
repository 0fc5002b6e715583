"""Tells how far the judging has come, and by which rules."""

from __future__ import annotations

from domain.times import Instant
from services.history.databases import first_value
from services.history.history import History
from services.history.received import received_at
from services.seeing.seen import Seen


def oldest_unjudged(history: History, position: int) -> Instant | None:
    """Gives the instant at which the first entry behind `position`, up to which is judged, was received; None while
    everything is judged."""
    following = history.read(position, 1)
    return received_at(history, following[0]) if following else None


def rules_in_force(seen: Seen) -> str | None:
    """The judging rules and time zone data in force, in words; None before the first judgement."""
    rules: str | None = first_value(seen.reads.query("SELECT rules FROM view_position WHERE shard = 0"))
    return rules
