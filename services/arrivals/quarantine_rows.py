"""The quarantine as it stands in the tables and in the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec

from services.access import Principal, Right
from services.arrivals.rows import QuarantineRow, State
from services.by import By, by_of
from services.history.databases import Transaction
from services.history.entries import box_of, header_of
from services.history.history import Entry, History
from services.sealing.reading import content

_LOOKED_AT: Final = 200
"""Discarded items that are looked through for one's own."""


class _Settled(msgspec.Struct):
    """How an item was settled, as its document has it."""

    by: str = ""
    reason: str = ""
    taken_back_at: int | None = None


_decode = msgspec.json.Decoder(_Settled).decode
_ORDERS: Final[Mapping[str, str]] = {"received": "position", "problem": "slug"}
"""SQL of the columns that the list is sorted by."""


def quarantine(
    reads: Transaction,
    history: History,
    who: Principal,
    limit: int,
    offset: int,
    item: str | None = None,
    *,
    slug: str = "",
    order: str = "received",
    is_down: bool = False,
) -> list[QuarantineRow]:
    """Reads those that wait, of one sort of problem (`slug`) or all; or the one of that id, whether it waits or not."""
    where, params = ("state = 'waiting'", []) if item is None else ("id = ?", [item])
    if slug:
        where, params = f"{where} AND slug = ?", [*params, slug]
    way = "DESC" if is_down else "ASC"
    sql = f"SELECT id, position, state, document FROM view_quarantine WHERE {where} ORDER BY {_ORDERS[order]} {way}, position"
    if who.sees_everything:
        found = reads.query(f"{sql} LIMIT ? OFFSET ?", [*params, limit, offset])
        entries = history.entries([position for _, position, *_ in found])
    else:
        found = reads.query(sql, params)
        entries = history.entries([position for _, position, *_ in found])
        own = [(id, position, *rest) for id, position, *rest in found if _is_own(who, entries[position])]
        found = own[offset : offset + limit]
    return [
        _quarantined(history, who, id, entries[position], state, document) for id, position, state, document in found
    ]


def discarded(reads: Transaction, history: History, who: Principal) -> list[QuarantineRow]:
    """Reads those of the last that came and were discarded which this principal discarded, the newest first."""
    sql = "SELECT id, position, state, document FROM view_quarantine WHERE state = 'discarded' ORDER BY position DESC LIMIT ?"
    found = reads.query(sql, [_LOOKED_AT])
    entries = history.entries([position for _, position, *_ in found])
    rows = [
        _quarantined(history, who, id, entries[position], state, document)
        for id, position, state, document in found
        if _decode(document).by == who.by(Right.PUSH, _by(entries[position]).service)
    ]
    return [row for row in rows if row.is_there]


def count_problems(reads: Transaction, history: History, who: Principal) -> Counter[str]:
    """How many wait of each sort of problem."""
    if who.sees_everything:
        sql = "SELECT slug, COUNT(*) FROM view_quarantine WHERE state = 'waiting' GROUP BY slug"
        return Counter(dict(reads.query(sql)))
    waiting = reads.query("SELECT slug, position FROM view_quarantine WHERE state = 'waiting'")
    entries = history.entries([position for _, position in waiting])
    return Counter(slug for slug, position in waiting if _is_own(who, entries[position]))


def count_quarantine(reads: Transaction, history: History, who: Principal) -> int:
    return count_problems(reads, history, who).total()


def _quarantined(
    history: History, who: Principal, id: str, entry: Entry, state: State, document: str | None
) -> QuarantineRow:
    how = _decode(document) if document else _Settled()
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
        taken_back=how.taken_back_at,
        reason=how.reason,
    )


def _is_own(who: Principal, entry: Entry) -> bool:
    return _by(entry).is_of(who)


def _by(entry: Entry) -> By:
    return by_of(header_of(entry.state).get("by"))
