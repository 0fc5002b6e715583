"""Costs of offers, as they were booked and corrected."""

from __future__ import annotations

from domain.offers.cost import Cost
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

COST = Table(
    "view_cost",
    "id {text} PRIMARY KEY, offer {text} NOT NULL, month {text} NOT NULL, pool {text} NOT NULL, changed {bigint} NOT NULL, "
    "document {text} NOT NULL",
    indexes=("CREATE INDEX IF NOT EXISTS view_cost_month ON view_cost (offer, month)",),
)


def _cost(writes: Transaction, cost: Cost, position: Position) -> None:
    content = {"currency": cost.currency, "booked": cost.booked, "corrections": cost.corrections}
    writes.execute(
        "INSERT INTO view_cost (id, offer, month, pool, changed, document) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
        [cost.cost, cost.offer, cost.month, cost.pool, position, text_of(content)],
    )


FOLDS = (Fold(Cost, _cost),)
