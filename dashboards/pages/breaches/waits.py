"""The breaches and actions that wait for the reader, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.language import first_up
from dashboards.pages.breaches.page import cause_mark, name_of
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import breakable, link
from dashboards.pages.part import Item, Making
from dashboards.words import action_words, cause_words, period_words
from services.breaches.reading import read_overdue, read_unexplained
from services.breaches.rows import ActionRow, BreachRow
from services.figures.rows import CommitmentRow


def waits(view: View, among: Mapping[str, CommitmentRow], most: int) -> tuple[list[Making], int]:
    """Breaches before actions, both of the commitments that are shown."""
    unexplained, total = _unexplained(view, among, most)
    overdue, days_over = _overdue(view, among, most)
    return [*unexplained, *overdue], total + days_over


def _unexplained(view: View, among: Mapping[str, CommitmentRow], most: int) -> tuple[list[Making], int]:
    """Open breaches of the reader's own that nobody has explained: the newest of each commitment, as many as may be shown; and
    of how many commitments there are any."""
    found, total = read_unexplained(view.seen, among.keys(), most=most)
    return [partial(_breach, view, among[one.commitment], one, count - 1) for one, count in found], total


def _breach(view: View, row: CommitmentRow, breach: BreachRow, others: int) -> Item:
    language = view.language
    about = name_of(view, breach, row).words or period_words(breach.period, language)
    cause = f"{first_up(cause_words(breach.cause, language))}, {about}"
    return Item(
        cause_mark(breach),
        title(view, row.deliverable, row.criterion),
        link(f"/breaches/{breach.id}"),
        f"{cause} · {language.counted('commitment.more_open', others)}" if others else cause,
        language.text("today.explain"),
        view.moments(row.terms.timezone).day(breach.opened_at) if breach.opened_at is not None else "",
        language.text("breach.explain"),
    )


def _overdue(view: View, among: Mapping[str, CommitmentRow], most: int) -> tuple[list[Making], int]:
    """The reader's own actions whose day is over, as many as may be shown; and how many there are."""
    found, total = read_overdue(view.seen, among.keys(), most=most)
    return [partial(_action, view, among[one.commitment], one) for one in found], total


def _action(view: View, row: CommitmentRow, action: ActionRow) -> Item:
    language = view.language
    due = language.short_date(action.due) if action.due else ""
    return Item(
        "late",
        breakable(action_words(action.text, action.cause, language)),
        link(f"/actions/{action.id}"),
        title(view, row.deliverable, row.criterion),
        first_up(language.text("action.overdue")),
        language.text("today.was_due", day=due),
        language.text("today.follow"),
        "miss",
    )
