"""Reviews whose hour comes: those about which somebody has decided before it, and how one that is called is shown (MEETING §1)."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from domain.times import Instant
from services.history.databases import Transaction
from services.tables.reviews import NOT_CALLED


class Due(NamedTuple):
    """A review that was not called yet, and when it starts; how often it was moved."""

    review: str
    contract: str
    starts: Instant
    is_cancelled: bool = False
    ends: Instant = 0
    sequence: int = 0


def planned_reviews(reads: Transaction) -> list[Due]:
    """Those about which something was decided, by id: moved, cancelled, or with an item of the agenda; or whose pack was issued."""
    sql = "SELECT id, contract, starts, document FROM view_review WHERE position = ? ORDER BY id"
    return [_due(*row) for row in reads.query(sql, [NOT_CALLED])]


def _due(id: str, contract: str, starts: Instant, document: str) -> Due:
    it = msgspec.json.decode(document)
    return Due(id, contract, starts, "cancelled" in it, it.get("ends", starts), len(it.get("moves", ())))


def show_called(writes: Transaction, called: dict[str, Any]) -> None:
    """Shows the review, though the history does not say yet that it was called: what is shown as of a later one, in the same
    step of time, must know of it."""
    review, at = called["review"], called["pack_position"]
    pinned = {"pack_position": at, "watermark": called["watermark"]}
    for (before,) in writes.query(
        "SELECT document FROM view_review WHERE id = ? AND position = ?", [review, NOT_CALLED]
    ):
        document = msgspec.json.encode(msgspec.json.decode(before) | pinned, order="deterministic").decode()
        sql = "UPDATE view_review SET position = ?, changed = ?, document = ? WHERE id = ?"
        writes.execute(sql, [at, at, document, review])
        return
    document = msgspec.json.encode({**pinned, "minutes": [], "decisions": [], "signatures": []}).decode()
    writes.execute(
        "INSERT INTO view_review (id, contract, starts, position, changed, document) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO NOTHING",
        [review, called["contract"], called["starts"], at, at, document],
    )
