"""Commitments of which something is unknown because events say it otherwise than the contract reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.faults import UNREAD, Fault
from services.arrivals.comparing import Compared, Unmet, could_not_be_read
from services.explaining.occurrences import explain_occurrence
from services.figures.reading import read_commitments
from services.history.databases import Transaction
from services.seeing.seen import Seen

MOST, LOOKED_AT = 20, 5
"""Commitments that are told of; occurrences of each that are looked at, the newest ones."""


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """So many occurrences are unknown for that; `changes`: what one of the newest says, and how the contract reads it."""

    commitment: str
    occurrences: int
    changes: tuple[Compared, ...]


def unread(seen: Seen, *, since: int = 0) -> list[UnreadRow]:
    """Those with the most first. `since`: only commitments that something behind that entry touched, where the newest one that is
    unknown is of what came then."""
    mine = {one.id for one in read_commitments(seen)}
    reads = seen.reads
    counted = {id: count for id, count in _counted(reads, since).items() if id in mine}
    most = sorted(counted, key=lambda id: (-counted[id], id))[:MOST]
    newest = {id: _newest(reads, id) for id in most}
    found = []
    for id, keys in newest.items():
        if told := _told(seen, id, keys, since):
            found.append(UnreadRow(id, counted[id], max(told, key=tells)))
    return found


def _told(seen: Seen, id: str, keys: Sequence[str], since: int) -> list[tuple[Compared, ...]]:
    """What is said of each of those whose evidence came behind that entry."""
    every = (explain_occurrence(seen, id, key) for key in keys)
    return [
        tuple(one for one in why.changed_by if isinstance(one, Fault | Unmet) and could_not_be_read(one))
        for why in every
        if max(why.occurrence.evidence, default=0) > since
    ]


def tells(changes: Sequence[Compared]) -> int:
    """What is of another type is a slip for all of them; what is absent may be so in this one alone."""
    return sum(isinstance(one, Fault) and not one.is_absent for one in changes)


def _counted(reads: Transaction, since: int) -> dict[str, int]:
    sql = "SELECT commitment, COUNT(*) FROM view_occurrence WHERE verdict = 'unknown' AND reason IN (?, ?)"
    if not since:
        return dict(reads.query(f"{sql} GROUP BY commitment", list(UNREAD)))
    touched = [
        commitment for (commitment,) in reads.query("SELECT commitment FROM view_touched WHERE position > ?", [since])
    ]
    return dict(reads.select_in(f"{sql} AND", "commitment", touched, params=list(UNREAD), after="GROUP BY commitment"))


def _newest(reads: Transaction, commitment: str) -> list[str]:
    sql = (
        "SELECT key FROM view_occurrence WHERE commitment = ? AND verdict = 'unknown' AND reason IN (?, ?) "
        f"ORDER BY anchor DESC, key DESC LIMIT {LOOKED_AT}"
    )
    return [key for (key,) in reads.query(sql, [commitment, *UNREAD])]
