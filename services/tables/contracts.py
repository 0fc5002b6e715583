"""Contracts and calendars, as they were decided."""

from __future__ import annotations

from dataclasses import asdict

from domain.calendar import PublishedCalendar
from domain.contract import Contract
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

CONTRACT = Table(
    "view_contract",
    "id {text} PRIMARY KEY, supplier {text}, client {text}, changed {bigint} NOT NULL, document {text} NOT NULL",
    stamps="1 = 1",
)
CALENDAR = Table(
    "view_calendar",
    "id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL",
    tried="whole",
    stamps="1 = 1",
)


def _contract(writes: Transaction, contract: Contract, position: Position) -> None:
    content = {
        "supplier": contract.supplier,
        "client": contract.client,
        "until": contract.until,
        "proposals": [asdict(proposal) for proposal in contract.proposals],
    }
    writes.execute(
        "INSERT INTO view_contract (id, supplier, client, changed, document) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
        [contract.contract, contract.supplier, contract.client, position, text_of(content)],
    )


def _calendar(writes: Transaction, calendar: PublishedCalendar, position: Position) -> None:
    content = {"versions": [asdict(version) for version in calendar.versions]}
    writes.execute(
        "INSERT INTO view_calendar (id, changed, document) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "changed = excluded.changed, document = excluded.document",
        [calendar.calendar, position, text_of(content)],
    )


FOLDS = (Fold(Contract, _contract, kind="contracts"), Fold(PublishedCalendar, _calendar, kind="contracts"))
