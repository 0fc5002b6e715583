"""Errands in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import notes_json
from services.errands.rows import ErrandRow
from services.errands.shapes import Errand


def errand_json(row: ErrandRow) -> Errand:
    return {
        "id": row.id,
        "thing": row.thing,
        "service": row.service,
        "person": row.person,
        "is_seen": row.is_seen,
        "handed": notes_json(row.handed, None),
    }
