"""Excuses in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import OF_ITS_PARTIES, Column, Report, at

EXCUSES: Final = Report(
    "report_excuses",
    "each excuse that was asked for",
    (
        Column("excuse", "text", "its id"),
        Column("contract", "text", "its contract"),
        Column("scope", "text", "what it is for: a contract, or a commitment"),
        Column("category", "text", "client-fault, force-majeure, …"),
        Column("state", "text", "asked, accepted, refused, disputed"),
        Column("party", "text", "supplier or client: who asked"),
        Column("asked_by", "text", "service/person; entente where a dependency was missed"),
        Column("asked_at", "timestamptz", "when"),
        Column("keys", "text[]", "the occurrences; none: an interval"),
        Column("from_at", "timestamptz", "start of the interval"),
        Column("until_at", "timestamptz", "its end, excluded"),
        Column("text", "text", "why"),
    ),
    f"""
    SELECT excuse.id, contract, scope, category, state, content ->> 'party', content ->> 'by',
        {at("CAST(COALESCE(content ->> 'moment', content ->> 'at') AS bigint)")},
        ARRAY(SELECT jsonb_array_elements_text(content -> 'keys')), {at("CAST(content ->> 'since' AS bigint)")},
        {at("CAST(content ->> 'until' AS bigint)")}, content ->> 'text'
    FROM public.view_excuse AS excuse CROSS JOIN LATERAL (SELECT public.report_json(excuse.document) AS content OFFSET 0) AS said
    """,
    OF_ITS_PARTIES,
)

REPORTS: Final = (EXCUSES,)
