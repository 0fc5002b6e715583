"""Unmatched events and matches by hand in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from collections.abc import Iterable

from services.api.showing import moment_json, zone_of
from services.judging.catalogue import Catalogue
from services.matches.rows import CandidateRow, MatchRow, UnmatchedRow
from services.matches.shapes import Candidate, Match, Unmatched, UnmatchedEvent


def unmatched_json(row: UnmatchedRow) -> Unmatched:
    """`commitments` are those that select the event and have no use for it, and where it waits, or was set aside."""
    return {
        "position": row.position,
        "source": row.source,
        "id": row.id,
        "type": row.type,
        "subject": row.subject,
        "time": moment_json(row.time, None),
        "commitments": list(row.commitments),
        "reason": row.reason,
        "asked": list(row.asked),
        "set_aside": [
            {"commitment": one.commitment, "by": one.by, "at": moment_json(one.at, None), "text": one.text}
            for one in row.asides
        ],
    }


def match_json(row: MatchRow, zone_name: str | None) -> Match:
    return {
        "id": row.id,
        "commitment": row.commitment,
        "event": row.event,
        "key": row.key,
        "roles": list(row.roles),
        "state": row.state,
        "waits_for": row.waits_for,
        "position": row.position,
        "notes": [
            {"verb": one.verb, "party": one.party, "by": one.by, "at": moment_json(one.at, zone_name), "text": one.text}
            for one in row.notes
        ],
    }


def _candidate_json(row: CandidateRow, zone_name: str | None) -> Candidate:
    due = moment_json(row.due, zone_name)
    return {"commitment": row.commitment, "key": row.key, "due": due, "verdict": row.verdict}


def unmatched_event_json(
    position: int, candidates: Iterable[CandidateRow], matches: Iterable[MatchRow], catalogue: Catalogue
) -> UnmatchedEvent:
    return {
        "position": position,
        "candidates": [_candidate_json(one, zone_of(catalogue, one.commitment)) for one in candidates],
        "matches": [match_json(one, zone_of(catalogue, one.commitment)) for one in matches],
    }
