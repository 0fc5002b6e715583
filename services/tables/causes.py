"""Lists of root causes, as they were published."""

from __future__ import annotations

from domain.causes import Causes
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

CAUSES = Table(
    "view_causes",
    "id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL",
)


def _causes(writes: Transaction, causes: Causes, position: Position) -> None:
    writes.execute(
        "INSERT INTO view_causes (id, changed, document) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "changed = excluded.changed, document = excluded.document",
        [causes.causes, position, text_of({"document": causes.document, "versions": causes.versions})],
    )


FOLDS = (Fold(Causes, _causes, kind="contracts"),)
