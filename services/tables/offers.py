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
USE = Table(
    "view_use",
    "offer {text} NOT NULL, meter {text} NOT NULL, client {text} NOT NULL, month {text} NOT NULL, cut {text} NOT NULL, "
    "value {text} NOT NULL, events {bigint} NOT NULL, unusable {bigint} NOT NULL, total {text} NOT NULL, "
    "PRIMARY KEY (offer, meter, month, client, cut, value)",
)
"""What has happened and was received, by the local month (YYYY-MM). `client`: empty for nobody's. `cut`: empty for the whole month,
`:day`, `:hour`, or a path; its groups sum to the whole."""
USE_LATE = Table(
    "view_use_late",
    "offer {text} NOT NULL, meter {text} NOT NULL, client {text} NOT NULL, day {text} NOT NULL, position {bigint} NOT NULL, "
    "events {bigint} NOT NULL, unusable {bigint} NOT NULL, total {text} NOT NULL, "
    "PRIMARY KEY (offer, meter, client, day, position)",
)
"""By what an entry of the history changed a day of a month that was final."""
USE_AHEAD = Table(
    "view_use_ahead",
    "position {bigint} NOT NULL, offer {text} NOT NULL, meter {text} NOT NULL, client {text} NOT NULL, time {bigint} NOT NULL, "
    "day {text} NOT NULL, hour {bigint} NOT NULL, groups {text} NOT NULL, amount {text} NOT NULL, "
    "PRIMARY KEY (position, offer, meter)",
    indexes=("CREATE INDEX IF NOT EXISTS view_use_ahead_time ON view_use_ahead (time)",),
)
"""What was received before time had come to it: counted once it has."""


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
