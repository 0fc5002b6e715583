"""Reminders, and what was answered to them."""

from __future__ import annotations

from domain.reminder import Reminder
from services.history.databases import Transaction
from services.history.entries import Position
from services.tables.table import Fold, Table, text_of

REMINDER = Table(
    "view_reminder",
    "id {text} PRIMARY KEY, commitment {text} NOT NULL, key {text} NOT NULL, service {text} NOT NULL, "
    "is_answered {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
    indexes=("CREATE INDEX IF NOT EXISTS view_reminder_open ON view_reminder (commitment) WHERE is_answered = 0",),
)


def _reminder(writes: Transaction, one: Reminder, position: Position) -> None:
    said = text_of({"reminded": one.reminded, "answers": one.answers, "day": one.day})
    writes.execute(
        "INSERT INTO view_reminder (id, commitment, key, service, is_answered, changed, document) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET is_answered = excluded.is_answered, changed = excluded.changed, "
        "document = excluded.document",
        [one.reminder, one.commitment, one.key, one.service, int(one.is_answered), position, said],
    )


FOLDS = (Fold(Reminder, _reminder),)
