"""Services, as they were described, and since when they declare each of their tools."""

from __future__ import annotations

import msgspec

from domain.service import Service
from services.history.databases import Transaction, first_value
from services.history.entries import Position
from services.tables.declared import declared_since
from services.tables.table import Fold, Table, text_of

SERVICE = Table(
    "view_service",
    "id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL, declared {text} NOT NULL",
)


def _service(writes: Transaction, service: Service, position: Position) -> None:
    stored = first_value(writes.query("SELECT declared FROM view_service WHERE id = ?", [service.service]), "{}")
    before = msgspec.json.decode(stored)
    declared = dict(declared_since(before, service.document, position))
    writes.execute(
        "INSERT INTO view_service (id, changed, document, declared) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "changed = excluded.changed, document = excluded.document, declared = excluded.declared",
        [service.service, position, text_of({"document": service.document}), text_of(declared)],
    )


FOLDS = (Fold(Service, _service, kind="contracts"),)
