"""Matches by hand as they are shown, and what an unmatched event may belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.times import Instant
from services.history.databases import Transaction, column_list
from services.history.entries import EVENT, LAST_POSITION
from services.history.history import History
from services.history.stored_events import event_of
from services.judging.excuse_book import ExcuseBook
from services.judging.ledger import decode_evidence
from services.judging.match_book import touches_final
from services.matches.rows import CandidateRow, MatchRow, NoteRow, State

MOST = 5
"""Candidates that are shown of one commitment."""
_LOOKED_AT = 100


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


def _row(id: str, state: State, position: int, it: dict[str, Any], parties: dict[str, tuple[str, str]]) -> MatchRow:
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
        notes=tuple(NoteRow(a["verb"], a["party"], a["by"], a["at"], a["text"]) for a in it["notes"]),
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
            near = [each for one in selecting if one.roles for each in _candidates(reads, one, event.time)]
            found[position] = [one.row for one in sorted(near, key=lambda one: one.away)]
    return found


class _Candidate(NamedTuple):
    away: Instant
    row: CandidateRow


class _Open(NamedTuple):
    key: str
    due: Instant | None
    anchor: Instant
    standing: str
    verdict: str
    evidence: bytes


def _candidates(reads: Transaction, commitment: Commitment, at: Instant) -> list[_Candidate]:
    """Lists what was open at that instant, each with how far from it it is due: the nearest, MOST of them at most."""
    found: list[_Candidate] = []
    for key, due, anchor, standing, verdict, evidence in _near(reads, commitment, at):
        if commitment.was_open(key, decode_evidence(bytes(evidence)), at):
            shown = verdict if standing == "owed" else None
            found.append(_Candidate(abs(anchor - at), CandidateRow(commitment.id, key, due, shown)))
            if len(found) == MOST:
                break
    return found


def _near(reads: Transaction, commitment: Commitment, at: Instant) -> list[_Open]:
    """Reads what may have been open then, the nearest first: no case that was opened later, nothing that was closed by
    then. Items are never closed."""
    sql = f"SELECT {column_list(_Open)} FROM view_occurrence WHERE commitment = ?"
    sql = f"{sql} AND standing IN ('owed', 'measured')"
    params: list[object] = [commitment.id]
    if commitment.roles != ("each",):
        sql = f"{sql} AND (closed IS NULL OR closed > ?) AND (opened IS NULL OR opened <= ?)"
        params += [at, at]
    after = reads.query(f"{sql} AND anchor >= ? ORDER BY anchor, key LIMIT {_LOOKED_AT}", [*params, at])
    before = reads.query(f"{sql} AND anchor < ? ORDER BY anchor DESC, key LIMIT {_LOOKED_AT}", [*params, at])
    near = [_Open._make(row) for row in (*before, *after)]
    return sorted(near, key=lambda row: abs(row.anchor - at))
