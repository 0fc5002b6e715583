"""Commitments of which something is unknown because events say it otherwise than the contract reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.access import Principal
from services.history.databases import Transaction
from services.reading.comparing import Change
from services.reading.explaining import explain
from services.reading.reading import Reading

REASONS: Final = ("value-absent-or-mistyped", "due-unreadable")
MOST: Final = 20
"""Commitments that are told of."""


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """So many occurrences are unknown for that; `changes`: what the newest of them says, and how the contract reads it."""

    commitment: str
    occurrences: int
    changes: tuple[Change, ...]


def unread(reading: Reading, who: Principal, *, since: int = 0) -> list[UnreadRow]:
    """Those with the most first. `since`: only commitments that something behind that entry touched, where the newest one that is
    unknown is of what came then."""
    seen = {one.id for one in reading.commitments(who)}
    with reading.database.connect() as reads:
        counted = {id: count for id, count in _counted(reads, since).items() if id in seen}
        most = sorted(counted, key=lambda id: (-counted[id], id))[:MOST]
        newest = {id: _newest(reads, id) for id in most}
    found = []
    for id, key in newest.items():
        why = explain(reading, who, id, key)
        if max(why.occurrence.evidence, default=0) > since:
            changes = tuple(one for one in why.changed_by if one.get("is") == "absent" or one["code"] == "mistyped")
            found.append(UnreadRow(id, counted[id], changes))
    return found


def _counted(reads: Transaction, since: int) -> dict[str, int]:
    sql = "SELECT commitment, COUNT(*) FROM view_occurrence WHERE verdict = 'unknown' AND reason IN (?, ?)"
    if not since:
        return dict(reads.query(f"{sql} GROUP BY commitment", list(REASONS)))
    touched = [row[0] for row in reads.query("SELECT commitment FROM view_touched WHERE position > ?", [since])]
    return dict(reads.select_in(f"{sql} AND", "commitment", touched, params=list(REASONS), after="GROUP BY commitment"))


def _newest(reads: Transaction, commitment: str) -> str:
    sql = (
        "SELECT key FROM view_occurrence WHERE commitment = ? AND verdict = 'unknown' AND reason IN (?, ?) "
        "ORDER BY anchor DESC, key DESC LIMIT 1"
    )
    return str(reads.query(sql, [commitment, *REASONS])[0][0])
