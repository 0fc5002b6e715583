"""Unmatched events that were put aside."""

from __future__ import annotations

from domain.aside import Aside
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

ASIDE = Table(
    "view_aside",
    "position {bigint} NOT NULL, commitment {text} NOT NULL, is_put {bigint} NOT NULL, "
    "changed {bigint} NOT NULL, document {text} NOT NULL, PRIMARY KEY (position, commitment)",
    cut="own",
)


def _aside(writes: Transaction, aside: Aside, position: Position) -> None:
    writes.execute(
        "INSERT INTO view_aside (position, commitment, is_put, changed, document) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (position, commitment) DO UPDATE SET is_put = excluded.is_put, changed = excluded.changed, "
        "document = excluded.document",
        [aside.position, aside.commitment, int(aside.is_put), position, text_of({"notes": aside.notes})],
    )


FOLDS = (Fold(Aside, _aside, commitment=lambda aside: aside.commitment),)
