"""Reports about what arrives: sources, quarantine, unmatched events, outages of our own."""

from __future__ import annotations

from typing import Final

from services.reports.surface import Column, Report, at

SOURCES: Final = Report(
    "report_sources",
    "each source and type that was seen, and each source that a service declares",
    (
        Column("source", "text", "as the events name it"),
        Column("type", "text", "of the events; null: declared, and nothing came"),
        Column("events", "bigint", "how many came"),
        Column("unclaimed", "bigint", "how many of them no commitment selects"),
        Column("last_at", "timestamptz", "when the last one happened"),
        Column("service", "text", "the service that declared it first; null: none does"),
        Column("expected_every", "text", "as that service words it"),
    ),
    f"""
    WITH declared AS (
        SELECT DISTINCT ON (one ->> 'source') one ->> 'source' AS source, service.id AS service,
            one ->> 'expected_every' AS expected_every
        FROM public.view_service AS service
            CROSS JOIN LATERAL (
                SELECT public.report_json(public.report_json(service.document) ->> 'document') AS content OFFSET 0
            ) AS said
            CROSS JOIN LATERAL jsonb_array_elements(COALESCE(content -> 'sources', '[]')) AS one
        ORDER BY one ->> 'source', CAST(public.report_json(service.declared) ->> (one ->> 'source') AS bigint)
    )
    SELECT COALESCE(seen.source, declared.source), seen.type, COALESCE(seen.events, 0), COALESCE(seen.unclaimed, 0),
        {at("seen.last_time")}, declared.service, declared.expected_every
    FROM public.view_seen AS seen FULL JOIN declared ON declared.source = seen.source
    """,
)

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
)

UNMATCHED: Final = Report(
    "report_unmatched",
    "each event that commitments select and none has an occurrence for, and that was not put aside",
    (
        Column("position", "bigint", "its entry of the history"),
        Column("received_at", "timestamptz", "when it was appended"),
        Column("commitments", "text[]", "those that select it"),
        Column("reason", "text", "why the first of them has no use for it"),
    ),
    """
    SELECT stray.position, MIN(public.report_received(entry.state)),
        ARRAY_AGG(stray.commitment ORDER BY stray.commitment) FILTER (WHERE aside.position IS NULL),
        (ARRAY_AGG(reason ORDER BY stray.commitment))[1]
    FROM public.view_stray AS stray
        LEFT JOIN public.view_aside AS aside
            ON aside.position = stray.position AND aside.commitment = stray.commitment AND aside.is_put = 1
        LEFT JOIN public.stored_events AS entry ON entry.notification_id = stray.position
    GROUP BY stray.position HAVING COUNT(*) >= MIN(selectors) AND COUNT(*) > COUNT(aside.position)
    """,
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
)
