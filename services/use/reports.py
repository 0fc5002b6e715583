"""Use of offers in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import Column, Report

_OWNS: Final = "(scope.services IS NULL OR offer.supplier = ANY (scope.services))"
_WHOLE: Final = "PARTITION BY use.offer, use.meter, use.month"
_ATTRIBUTED: Final = "FILTER (WHERE use.client <> '')"

CONSUMPTION: Final = Report(
    "report_consumption",
    "what each client used of each meter of an offer, by month",
    (
        Column("offer", "text", "its id"),
        Column("supplier", "text", "the service that offers it"),
        Column("meter", "text", "what is counted"),
        Column("client", "text", "the service whose use it is, as events name it; null: nobody's"),
        Column("month", "date", "its first day, in the zone of the offer"),
        Column("units", "numeric", "the sum of what events say, as far as time has come"),
        Column("events", "bigint", "how many events that are"),
        Column("unusable", "bigint", "how many of them say no number, and are in no sum"),
        Column("total", "numeric", "the units of all clients; null for who is not of the supplier"),
        Column("share", "numeric", "units / total; null where total is, of nobody, and where it is not above 0"),
        Column("late", "numeric", "by how much the units changed after the month was final"),
    ),
    f"""
    SELECT use.offer, offer.supplier, use.meter, NULLIF(use.client, ''), TO_DATE(use.month, 'YYYY-MM'),
        CAST(use.total AS numeric), use.events, use.unusable,
        CASE WHEN {_OWNS} THEN SUM(CAST(use.total AS numeric)) {_ATTRIBUTED} OVER ({_WHOLE}) END,
        CASE WHEN {_OWNS} AND use.client <> ''
            AND SUM(CAST(use.total AS numeric)) {_ATTRIBUTED} OVER ({_WHOLE}) > 0
            THEN CAST(use.total AS numeric) / SUM(CAST(use.total AS numeric)) {_ATTRIBUTED} OVER ({_WHOLE}) END,
        COALESCE((
            SELECT SUM(CAST(late.total AS numeric)) FROM public.view_use_late AS late
            WHERE late.offer = use.offer AND late.meter = use.meter AND late.client = use.client
                AND SUBSTR(late.day, 1, 7) = use.month
        ), 0)
    FROM public.view_use AS use JOIN public.view_offer AS offer ON offer.id = use.offer CROSS JOIN scope
    WHERE use.cut = ''
    """,
    "(rows.supplier = ANY (scope.services) OR rows.client = ANY (scope.services))",
)

REPORTS: Final = (CONSUMPTION,)
