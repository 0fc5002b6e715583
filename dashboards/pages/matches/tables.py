"""The unmatched queue as a table that is exported."""

from __future__ import annotations

from dashboards.pages.house.cells import instant
from dashboards.pages.house.frame import View
from dashboards.pages.matches.listing import shown_unmatched
from dashboards.tables import Table


def unmatched(view: View) -> Table:
    headers = ("position", "source", "id", "type", "subject", "happened", "commitments", "reason")
    return headers, (
        (row.position, row.source, row.id, row.type, row.subject, instant(row.time, "UTC"), " ".join(row.commitments), row.reason)
        for row in shown_unmatched(view, is_file=True).every()
    )  # fmt: skip
