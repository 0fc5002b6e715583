"""Quarantine and outages in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from domain.times import show
from services.api.showing import content_json, moment_json
from services.arrivals.rows import QuarantineRow
from services.arrivals.shapes import Outage, Quarantined, Withdrawal
from services.outages import Outage as OutageRow
from services.outages import Withdrawal as WithdrawalRow

EXCERPT = 2_000
"""How many bytes of a quarantined item a list shows."""


def quarantine_json(row: QuarantineRow, *, whole: bool = False) -> Quarantined:
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


def outage_json(row: OutageRow) -> Outage:
    return {
        "id": row.id,
        "from": show(row.start),
        "until": show(row.until),
        "received": show(row.received),
        "by": row.by,
        "withdrawn": _withdrawal_json(row.withdrawn) if row.withdrawn is not None else None,
    }


def _withdrawal_json(row: WithdrawalRow) -> Withdrawal:
    return {"by": row.by, "at": show(row.at), "text": row.text, "position": row.position}
