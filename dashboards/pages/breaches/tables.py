"""Breaches and actions as tables that are exported."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dashboards.pages.breaches.action_listing import shown_actions
from dashboards.pages.breaches.listing import shown_breaches
from dashboards.pages.house.cells import instant
from dashboards.pages.house.frame import View
from dashboards.tables import Table
from domain.figures import shown
from services.breaches.effects import read_all_effects


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


def effects(view: View) -> Table:
    """The last check of each action, as news now says it, beside what was found."""
    headers = ("action", "commitment", "check", "effect", "why", "kept", "missed after", "judged after", "missed before",
               "judged before", "p better", "p worse", "at most", "sure", "found", "position")  # fmt: skip
    return headers, (
        (row.action, row.commitment, row.check, row.verdict, row.now["why"], _yes(row.now["kept"]),
         row.now["after"]["missed"], row.now["after"]["judged"], row.now["before"]["missed"], row.now["before"]["judged"],
         *(_share(row.share(name)) for name in ("p_better", "p_worse", "at_most", "sure")),
         row.found["verdict"] if row.found is not None else None,
         row.found["position"] if row.found is not None else None)
        for row in read_all_effects(view.seen)
    )  # fmt: skip


def _yes(is_so: bool | None) -> str | None:
    return None if is_so is None else ("yes" if is_so else "no")


def _share(exact: Fraction | None) -> Decimal | None:
    """With 4 places, as everywhere."""
    return Decimal(shown(exact)) if exact is not None else None


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
