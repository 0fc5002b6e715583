"""The quarantine as it stands in the tables and in the history."""

from __future__ import annotations

from services.access import Principal, Right
from services.arrivals.rows import QuarantineRow, State
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
    rows = [_quarantined(history, who, id, entries[position], state) for id, position, state in found]
    if not who.sees_everything:
        rows = [row for row in rows if _is_own(who, row.by)][offset : offset + limit]
    return rows


def count_quarantine(reads: Transaction, history: History, who: Principal) -> int:
    if not who.sees_everything:
        return len(quarantine(reads, history, who, 2**31, 0))
    count: int = first_value(reads.query("SELECT COUNT(*) FROM view_quarantine WHERE state = 'waiting'"))
    return count


def _quarantined(history: History, who: Principal, id: str, entry: Entry, state: State) -> QuarantineRow:
    by = _services(str(header_of(entry.state).get("by", "")))
    if box_of(entry.state) is None or who.may(Right.SEE_PERSONAL, *by):
        header, raw, standing = content(history, entry, who)
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


def _is_own(who: Principal, by: str) -> bool:
    return who.is_of(*_services(by))


def _services(by: str) -> list[str]:
    """The services for which somebody sent: `it/luc`, `it+sales/key:…`."""
    return by.partition("/")[0].split("+")
