"""Unmatched events as they stand in the tables and in the history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import msgspec

from services.history.databases import Transaction
from services.history.history import History
from services.history.stored_events import event_of
from services.matches.rows import AsideRow, UnmatchedRow


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
    """Reads the events that wait, or (`aside`) were put aside; all of them, or the one at that position."""
    found = strays(reads, commitments, aside=aside, position=position)[offset : offset + limit]
    return rows_of(reads, history, commitments, found)


def rows_of(
    reads: Transaction, history: History, commitments: Collection[str], found: Sequence[Stray]
) -> list[UnmatchedRow]:
    """Reads what the events themselves say, in the order of those that are given."""
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
    return len(strays(reads, commitments, aside=aside))


@dataclass(slots=True)
class Stray:
    """An unmatched event, of which nothing but that is read: where it waits, or was put aside, and why."""

    position: int
    selectors: int
    reason: str = ""
    found: int = 0
    commitments: list[str] = field(default_factory=list)
    asides: list[AsideRow] = field(default_factory=list)


def strays(
    reads: Transaction, commitments: Collection[str], *, aside: bool, position: int | None = None
) -> list[Stray]:
    """Unmatched: every commitment that selects the event has no use for it (MEANING §3). The reason is that of the first of these
    commitments, and of no other."""
    found: dict[int, Stray] = {}
    sql = (
        "SELECT stray.position, stray.commitment, selectors, reason, document FROM view_stray AS stray "
        "LEFT JOIN view_aside AS aside ON aside.position = stray.position AND aside.commitment = stray.commitment "
        f"AND is_put = 1 {'' if position is None else 'WHERE stray.position = ?'} ORDER BY stray.position, stray.commitment"
    )
    mine = frozenset(commitments)
    for at, commitment, selectors, reason, document in reads.query(sql, [] if position is None else [position]):
        stray = found.setdefault(at, Stray(at, selectors))
        stray.found += 1
        if commitment in mine and (document is not None) == aside:
            stray.reason = stray.reason or reason or ""
            stray.commitments.append(commitment)
            if document is not None:
                note = msgspec.json.decode(document)["notes"][-1]
                stray.asides.append(AsideRow(commitment, note["by"], note["at"], note["text"]))
    return [one for one in found.values() if one.found >= one.selectors and one.commitments]


def _asked(reads: Transaction, commitments: Collection[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for position, commitment, id in reads.query(
        "SELECT event, commitment, id FROM view_match WHERE state = 'asked' ORDER BY commitment"
    ):
        if commitment in commitments:
            found.setdefault(position, []).append(id)
    return found
