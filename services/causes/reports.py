"""Root causes in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import ALL_OF_IT, Column, Report, title

CAUSES: Final = Report(
    "report_causes",
    "each root cause of the lists that are published",
    (
        Column("cause", "text", "its id, as report_breaches has it"),
        Column("list", "text", "the list that it stands in"),
        Column("party", "text", "supplier, client, none: whose doing it is"),
        Column("title", "text", "in English, else in French"),
        Column("title_fr", "text", "in French, else in English"),
    ),
    f"""
    SELECT cause ->> 'id', list.id, cause ->> 'party', COALESCE({title("cause -> 'title'", "en")}, cause ->> 'id'),
        COALESCE({title("cause -> 'title'", "fr")}, cause ->> 'id')
    FROM public.view_causes AS list
        CROSS JOIN LATERAL (SELECT public.report_json(list.document) AS content OFFSET 0) AS said
        CROSS JOIN LATERAL (SELECT public.report_json(said.content ->> 'document') AS content OFFSET 0) AS file
        CROSS JOIN LATERAL jsonb_array_elements(file.content -> 'list') AS cause
    """,
    ALL_OF_IT,
)

REPORTS: Final = (CAUSES,)
