"""Reviews that were called or about which something was decided before, with what was said, decided and signed there."""

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
    indexes=(
        "CREATE INDEX IF NOT EXISTS view_review_changed ON view_review (changed)",
        "CREATE INDEX IF NOT EXISTS view_review_position ON view_review (position)",
    ),
)
"""`position` is where it was called; NOT_CALLED before."""
NOT_CALLED = 0
_SOMETIMES = (
    "ends", "moves", "issued", "answers", "cancelled", "added", "outcomes", "submissions", "refusals", "took_effect", "taken_back",
)  # fmt: skip
"""What stands in a document only where there is any."""


def document_of(review: Review) -> dict[str, Any]:
    """What is shown of it."""
    content: dict[str, Any] = {
        "pack_position": review.pack_position,
        "watermark": review.watermark,
        "minutes": review.minutes,
        "decisions": review.decisions,
        "signatures": review.signatures,
    }
    content |= {name: found for name in _SOMETIMES if (found := getattr(review, name)) not in (None, 0, [], {})}
    if review.attendance is not None:
        content["attendance"] = review.attendance  # nobody present is another thing than nobody said
    return content


def _review(writes: Transaction, review: Review, position: Position) -> None:
    called = position if review.is_called else NOT_CALLED
    writes.execute(
        "INSERT INTO view_review (id, contract, starts, position, changed, document) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET starts = excluded.starts, changed = excluded.changed, document = excluded.document, "
        f"position = CASE view_review.position WHEN {NOT_CALLED} THEN excluded.position ELSE view_review.position END",
        [review.review, review.contract, review.starts, called, position, text_of(document_of(review))],
    )


FOLDS = (Fold(Review, _review),)
