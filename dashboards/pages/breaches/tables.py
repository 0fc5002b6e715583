"""Breaches and actions as tables that are exported."""

from __future__ import annotations

from dashboards.pages.breaches.action_listing import shown_actions
from dashboards.pages.breaches.listing import shown_breaches
from dashboards.pages.house.cells import instant
from dashboards.pages.house.frame import View
from dashboards.tables import Table


def breaches(view: View) -> Table:
    zones = {row.id: row.terms.timezone for row in view.commitments}
    headers = ("breach", "commitment", "period", "cause", "key", "due", "state", "opened at", "opened position", "owed by", "action",
               "acknowledged by", "explanations", "handling", "root cause")  # fmt: skip
    return headers, (
        (row.id, row.commitment, row.period, row.cause, row.key, instant(row.due, zones.get(row.commitment, "UTC")), row.state,
         instant(row.opened_at, zones.get(row.commitment, "UTC")), row.opened_position, row.debtor, row.action,
         row.acknowledged_by, "\n".join(text for _, _, text in row.explanations), row.handling, row.root_cause)
        for row in shown_breaches(view, is_file=True).every()
    )  # fmt: skip


def actions(view: View) -> Table:
    headers = (
        "action",
        "commitment",
        "period",
        "cause",
        "text",
        "owner",
        "person",
        "due",
        "state",
        "overdue",
        "progress",
        "closing",
    )
    return headers, (
        (row.id, row.commitment, row.period, row.cause, row.text, row.owner, row.person, row.due, row.state,
         "yes" if row.is_overdue else "no", "\n".join(text for _, _, text in row.progress), row.closing_text)
        for row in shown_actions(view, is_file=True).every()
    )  # fmt: skip
