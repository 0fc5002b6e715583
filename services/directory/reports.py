"""Services and sources in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import Column, Report, at

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
    "rows.service = ANY (scope.services)",
)

REPORTS: Final = (SOURCES,)
