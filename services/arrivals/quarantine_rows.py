"""The quarantine as it stands in the tables and in the history."""

from __future__ import annotations

from services.access import Principal, Right
from services.arrivals.rows import QuarantineRow, State
from services.by import By, by_of
from services.history.databases import Transaction, first_value
from services.history.entries import box_of, header_of
from services.history.history import Entry, History
from services.sealing.reading import content


def quarantine(
    reads: Transaction, history: History, who: Principal, limit: int, offset: int, item: str | None = None
) -> list[QuarantineRow]:
    where, params = ("state = 'waiting'", []) if item is None else ("id = ?", [item])
    found = reads.query(f"SELECT id, position, state FROM view_quarantine WHERE {where} ORDER BY position", params)
    if who.sees_everything:
        found = found[offset : offset + limit]
        entries = history.entries([position for _, position, _ in found])
    else:
        entries = history.entries([position for _, position, _ in found])
        own = [(id, position, state) for id, position, state in found if _is_own(who, entries[position])]
        found = own[offset : offset + limit]
    return [_quarantined(history, who, id, entries[position], state) for id, position, state in found]


def count_quarantine(reads: Transaction, history: History, who: Principal) -> int:
    if not who.sees_everything:
        waiting = reads.query("SELECT position FROM view_quarantine WHERE state = 'waiting'")
        entries = history.entries([position for (position,) in waiting])
        return sum(_is_own(who, entry) for entry in entries.values())
    count: int = first_value(reads.query("SELECT COUNT(*) FROM view_quarantine WHERE state = 'waiting'"))
    return count


def _quarantined(history: History, who: Principal, id: str, entry: Entry, state: State) -> QuarantineRow:
    service = _by(entry).service
    if box_of(entry.state) is None or who.may(Right.SEE_PERSONAL, service):
        header, raw, standing = content(history, entry, who, service)
    else:
        header, raw, standing = header_of(entry.state), b"", None
    return QuarantineRow(
        id=id,
        position=entry.position,
        received=header.get("received", 0),
        channel=header.get("channel", ""),
        by=header.get("by", ""),
        slug=header.get("slug", ""),
        problem=header.get("problem", ""),
        origin=header.get("origin") or "",
        content=raw,
        erased=standing.at if standing is not None else None,
        is_there=standing is None or standing.state == "kept",
        state=state,
    )


def _is_own(who: Principal, entry: Entry) -> bool:
    return _by(entry).is_of(who)


def _by(entry: Entry) -> By:
    return by_of(header_of(entry.state).get("by"))
