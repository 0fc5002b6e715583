"""Excuses as a table that is exported."""

from __future__ import annotations

from dashboards.pages.excuses.listing import shown_excuses
from dashboards.pages.excuses.page import asker
from dashboards.pages.house.cells import instant, zone_of
from dashboards.pages.house.frame import View
from dashboards.tables import Table
from services.excuses.rows import ExcuseRow


def excuses(view: View) -> Table:
    headers = (
        "excuse",
        "scope",
        "keys",
        "from",
        "until",
        "reason",
        "text",
        "asked for",
        "asked by",
        "state",
        "answers",
    )
    return headers, (
        (row.id, row.scope, " ".join(row.keys), instant(row.since, zone_of(view, row.contract)),
         instant(row.until, zone_of(view, row.contract)), row.reason, row.text, row.party, row.asked_by, row.state,
         _answers(view, row))
        for row in shown_excuses(view, is_file=True).every()
    )  # fmt: skip


def _answers(view: View, row: ExcuseRow) -> str:
    """What was answered, by whom, and in which words, a line each."""
    text = view.language.text
    return "\n".join(f"{text(f'excuse_verb.{one.verb}')}, {asker(view, one.by)}: {one.text}" for one in row.answers)
