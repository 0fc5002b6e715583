"""Unmatched events and matches by hand in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import OF_ITS_CONTRACT, Column, Report

_ITS_CONTRACT: Final = "SPLIT_PART(stray.commitment, '/', 1)"
_SEES_COMMITMENT: Final = f"(scope.services IS NULL OR {OF_ITS_CONTRACT.format(_ITS_CONTRACT)})"

UNMATCHED: Final = Report(
    "report_unmatched",
    "each event that commitments select and none has an occurrence for, and that was not put aside",
    (
        Column("position", "bigint", "its entry of the history"),
        Column("received_at", "timestamptz", "when it was appended"),
        Column("commitments", "text[]", "those that select it"),
        Column("reason", "text", "why the first of them has no use for it"),
    ),
    f"""
    SELECT stray.position, MIN(public.report_received(entry.state)),
        ARRAY_AGG(stray.commitment ORDER BY stray.commitment) FILTER (WHERE aside.position IS NULL AND {_SEES_COMMITMENT}),
        (ARRAY_AGG(reason ORDER BY stray.commitment) FILTER (WHERE {_SEES_COMMITMENT}))[1]
    FROM public.view_stray AS stray CROSS JOIN scope
        LEFT JOIN public.view_aside AS aside
            ON aside.position = stray.position AND aside.commitment = stray.commitment AND aside.is_put = 1
        LEFT JOIN public.stored_events AS entry ON entry.notification_id = stray.position
    GROUP BY stray.position HAVING COUNT(*) >= MIN(selectors) AND COUNT(*) > COUNT(aside.position)
    """,
    "rows.commitments IS NOT NULL",
)

REPORTS: Final = (UNMATCHED,)
