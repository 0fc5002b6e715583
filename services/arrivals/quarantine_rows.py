"""The quarantine as it stands in the tables and in the history."""

from __future__ import annotations

from services.access import Principal
from services.arrivals.rows import QuarantineRow, State
from services.history.databases import Transaction, first_value
from services.history.entries import unpack
from services.history.history import Entry, History


def quarantine(
    reads: Transaction, history: History, who: Principal, limit: int, offset: int, item: str | None = None
) -> list[QuarantineRow]:
    where, params = ("state = 'waiting'", []) if item is None else ("id = ?", [item])
    found = reads.query(f"SELECT id, position, state FROM view_quarantine WHERE {where} ORDER BY position", params)
    if who.sees_everything:
        found = found[offset : offset + limit]
    entries = history.entries([position for _, position, _ in found])
    rows = [_quarantined(id, entries[position], state) for id, position, state in found]
    if not who.sees_everything:
        rows = [row for row in rows if _is_own(who, row.by)][offset : offset + limit]
    return rows


def count_quarantine(reads: Transaction, history: History, who: Principal) -> int:
    if not who.sees_everything:
        return len(quarantine(reads, history, who, 2**31, 0))
    count: int = first_value(reads.query("SELECT COUNT(*) FROM view_quarantine WHERE state = 'waiting'"))
    return count


def _quarantined(id: str, entry: Entry, state: State) -> QuarantineRow:
    header, content = unpack(entry.state)
    return QuarantineRow(
        id=id,
        position=entry.position,
        received=header.get("received", 0),
        channel=header.get("channel", ""),
        by=header.get("by", ""),
        slug=header.get("slug", ""),
        problem=header.get("problem", ""),
        origin=header.get("origin") or "",
        content=content,
        state=state,
    )


def _is_own(who: Principal, by: str) -> bool:
    return by.partition("/")[0] in who.services
