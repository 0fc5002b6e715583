"""What waits for a service and was handed on, or seen, by its people."""

from __future__ import annotations

from domain.errand import Errand
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

ERRAND = Table(
    "view_errand",
    "id {text} PRIMARY KEY, thing {text} NOT NULL, service {text} NOT NULL, person {text}, is_seen {bigint} NOT NULL, "
    "changed {bigint} NOT NULL, document {text} NOT NULL",
    indexes=("CREATE INDEX IF NOT EXISTS view_errand_service ON view_errand (service)",),
)


def _errand(writes: Transaction, one: Errand, position: Position) -> None:
    writes.execute(
        "INSERT INTO view_errand (id, thing, service, person, is_seen, changed, document) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET person = excluded.person, is_seen = excluded.is_seen, changed = excluded.changed, "
        "document = excluded.document",
        [
            one.errand,
            one.thing,
            one.service,
            one.person,
            int(one.seen is not None),
            position,
            text_of({"handed": one.handed}),
        ],
    )


FOLDS = (Fold(Errand, _errand),)
