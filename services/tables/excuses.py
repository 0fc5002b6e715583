"""Excuses, as they were asked for and answered."""

from __future__ import annotations

from domain.excuse import Excuse
from domain.excuses import CLOSURE
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

EXCUSE = Table(
    "view_excuse",
    "id {text} PRIMARY KEY, contract {text} NOT NULL, scope {text} NOT NULL, category {text} NOT NULL, "
    "state {text} NOT NULL, position {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
    tried="contract",
    stamps=f"category = '{CLOSURE}' AND state = 'accepted'",
    indexes=("CREATE INDEX IF NOT EXISTS view_excuse_position ON view_excuse (position)",),
)
_SAID = ("excuse", "scope", "keys", "since", "until", "category", "text", "evidence", "party", "by", "at", "state",
         "answers", "moment")  # fmt: skip


def _excuse(writes: Transaction, excuse: Excuse, position: Position) -> None:
    content = {name: getattr(excuse, name) for name in _SAID}
    scope = [excuse.excuse, excuse.contract, excuse.scope, excuse.category]
    writes.execute(
        "INSERT INTO view_excuse (id, contract, scope, category, state, position, changed, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed = excluded.changed, document = excluded.document",
        [*scope, excuse.state, position, position, text_of(content)],
    )


FOLDS = (Fold(Excuse, _excuse),)
