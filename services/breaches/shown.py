"""Breaches and actions in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import day_json, moment_json, notes_json
from services.breaches.rows import ActionRow, BreachRow
from services.breaches.shapes import Action, Breach


def breach_json(row: BreachRow, zone_name: str | None) -> Breach:
    by, at = row.acknowledged_by, moment_json(row.acknowledged_at, zone_name)
    return {
        "id": row.id,
        "commitment": row.commitment,
        "period": row.period,
        "cause": row.cause,
        "key": row.key,
        "target_index": row.target_index,
        "state": row.state,
        "handling": row.handling,
        "debtor": row.debtor,
        "opened_at": moment_json(row.opened_at, zone_name),
        "opened_position": row.opened_position,
        "acknowledged": None if by is None else {"by": by, "at": at},
        "explanations": notes_json(row.explanations, zone_name),
        "action": row.action,
        "root_cause": row.root_cause,
        "attributed": [
            {"side": one.side, "root_cause": one.root_cause, "by": one.by, "at": moment_json(one.at, zone_name)}
            for one in row.attributed
        ],
        "decided_in": row.decided_in,
    }


def action_json(row: ActionRow, zone_name: str | None) -> Action:
    by, at = row.closed_by, moment_json(row.closed_at, zone_name)
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
        "closed": None if by is None or at is None else {"by": by, "at": at, "text": row.closing_text or ""},
        "details": row.details,
        "comments": notes_json(row.comments, zone_name),
    }
