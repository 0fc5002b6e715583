"""The two queues that people settle: what was quarantined, and what matched nothing."""

from __future__ import annotations

from collections.abc import Sequence

from services.access import Principal
from services.history.databases import Transaction
from services.history.entries import unpack
from services.history.history import Entry, History
from services.history.stored_events import event_of
from services.reading.rows import QuarantineRow, UnmatchedRow


def quarantine(
    reads: Transaction, history: History, who: Principal, limit: int, offset: int, item: str | None = None
) -> list[QuarantineRow]:
    where, params = ("state = 'waiting'", []) if item is None else ("id = ?", [item])
    found = reads.query(f"SELECT id, position, state FROM view_quarantine WHERE {where} ORDER BY position", params)
    if who.role != "member":
        found = found[offset : offset + limit]
    entries = history.entries([position for _, position, _ in found])
    rows = [_quarantined(id, entries[position], state) for id, position, state in found]
    if who.role == "member":
        rows = [row for row in rows if _is_own(who, row.by)][offset : offset + limit]
    return rows


def count_quarantine(reads: Transaction, history: History, who: Principal) -> int:
    if who.role == "member":
        return len(quarantine(reads, history, who, 2**31, 0))
    count: int = reads.query("SELECT COUNT(*) FROM view_quarantine WHERE state = 'waiting'")[0][0]
    return count


def unmatched(
    reads: Transaction, history: History, commitments: Sequence[str], limit: int, offset: int
) -> list[UnmatchedRow]:
    found = _unmatched(reads, commitments)[offset : offset + limit]
    entries = history.entries([position for position, _, _ in found])
    rows = []
    for position, ids, reason in found:
        event = event_of(entries[position].state, position)
        rows.append(
            UnmatchedRow(position, event.source, event.id, event.type, event.subject, event.time, tuple(ids), reason)
        )
    return rows


def count_unmatched(reads: Transaction, commitments: Sequence[str]) -> int:
    return len(_unmatched(reads, commitments))


def _unmatched(reads: Transaction, commitments: Sequence[str]) -> list[tuple[int, list[str], str]]:
    """Unmatched: every commitment that selects the event has no use for it (MEANING §3)."""
    strays: dict[int, tuple[list[str], int, str]] = {}
    sql = "SELECT position, commitment, selectors, reason FROM view_stray ORDER BY position, commitment"
    for position, commitment, selectors, reason in reads.query(sql):
        ids = strays.setdefault(position, ([], selectors, reason or ""))[0]
        ids.append(commitment)
    mine = frozenset(commitments)
    return [
        (position, [one for one in ids if one in mine], reason)
        for position, (ids, selectors, reason) in strays.items()
        if len(ids) >= selectors and not mine.isdisjoint(ids)
    ]


def _quarantined(id: str, entry: Entry, state: str) -> QuarantineRow:
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
