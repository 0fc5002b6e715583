"""Reminders, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import TypedDict

import msgspec

from domain.times import Instant
from services.breaches.breach_rows import notes_of
from services.figures.reading import read_occurrence
from services.figures.rows import OccurrenceRow
from services.reminders.rows import ReminderRow
from services.seeing.seen import Seen, named
from services.tables.documents import StoredNote


class _Document(TypedDict):
    reminded: list[StoredNote]
    answers: list[StoredNote]
    day: str


_decode = msgspec.json.Decoder(_Document).decode
_COLUMNS = "SELECT id, commitment, key, service, is_answered, document FROM view_reminder"
PRESSES = ("missing", "failed", "pending")
"""Verdicts of what a reminder still asks for; what came late has come."""


def read_reminders(seen: Seen, *, contract: str | None = None, is_open: bool = False) -> list[ReminderRow]:
    """The newest first. `is_open`: those that nobody has answered."""
    where = " WHERE is_answered = 0" if is_open else ""
    rows = [_row(seen, *row) for row in seen.reads.query(f"{_COLUMNS}{where}")]
    found = [
        row
        for row in rows
        if seen.sees_commitment(row.commitment) and contract in (None, row.commitment.partition("/")[0])
    ]
    return sorted(found, key=attrgetter("last_at", "id"), reverse=True)


def read_reminder(seen: Seen, reminder: str) -> ReminderRow:
    """Raises NotFound."""
    rows = [_row(seen, *row) for row in seen.reads.query(f"{_COLUMNS} WHERE id = ?", [reminder])]
    return named([row for row in rows if seen.sees_commitment(row.commitment)], reminder, "reminder")


def read_waiting_reminders(seen: Seen) -> list[tuple[ReminderRow, OccurrenceRow]]:
    """Those that nobody has answered, while what they ask for has not come; the newest first."""
    found = ((row, read_occurrence(seen, row.commitment, row.key)) for row in read_reminders(seen, is_open=True))
    return [(row, one) for row, one in found if one is not None and one.verdict in PRESSES]


def read_answered_reminders(seen: Seen, since: Instant) -> list[ReminderRow]:
    """Those whose last reminder was answered at that instant or later."""
    return [row for row in read_reminders(seen) if row.is_answered and row.answers and row.answered_at >= since]


def reminded_of(seen: Seen, services: Collection[str]) -> dict[tuple[str, str], ReminderRow]:
    """What these services have reminded of, by commitment and key."""
    return {(row.commitment, row.key): row for row in read_reminders(seen) if row.service in services}


def _row(seen: Seen, id: str, commitment: str, key: str, service: str, is_answered: int, document: str) -> ReminderRow:
    it, owed = _decode(document), seen.catalogue.commitments.get(commitment)
    return ReminderRow(
        id=id,
        commitment=commitment,
        key=key,
        service=service,
        debtor=owed.newest.debtor if owed is not None else "",
        is_answered=bool(is_answered),
        reminded=notes_of(it["reminded"]),
        answers=notes_of(it["answers"]),
        day=it["day"],
    )
