"""Quarantine and outages in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import ALL_OF_IT, Column, Report, at

QUARANTINE: Final = Report(
    "report_quarantine",
    "each message that could not be accepted",
    (
        Column("item", "text", "its id"),
        Column("position", "bigint", "its entry of the history"),
        Column("received_at", "timestamptz", "when it was appended"),
        Column("problem", "text", "the slug of what was wrong"),
        Column("state", "text", "waiting, retried, discarded"),
        Column("settled_by", "text", "service/person"),
        Column("settled_at", "timestamptz", "when"),
    ),
    f"""
    SELECT item.id, position, public.report_received(entry.state), slug, item.state, content ->> 'by',
        {at("CAST(content ->> 'at' AS bigint)")}
    FROM public.view_quarantine AS item
        CROSS JOIN LATERAL (SELECT public.report_json(item.document) AS content OFFSET 0) AS said
        LEFT JOIN public.stored_events AS entry ON entry.notification_id = item.position
    """,
    """EXISTS (
        SELECT 1 FROM public.stored_events AS entry
        WHERE entry.notification_id = rows.position AND public.report_senders(entry.state) && scope.services
    )""",
)


OUTAGES: Final = Report(
    "report_outages",
    "each time in which our own ingestion was down",
    (
        Column("from_at", "timestamptz", "its start"),
        Column("until_at", "timestamptz", "its end, excluded"),
        Column("position", "bigint", "the entry of the history that says so"),
    ),
    f"SELECT {at('outage.from_at')}, {at('outage.until_at')}, outage.position FROM public.view_outage AS outage",
    ALL_OF_IT,
)

REPORTS: Final = (QUARANTINE, OUTAGES)
