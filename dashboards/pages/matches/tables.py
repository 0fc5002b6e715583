"""The unmatched queue as a table that is exported."""

from __future__ import annotations

from dashboards.pages.house.cells import MOST, instant
from dashboards.pages.house.frame import View
from dashboards.tables import Table
from services.matches.reading import read_unmatched


def unmatched(view: View) -> Table:
    headers = ("position", "source", "id", "type", "subject", "happened", "commitments", "reason")
    return headers, (
        (row.position, row.source, row.id, row.type, row.subject, instant(row.time, "UTC"), " ".join(row.commitments), row.reason)
        for row in read_unmatched(view.seen, limit=MOST)
    )  # fmt: skip
