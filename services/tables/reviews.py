"""Reviews that were called, with what was said, decided and signed there."""

from __future__ import annotations

from typing import Any

from domain.review import Review
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

REVIEW = Table(
    "view_review",
    "id {text} PRIMARY KEY, contract {text} NOT NULL, starts {bigint} NOT NULL, position {bigint} NOT NULL, "
    "changed {bigint} NOT NULL, document {text} NOT NULL",
    indexes=("CREATE INDEX IF NOT EXISTS view_review_changed ON view_review (changed)",),
)


def _review(writes: Transaction, review: Review, position: Position) -> None:
    content: dict[str, Any] = {
        "pack_position": review.pack_position,
        "watermark": review.watermark,
        "minutes": review.minutes,
        "decisions": review.decisions,
        "signatures": review.signatures,
    }
    if review.taken_back:
        content["taken_back"] = review.taken_back
    writes.execute(
        "INSERT INTO view_review (id, contract, starts, position, changed, document) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
        [review.review, review.contract, review.starts, position, position, text_of(content)],
    )


FOLDS = (Fold(Review, _review),)
