"""Reviews in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import OF_ITS_PARTIES, Column, Report, at

REVIEWS: Final = Report(
    "report_reviews",
    "each review that was called, or of which something was decided before its hour",
    (
        Column("review", "text", "contract@day"),
        Column("contract", "text", "its contract"),
        Column("starts_at", "timestamptz", "when the parties meet"),
        Column("state", "text", "planned, cancelled, held, submitted, half-signed, signed (by both), refused"),
        Column("pack_position", "bigint", "the entry of the history that its pack shows"),
        Column("minutes", "text", "what was noted, a paragraph each"),
        Column("decisions", "text", "what was decided, a paragraph each"),
        Column("supplier_signed_at", "timestamptz", "null: not yet"),
        Column("client_signed_at", "timestamptz", "null: not yet"),
    ),
    f"""
    SELECT review.id, contract, {at("starts")},
        CASE
            WHEN content -> 'cancelled' IS NOT NULL THEN 'cancelled'
            WHEN content ->> 'pack_position' IS NULL THEN 'planned'
            WHEN jsonb_array_length(content -> 'signatures') = 2 THEN 'signed'
            WHEN jsonb_array_length(content -> 'signatures') = 1 THEN 'half-signed'
            WHEN content #>> '{{submissions,-1,ended}}' = 'refused' THEN 'refused'
            WHEN content #> '{{submissions,-1}}' IS NOT NULL AND content #>> '{{submissions,-1,ended}}' IS NULL THEN 'submitted'
            ELSE 'held'
        END,
        CAST(content ->> 'pack_position' AS bigint),
        (SELECT STRING_AGG(one.value ->> 'text', E'\\n\\n' ORDER BY one.number)
         FROM jsonb_array_elements(content -> 'minutes') WITH ORDINALITY AS one (value, number)),
        (SELECT STRING_AGG(one.value ->> 'text', E'\\n\\n' ORDER BY one.number)
         FROM jsonb_array_elements(content -> 'decisions') WITH ORDINALITY AS one (value, number)),
        (SELECT MAX({at("CAST(one ->> 'at' AS bigint)")}) FROM jsonb_array_elements(content -> 'signatures') AS one
         WHERE one ->> 'party' = 'supplier'),
        (SELECT MAX({at("CAST(one ->> 'at' AS bigint)")}) FROM jsonb_array_elements(content -> 'signatures') AS one
         WHERE one ->> 'party' = 'client')
    FROM public.view_review AS review CROSS JOIN LATERAL (SELECT public.report_json(review.document) AS content OFFSET 0) AS said
    """,
    OF_ITS_PARTIES,
)

REPORTS: Final = (REVIEWS,)
