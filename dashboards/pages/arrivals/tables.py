"""Tools, and what could not be accepted, as tables that are exported."""

from __future__ import annotations

from dashboards.pages.arrivals.listing import shown_quarantine, shown_sources
from dashboards.pages.house.cells import instant
from dashboards.pages.house.frame import View
from dashboards.tables import Table


def sources(view: View) -> Table:
    headers = (
        "source",
        "declared by",
        "types",
        "last event",
        "expected every s",
        "silent",
        "events",
        "claimed by nobody",
    )
    return headers, (
        (row.source, row.service, " ".join(row.types), instant(row.last, "UTC"),
         row.expected_every // 1_000_000 if row.expected_every is not None else None, "yes" if row.is_silent else "no",
         row.events if row.is_counted else None, row.unclaimed if row.is_counted else None)
        for row in shown_sources(view, is_file=True).every()
    )  # fmt: skip


def quarantine(view: View) -> Table:
    headers = ("item", "position", "received", "channel", "sent by", "from", "problem", "what", "bytes")
    return headers, (
        (row.id, row.position, instant(row.received, "UTC"), row.channel, row.by, row.origin, row.slug, row.problem,
         row.content.decode("utf-8", "replace"))
        for row in shown_quarantine(view, is_file=True).every()
    )  # fmt: skip
