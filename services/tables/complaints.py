"""Complaints, as they were received, answered and closed. What people wrote stands in the document as it is stored: sealed, where the
store seals."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from domain.offers.complaint import Complaint
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

COMPLAINT = Table(
    "view_complaint",
    "id {text} PRIMARY KEY, offer {text}, supplier {text} NOT NULL, client {text} NOT NULL, state {text} NOT NULL, "
    "received {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
    indexes=("CREATE INDEX IF NOT EXISTS view_complaint_state ON view_complaint (state)",),
)
_NAMES = (
    "about", "channel", "party", "by", "reached", "answers", "feature", "root_cause", "severity", "service", "person", "reason",
    "actions",
)  # fmt: skip


def document_of(complaint: Complaint) -> dict[str, Any]:
    """What is shown of it."""
    content = {name: getattr(complaint, name) for name in _NAMES}
    return {**content, "steps": [asdict(one) for one in complaint.steps]}


def _complaint(writes: Transaction, one: Complaint, position: Position) -> None:
    writes.execute(
        "INSERT INTO view_complaint (id, offer, supplier, client, state, received, changed, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed = excluded.changed, "
        "document = excluded.document",
        [
            one.complaint,
            one.offer,
            one.supplier,
            one.client,
            one.state,
            one.steps[0].time,
            position,
            text_of(document_of(one)),
        ],
    )


FOLDS = (Fold(Complaint, _complaint),)
