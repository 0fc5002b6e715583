"""Unmatched events and matches by hand in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import Column, Report

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

REPORTS: Final = (UNMATCHED,)
