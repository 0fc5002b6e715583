"""Matches by hand as they are shown, and what an unmatched event may belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from typing import Any

import msgspec

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.times import Instant
from services.history.databases import Transaction
from services.history.entries import EVENT
from services.history.history import History
from services.history.stored_events import event_of
from services.judging.excuse_book import ExcuseBook
from services.judging.match_book import touches_final
from services.reading.rows import AnswerRow, CandidateRow, MatchRow

MOST = 5
"""Candidates that are shown of one commitment."""
_LOOKED_AT = 200
LAST_POSITION = 2**63 - 1


def matches(reads: Transaction, event: int | None, commitment: str | None) -> list[MatchRow]:
    """Newest first, whoever may see them."""
    where, params = "1 = 1", list[object]()
    for column, value in (("event", event), ("commitment", commitment)):
        if value is not None:
            where += f" AND view_match.{column} = ?"
            params.append(value)
    parties = {
        id: (supplier, client) for id, supplier, client in reads.query("SELECT id, supplier, client FROM view_contract")
    }
    sql = f"SELECT id, state, position, document FROM view_match WHERE {where} ORDER BY changed DESC, id"
    return [
        _row(id, state, position, msgspec.json.decode(document), parties)
        for id, state, position, document in reads.query(sql, params)
    ]


def _row(id: str, state: str, position: int, it: dict[str, Any], parties: dict[str, tuple[str, str]]) -> MatchRow:
    supplier, client = parties[it["commitment"].partition("/")[0]]
    return MatchRow(
        id=id,
        commitment=it["commitment"],
        supplier=supplier,
        client=client,
        event=it["position"],
        key=it["key"],
        roles=tuple(it["roles"]),
        state=state,
        party=it["party"],
        position=position,
        notes=tuple(AnswerRow(a["verb"], a["party"], a["by"], a["at"], a["text"]) for a in it["notes"]),
    )


def moves_final(
    reads: Transaction,
    commitment: Commitment,
    watermark: Instant | None,
    event: OperationalEvent,
    key: str,
    roles: Sequence[str],
    *,
    back: bool,
) -> bool:
    excuses = ExcuseBook()
    excuses.load(reads)
    by_hand, by_rule = commitment.by_hand(key, event, roles), commitment.route(event)
    out, into = (by_hand, by_rule) if back else (by_rule, by_hand)
    return touches_final(reads, commitment, excuses, watermark, out, into)


def candidates(
    reads: Transaction,
    history: History,
    commitments: Sequence[Commitment],
    positions: Collection[int],
    *,
    shows_all: bool,
) -> dict[int, list[CandidateRow]]:
    """`shows_all`: also events that none of the commitments selects."""
    found: dict[int, list[CandidateRow]] = {}
    entries = history.entries([one for one in positions if 0 < one <= LAST_POSITION])
    for position, entry in sorted(entries.items()):
        if entry.topic != EVENT:
            continue
        event = event_of(entry.state, position)
        selecting = [one for one in commitments if event.type in one.types and one.route(event)]
        if selecting or shows_all:
            found[position] = [row for one in selecting if one.roles for row in _candidates(reads, one, event)]
    return found


def _candidates(reads: Transaction, commitment: Commitment, event: OperationalEvent) -> list[CandidateRow]:
    """Dates: those nearest in time that nothing was delivered for, then others. Cases and items: what is not closed and was
    opened before, by how much its key is like what the event names."""
    columns = (
        "SELECT key, due, anchor, verdict, closed FROM view_occurrence WHERE commitment = ? AND standing = 'owed' AND"
    )
    if commitment.schedule is not None:
        after = reads.query(f"{columns} anchor >= ? ORDER BY anchor LIMIT {MOST}", [commitment.id, event.time])
        before = reads.query(f"{columns} anchor < ? ORDER BY anchor DESC LIMIT {MOST}", [commitment.id, event.time])
        rows = sorted([*before, *after], key=lambda row: (row[4] is not None, abs(row[2] - event.time)))
    else:
        rows = reads.query(
            f"{columns} closed IS NULL ORDER BY ABS(anchor - ?), key LIMIT {_LOOKED_AT}", [commitment.id, event.time]
        )
        named = next((one.key for one in commitment.route(event) if one.key), event.subject or "")
        rows.sort(key=lambda row: -SequenceMatcher(None, named, row[0]).ratio())
    return [CandidateRow(commitment.id, key, due, verdict) for key, due, _, verdict, _ in rows[:MOST]]
