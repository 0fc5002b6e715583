"""The reminders that wait for the reader's answer, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.language import first_up
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.pages.reminders.page import named
from dashboards.plain import shortened
from dashboards.standing import mark_of
from services.access import Right
from services.figures.rows import CommitmentRow, OccurrenceRow
from services.reminders.reading import read_waiting_reminders
from services.reminders.rows import ReminderRow


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of the commitments that are shown, while what they ask for has not come."""
    found = [
        (row, one)
        for row, one in read_waiting_reminders(view.seen)
        if row.commitment in among and view.who.may(Right.TAKE_PART, row.debtor)
    ]
    return [
        Waiting(
            partial(_item, view, among[row.commitment], row, one),
            f"reminder:{row.id}",
            row.debtor,
            among[row.commitment].criterion.owner,
        )
        for row, one in found
    ]


def _item(view: View, commitment: CommitmentRow, row: ReminderRow, one: OccurrenceRow) -> Item:
    text, near = view.language.text, view.near(commitment.terms.timezone)
    by, at, words = row.reminded[-1]
    path = link(f"/reminders/{row.id}")
    about = view.person(by)
    name = named(view, commitment, one).words
    return Item(
        mark_of(one),
        title(view, commitment.deliverable, commitment.criterion),
        path,
        text("mention.says", who=about, text=shortened(words)) if words else about,
        text("reminders.received"),
        first_up(near.moment(at)),
        text("reminders.answer"),
        "late",
        way=f"{path}#f-answer",
        others=(Verb(text("excuses.ask"), link("/excuses/ask", scope=row.commitment, key=row.key)),),
        beside=(name,) if name else (),
    )
