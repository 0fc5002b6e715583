"""Excuses in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import moment_json
from services.excuses.rows import ExcuseRow
from services.excuses.shapes import Excuse


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
