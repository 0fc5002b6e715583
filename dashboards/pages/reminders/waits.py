"""The reminders that wait for the reader's answer, and the answers to theirs, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from dashboards.language import first_up
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.pages.reminders.page import named
from dashboards.plain import shortened
from dashboards.standing import mark_of
from domain.durations import HOUR
from services.access import Right
from services.by import by_of
from services.errands.mentions import name_of_text
from services.figures.reading import read_occurrence
from services.figures.rows import CommitmentRow, OccurrenceRow
from services.reminders.reading import read_answered_reminders, read_waiting_reminders
from services.reminders.reminding import may_be_reminded_of
from services.reminders.rows import ReminderRow

TOLD: Final = 30 * 24 * HOUR
"""Microseconds for which an answer is shown to who has reminded, unless somebody has seen it."""


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of the commitments that are shown: what is to answer, while it has not come; what was answered, until it is seen."""
    return [*_to_answer(view, among), *_answered(view, among)]


def _to_answer(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
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
            says=name_of_text("reminder", row.id, row.last_at),
        )
        for row, one in found
    ]


def _answered(view: View, among: Mapping[str, CommitmentRow]) -> Iterator[Waiting]:
    for row in read_answered_reminders(view.seen, view.now - TOLD):
        if row.commitment in among and view.who.may(Right.TAKE_PART, row.service):
            thing = f"answer:{row.id}@{row.answered_at}"
            asked = by_of(row.asked_by)
            person = asked.person if asked.service == row.service else ""
            make = partial(_answer_item, view, among[row.commitment], row, thing)
            says = name_of_text("reminder", row.id, row.answered_at)
            yield Waiting(make, thing, row.service, person or None, says=says)


def _answer_item(view: View, commitment: CommitmentRow, row: ReminderRow, thing: str) -> Item:
    text, (by, at, words) = view.language.text, row.answers[-1]
    one = read_occurrence(view.seen, row.commitment, row.key)
    name = named(view, commitment, one).words if one is not None else row.key
    verbs = [Verb(text("errands.seen"), "/errands/seen", {"thing": thing})]
    if one is not None and may_be_reminded_of(one):
        verbs.append(Verb(text("reminders.again"), link("/reminders/new", commitment=row.commitment, key=row.key)))
    return Item(
        "pending",
        title(view, commitment.deliverable, commitment.criterion),
        link(f"/reminders/{row.id}"),
        text("mention.says", who=view.person(by), text=shortened(words)),
        text("reminders.answer_received"),
        first_up(view.near(commitment.terms.timezone).moment(at)),
        text("mention.read"),
        others=tuple(verbs),
        beside=(name,) if name else (),
    )


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
