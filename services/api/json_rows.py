"""The JSON shapes of what reads return, the same over HTTP and for `--json` (INTERFACE §3, §4).

Instants are ISO 8601 texts with the offset of the zone that is named, or in UTC with `Z` where none is; dates are
YYYY-MM-DD; titles are texts by language, one for every language under the key "".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.durations import Elapsed, show_duration
from domain.times import Instant, show, zone
from services.judging.catalogue import Catalogue
from services.outages import Outage
from services.reading.rows import (
    ActionRow,
    BreachRow,
    CandidateRow,
    CommentRow,
    CommitmentRow,
    ContractRow,
    ExcuseRow,
    MatchRow,
    QuarantineRow,
    ReviewRow,
    ServiceRow,
    SignatureRow,
    UnmatchedRow,
    VersionRow,
)
from services.reading.score_rows import ScoreRow, score_json
from services.seeing.known import Known

Json = dict[str, Any]

EXCERPT = 2_000
"""How many bytes of a quarantined item a list shows."""


def zone_of(catalogue: Catalogue, id: str) -> str | None:
    """The zone of the contract that a contract's or commitment's id names; None before anything was signed."""
    contract = catalogue.contracts.get(id.partition("/")[0])
    return contract.versions[-1].terms.timezone if contract is not None else None


def known_json(known: Known) -> Json:
    return {"position": known.position, "watermark": moment_json(known.watermark, None)}


def contract_json(
    row: ContractRow, scores: Sequence[ScoreRow] | None = None, commitments: Sequence[CommitmentRow] = ()
) -> Json:
    """`proposal` is what waits for a signature; with its scores a contract is shown whole: all versions with their
    wording, and its clauses that nobody monitors."""
    content: Json = {
        "id": row.id,
        "title": dict(row.title.by_language),
        "supplier": row.supplier,
        "client": row.client,
        "state": row.state,
        "timezone": row.timezone,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": day_json(row.valid_until),
        "effective": row.terms.effective.isoformat(),
        "next_review": moment_json(row.next_review, row.timezone),
        "proposal": next((_proposal_json(one) for one in row.versions if one.state == "proposed"), None),
    }
    if scores is not None:
        content["scores"] = [score_json(one, row.timezone) for one in scores]
        content["unmonitored"] = [
            {"commitment": one.id, "owner": one.criterion.owner, "because": one.unmonitored_because}
            for one in commitments
            if not one.is_monitored
        ]
        content["versions"] = [version_json(one, row.timezone) for one in row.versions]
    return content


def version_json(row: VersionRow, zone_name: str | None) -> Json:
    """`document` is the contract file as it was proposed, holidays copied in; `proposal` numbers the wordings."""
    return {
        "number": row.number,
        "proposal": row.position,
        "state": row.state,
        "effective": row.effective.isoformat(),
        "proposed_by": row.proposed_by,
        "proposed_at": moment_json(row.proposed_at, zone_name),
        "signatures": [signature_json(one, zone_name) for one in row.signatures],
        "comments": [_comment_json(one, zone_name) for one in row.comments],
        "differences": list(row.differences),
        "refusal": row.refusal,
        "document": json.loads(row.document),
    }


def _proposal_json(row: VersionRow) -> Json:
    return {
        "number": row.number,
        "effective": row.effective.isoformat(),
        "proposed_by": row.proposed_by,
        "signed_by": [one.party for one in row.signatures],
    }


def breach_json(row: BreachRow, zone_name: str | None) -> Json:
    return {
        "id": row.id,
        "commitment": row.commitment,
        "period": row.period,
        "cause": row.cause,
        "key": row.key,
        "target_index": row.target_index,
        "state": row.state,
        "debtor": row.debtor,
        "opened_at": moment_json(row.opened_at, zone_name),
        "opened_position": row.opened_position,
        "acknowledged": said_json(row.acknowledged_by, row.acknowledged_at, zone_name),
        "explanations": notes_json(row.explanations, zone_name),
        "action": row.action,
    }


def action_json(row: ActionRow, zone_name: str | None) -> Json:
    closed = said_json(row.closed_by, row.closed_at, zone_name)
    return {
        "id": row.id,
        "commitment": row.commitment,
        "period": row.period,
        "cause": row.cause,
        "text": row.text,
        "owner": row.owner,
        "person": row.person,
        "due": day_json(row.due),
        "state": row.state,
        "is_overdue": row.is_overdue,
        "opened_at": moment_json(row.opened_at, zone_name),
        "progress": notes_json(row.progress, zone_name),
        "closed": None if closed is None else {**closed, "text": row.closing_text or ""},
    }


def excuse_json(row: ExcuseRow, zone_name: str | None) -> Json:
    """`commitment` may be a contract or contract/deliverable too. Of an interval `until` is not included."""
    return {
        "id": row.id,
        "commitment": row.scope,
        "keys": list(row.keys),
        "from": moment_json(row.since, zone_name),
        "until": moment_json(row.until, zone_name),
        "reason": row.reason,
        "text": row.text,
        "evidence": list(row.evidence),
        "party": row.party,
        "asked_by": row.asked_by,
        "asked_at": moment_json(row.asked_at, zone_name),
        "position": row.position,
        "state": row.state,
        "waits_for": row.waits_for,
        "answers": [
            {"verb": one.verb, "party": one.party, "by": one.by, "at": moment_json(one.at, zone_name), "text": one.text}
            for one in row.answers
        ],
    }


def review_json(row: ReviewRow, zone_name: str | None) -> Json:
    """`position` is the one that the pack shows, once the review was called."""
    return {
        "id": row.id,
        "contract": row.contract,
        "starts": moment_json(row.starts, zone_name),
        "ends": moment_json(row.ends, zone_name),
        "state": row.state,
        "position": row.position,
        "minutes": notes_json(row.minutes, zone_name),
        "decisions": notes_json(row.decisions, zone_name),
        "signatures": [signature_json(one, zone_name) for one in row.signatures],
    }


def quarantine_json(row: QuarantineRow, *, whole: bool = False) -> Json:
    """`content` is the text received, or its base64 where it is no UTF-8; lists show only its beginning."""
    shown = row.content if whole else row.content[:EXCERPT]
    return {
        "id": row.id,
        "position": row.position,
        "received": moment_json(row.received, None),
        "channel": row.channel,
        "by": row.by,
        "slug": row.slug,
        "problem": row.problem,
        "origin": row.origin,
        "state": row.state,
        "size": len(row.content),
        **content_json(shown, is_cut=len(shown) < len(row.content)),
    }


def content_json(content: bytes, *, is_cut: bool = False) -> Json:
    """Bytes in JSON: as text, or as base64 where they are no UTF-8."""
    try:
        return {"content": content.decode(), "encoding": "utf-8"}
    except UnicodeDecodeError as error:
        if is_cut and error.reason == "unexpected end of data":
            return {"content": content[: error.start].decode(), "encoding": "utf-8"}
        return {"content": base64.b64encode(content).decode(), "encoding": "base64"}


def unmatched_json(row: UnmatchedRow) -> Json:
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


def match_json(row: MatchRow, zone_name: str | None) -> Json:
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


def candidate_json(row: CandidateRow, zone_name: str | None) -> Json:
    due = None if row.due is None else moment_json(row.due, zone_name)
    return {"commitment": row.commitment, "key": row.key, "due": due, "verdict": row.verdict}


def service_json(row: ServiceRow) -> Json:
    return {
        "id": row.id,
        "title": dict(row.title.by_language),
        "external": row.is_external,
        "part_of": row.part_of,
        "people": [{"id": id, "name": name, "email": email or None} for id, name, email in row.people],
        "sources": [
            {
                "source": source,
                "expected_every": None if every is None else show_duration(Elapsed(every)),
                "by": "files" if source in row.by_files else None,
            }
            for source, every in row.sources
        ],
    }


def signature_json(row: SignatureRow, zone_name: str | None) -> Json:
    return {"party": row.party, "service": row.service, "by": row.by, "at": moment_json(row.at, zone_name)}


def _comment_json(row: CommentRow, zone_name: str | None) -> Json:
    return {"clause": row.clause, "text": row.text, "by": row.by, "at": moment_json(row.at, zone_name)}


def notes_json(notes: tuple[tuple[str, int, str], ...], zone_name: str | None) -> list[Json]:
    return [{"by": by, "at": moment_json(at, zone_name), "text": text} for by, at, text in notes]


def said_json(by: str | None, at: Instant | None, zone_name: str | None) -> Json | None:
    return None if by is None else {"by": by, "at": moment_json(at, zone_name)}


def moment_json(instant: Instant | None, zone_name: str | None) -> str | None:
    if instant is None:
        return None
    return show(instant, zone(zone_name) if zone_name is not None else None)


def day_json(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def outage_json(row: Outage) -> Json:
    withdrawn = row.withdrawn
    return {
        "id": row.id,
        "from": show(row.start),
        "until": show(row.until),
        "received": show(row.received),
        "by": row.by,
        "withdrawn": withdrawn
        and {"by": withdrawn.by, "at": show(withdrawn.at), "text": withdrawn.text, "position": withdrawn.position},
    }
