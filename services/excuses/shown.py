"""Excuses in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

import msgspec

from domain.events import OperationalEvent
from services.api.showing import moment_json, zone_of
from services.excuses.reading import excused_by, read_excuse
from services.excuses.rows import ExcuseRow
from services.excuses.settling import read_evidence
from services.excuses.shapes import CoveringExcuse, EvidenceEvent, Excuse
from services.figures.shown import occurrence_json
from services.seeing.seen import Seen

_AS_TEXT = msgspec.json.Encoder(decimal_format="number")


def event_data(event: OperationalEvent) -> str:
    """What an event says, as JSON text; what is sealed is not in it. Empty where it says nothing."""
    return "" if event.data is None else _AS_TEXT.encode(event.data).decode()


def _evidence_json(event: OperationalEvent, zone_name: str | None) -> EvidenceEvent:
    return {
        "position": event.position,
        "source": event.source,
        "type": event.type,
        "id": event.id,
        "subject": event.subject,
        "time": moment_json(event.time, zone_name),
        "data": event_data(event),
    }


def excuse_json(row: ExcuseRow, zone_name: str | None) -> Excuse:
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


def covering_json(seen: Seen, excuse: str) -> CoveringExcuse:
    """One, with the occurrences that it hides, or would hide, and the events behind it. Raises NotFound."""
    row = read_excuse(seen, excuse)
    zone_name, covered = zone_of(seen.catalogue, row.scope), excused_by(seen, excuse)
    return {
        **excuse_json(row, zone_name),
        "covers": [occurrence_json(one, zone_name or "UTC") for one in covered],
        "events": [_evidence_json(one, zone_name) for one in read_evidence(seen, row, covered)],
    }
