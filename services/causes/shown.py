"""Root causes and what repeats in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from domain.figures import shown
from domain.repeats import Group
from services.api.showing import moment_json
from services.causes.rows import CauseRow, RepeatsRow
from services.causes.shapes import Cause, RepeatGroup, Repeats
from services.figures.shown import score_number


def cause_json(row: CauseRow) -> Cause:
    return {"id": row.id, "title": dict(row.title.by_language), "party": row.party, "list": row.list}


def repeats_json(row: RepeatsRow, zone_name: str | None) -> Repeats:
    return {
        "contract": row.contract,
        "since": moment_json(row.since, zone_name),
        "until": moment_json(row.until, zone_name),
        "groups": [_group_json(one) for one in row.groups],
        "few": row.found.few,
        "few_misses": row.found.few_misses,
        "misses": row.found.misses,
        "position": row.position,
        "watermark": moment_json(row.watermark, zone_name),
    }


def _group_json(group: Group) -> RepeatGroup:
    return {
        "key": group.cause.key,
        "root_cause": group.cause.root_cause,
        "deliverable": group.cause.deliverable,
        "cause": group.cause.machine_cause,
        "breaches": list(group.breaches),
        "misses": len(group.misses),
        "weight": score_number(group.weight),
        "share": shown(group.share) if group.share is not None else None,
        "recurrences": group.recurrences,
    }
