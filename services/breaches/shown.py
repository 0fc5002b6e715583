"""Breaches and actions in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import Json, day_json, moment_json, notes_json, said_json
from services.breaches.rows import ActionRow, BreachRow


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
