"""Reminders in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import notes_json
from services.reminders.rows import ReminderRow
from services.reminders.shapes import Reminder


def reminder_json(row: ReminderRow, zone_name: str | None) -> Reminder:
    return {
        "id": row.id,
        "commitment": row.commitment,
        "key": row.key,
        "service": row.service,
        "debtor": row.debtor,
        "is_answered": row.is_answered,
        "reminded": notes_json(row.reminded, zone_name),
        "answers": notes_json(row.answers, zone_name),
    }
