"""Offers of shared services and the charters of their clients, as they were decided."""

from __future__ import annotations

from dataclasses import asdict

from domain.offers.charter import Charter
from domain.offers.offer import Offer
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

OFFER = Table(
    "view_offer",
    "id {text} PRIMARY KEY, supplier {text} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
)
CHARTER = Table(
    "view_charter",
    "id {text} PRIMARY KEY, offer {text} NOT NULL, supplier {text} NOT NULL, client {text} NOT NULL, "
    "changed {bigint} NOT NULL, document {text} NOT NULL",
    indexes=("CREATE INDEX IF NOT EXISTS view_charter_offer ON view_charter (offer, client)",),
)


def _offer(writes: Transaction, offer: Offer, position: Position) -> None:
    content = {"versions": [asdict(one) for one in offer.versions], "withdrawn_at": offer.withdrawn_at}
    writes.execute(
        "INSERT INTO view_offer (id, supplier, changed, document) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
        [offer.offer, offer.supplier, position, text_of(content)],
    )


def _charter(writes: Transaction, charter: Charter, position: Position) -> None:
    content = {"until": charter.until, "proposals": [asdict(one) for one in charter.proposals]}
    writes.execute(
        "INSERT INTO view_charter (id, offer, supplier, client, changed, document) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
        [charter.charter, charter.offer, charter.supplier, charter.client, position, text_of(content)],
    )


FOLDS = (Fold(Offer, _offer, kind="contracts"), Fold(Charter, _charter, kind="contracts"))
