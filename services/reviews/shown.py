"""Reviews in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from services.api.shapes import Note
from services.api.showing import moment_json, notes_json
from services.contracts.shown import signature_json
from services.reviews.agenda_state import Item
from services.reviews.agenda_words import Sentence
from services.reviews.issued import Issued
from services.reviews.packs import Held
from services.reviews.rows import RefusalRow, ReviewRow, ReviewSignature, SubmissionRow, TakenRow
from services.reviews.shapes import (
    Agenda,
    AgendaItem,
    Decision,
    IssuedSince,
    Refusal,
    Review,
    ReviewShown,
    SignedRevision,
    Submission,
)

_MINUTE = 60_000_000


def review_json(row: ReviewRow, zone_name: str | None) -> Review:
    """`position` is the one that the pack shows, once the review was called."""
    cancelled = notes_json((row.cancelled,), zone_name) if row.cancelled is not None else []
    return {
        "id": row.id,
        "contract": row.contract,
        "starts": moment_json(row.starts, zone_name),
        "ends": moment_json(row.ends, zone_name),
        "state": row.state,
        "position": row.position,
        "revision": row.revision,
        "minutes": notes_json(row.minutes, zone_name),
        "decisions": _decisions(row, zone_name),
        "signatures": [_signature(one, zone_name) for one in row.signatures],
        "attendance": list(row.attendance) if row.attendance is not None else None,
        "refusals": [_refusal(one, zone_name) for one in row.refusals],
        "submissions": [_submission(one, zone_name) for one in row.submissions],
        "took_effect": [{"decision": decision, "stream": stream} for decision, stream in row.took_effect],
        "moves": [
            {
                "starts": moment_json(one.starts, zone_name),
                "by": one.by,
                "at": moment_json(one.at, zone_name),
                "text": one.text,
                "sequence": one.sequence,
            }
            for one in row.moves
        ],
        "issued": [
            {"as_of": moment_json(one.as_of, zone_name), "position": one.position, "sequence": one.sequence}
            for one in row.issued
        ],
        "sequence": row.sequence,
        "answers": [
            {
                "person": one.person,
                "answer": one.answer,
                "sequence": one.sequence,
                "way": one.way,
                "by": one.by,
                "at": moment_json(one.at, zone_name),
            }
            for one in row.answers
        ],
        "cancelled": cancelled[0] if cancelled else None,
        "entries": row.entries,
    }


def review_shown(
    row: ReviewRow, zone_name: str | None, issued: Issued | None, words: Mapping[int, Sentence]
) -> ReviewShown:
    """One review, with the pack that was issued before it, and `words` of what its decisions are about."""
    shown = {**review_json(row, zone_name), "decisions": _decisions(row, zone_name, words)}
    if issued is None:
        return cast(ReviewShown, {**shown, "issued_pack": None})
    since = {str(change): count for change, count in issued.since.items()}
    as_of = moment_json(issued.as_of, zone_name)
    found: IssuedSince = {
        "as_of": as_of,
        "position": issued.position,
        "fingerprint": issued.fingerprint,
        "since": since,
    }
    return cast(ReviewShown, {**shown, "issued_pack": found})


def agenda_json(held: Held, row: ReviewRow) -> Agenda:
    """The items in their order, each with how it was settled."""
    return {
        "review": row.id,
        "position": held.pack["position"],
        "watermark": held.pack["watermark"],
        "takes": sum(one.takes for one in held.items),
        "duration": (row.ends - row.starts) // _MINUTE,
        "items": [_item(one, row) for one in held.items],
    }


def _item(one: Item, row: ReviewRow) -> AgendaItem:
    outcome = row.outcome(one.id)
    return {
        "id": one.id,
        "code": one.code,
        "subject": one.subject,
        "sentence": one.sentence,
        "since": one.since,
        "first": one.first,
        "takes": one.takes,
        "outcome": outcome.outcome if outcome is not None else None,
        "proposals": [{"kind": each.kind, "arguments": dict(each.arguments)} for each in one.proposals],
    }


def _decisions(
    row: ReviewRow, zone_name: str | None, words: Mapping[int, Sentence] = MappingProxyType({})
) -> list[Note | Decision]:
    """In the order of their numbers."""
    found: list[tuple[int, Note | Decision]] = [
        (number, note) for number, note in zip(row.numbers, notes_json(row.decisions, zone_name), strict=True)
    ]
    found += [(one.decision, _taken(one, zone_name, words.get(one.decision))) for one in row.taken]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _taken(one: TakenRow, zone_name: str | None, words: Sentence | None) -> Decision:
    shown: Decision = {
        "decision": one.decision,
        "kind": one.kind,
        "item": one.item,
        "subject": one.subject,
        "arguments": dict(one.arguments),
        "by": one.by,
        "at": moment_json(one.at, zone_name),
        "text": one.text,
    }
    return shown if words is None else {**shown, "sentence": words}


def _signature(one: ReviewSignature, zone_name: str | None) -> SignedRevision:
    return {**signature_json(one, zone_name), "revision": one.revision, "fingerprint": one.fingerprint}


def _refusal(one: RefusalRow, zone_name: str | None) -> Refusal:
    return {
        "party": one.party,
        "revision": one.revision,
        "reasons": list(one.reasons),
        "decisions": list(one.decisions),
        "by": one.by,
        "at": moment_json(one.at, zone_name),
    }


def _submission(one: SubmissionRow, zone_name: str | None) -> Submission:
    why = notes_json((one.why,), zone_name) if one.why is not None else []
    return {
        "revision": one.revision,
        "fingerprint": one.fingerprint,
        "by": one.by,
        "at": moment_json(one.at, zone_name),
        "by_signing": one.by_signing,
        "ended": one.ended,
        "why": why[0] if why else None,
        "signatures": [_signature(each, zone_name) for each in one.signatures],
    }
