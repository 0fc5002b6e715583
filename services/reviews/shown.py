"""Reviews in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import moment_json, notes_json
from services.contracts.shown import signature_json
from services.reviews.rows import ReviewRow
from services.reviews.shapes import Review


def review_json(row: ReviewRow, zone_name: str | None) -> Review:
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
        "entries": row.entries,
    }
