"""The two queues that people settle: what was quarantined, and what matched nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec

from services.access import Principal
from services.history.databases import Transaction, first_value
from services.history.entries import unpack
from services.history.history import Entry, History
from services.history.stored_events import event_of
from services.reading.rows import AsideRow, QuarantineRow, UnmatchedRow


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


def unmatched(
    reads: Transaction,
    history: History,
    commitments: Collection[str],
    *,
    aside: bool,
    limit: int,
    offset: int,
    position: int | None = None,
) -> list[UnmatchedRow]:
    """Those that wait, or (`aside`) were put aside; of all, or of the event at that position."""
    found = _unmatched(reads, commitments, aside=aside, position=position)[offset : offset + limit]
    entries = history.entries([one.position for one in found])
    asked = _asked(reads, commitments)
    rows = []
    for one in found:
        event = event_of(entries[one.position].state, one.position)
        rows.append(
            UnmatchedRow(
                one.position,
                event.source,
                event.id,
                event.type,
                event.subject,
                event.time,
                tuple(one.commitments),
                one.reason,
                tuple(asked.get(one.position, ())),
                tuple(one.asides),
            )
        )
    return rows


def count_unmatched(reads: Transaction, commitments: Collection[str], *, aside: bool) -> int:
    return len(_unmatched(reads, commitments, aside=aside))


@dataclass(slots=True)
class _Stray:
    position: int
    selectors: int
    reason: str
    found: int = 0
    commitments: list[str] = field(default_factory=list)
    asides: list[AsideRow] = field(default_factory=list)


def _unmatched(
    reads: Transaction, commitments: Collection[str], *, aside: bool, position: int | None = None
) -> list[_Stray]:
    """Unmatched: every commitment that selects the event has no use for it (MEANING §3)."""
    strays: dict[int, _Stray] = {}
    sql = (
        "SELECT stray.position, stray.commitment, selectors, reason, document FROM view_stray AS stray "
        "LEFT JOIN view_aside AS aside ON aside.position = stray.position AND aside.commitment = stray.commitment "
        f"AND is_put = 1 {'' if position is None else 'WHERE stray.position = ?'} ORDER BY stray.position, stray.commitment"
    )
    mine = frozenset(commitments)
    for at, commitment, selectors, reason, document in reads.query(sql, [] if position is None else [position]):
        stray = strays.setdefault(at, _Stray(at, selectors, reason or ""))
        stray.found += 1
        if commitment in mine and (document is not None) == aside:
            stray.commitments.append(commitment)
            if document is not None:
                note = msgspec.json.decode(document)["notes"][-1]
                stray.asides.append(AsideRow(commitment, note["by"], note["at"], note["text"]))
    return [one for one in strays.values() if one.found >= one.selectors and one.commitments]


def _asked(reads: Transaction, commitments: Collection[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for position, commitment, id in reads.query(
        "SELECT event, commitment, id FROM view_match WHERE state = 'asked' ORDER BY commitment"
    ):
        if commitment in commitments:
            found.setdefault(position, []).append(id)
    return found


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
