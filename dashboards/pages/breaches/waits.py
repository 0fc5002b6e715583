"""The breaches and actions that wait for the reader, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.language import first_up
from dashboards.pages.breaches.page import cause_mark, name_of
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import breakable, link
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.words import action_words, cause_words, period_words
from services.breaches.breach_rows import Unexplained
from services.breaches.reading import read_action, read_newest_unexplained, read_overdue, read_unexplained
from services.breaches.rows import BreachRow
from services.figures.rows import CommitmentRow


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Breaches before actions, both of the commitments that are shown. Of the open breaches of the reader's own that nobody has
    explained, the newest of each commitment; then the actions whose day is over."""
    unexplained = [
        Waiting(
            partial(_breach, view, among[one.commitment], one),
            f"breaches:{one.commitment}",
            one.debtor,
            among[one.commitment].criterion.owner,
            "explain",
        )
        for one in read_unexplained(view.seen, among.keys())
    ]
    overdue = [
        Waiting(partial(_action, view, among[one.commitment], one.id), f"action:{one.id}", one.owner, one.person, "act")
        for one in read_overdue(view.seen, among.keys())
    ]
    return [*unexplained, *overdue]


def _breach(view: View, row: CommitmentRow, found: Unexplained) -> Item:
    language, breach, others = view.language, read_newest_unexplained(view.seen, found), found.breaches - 1
    about = name_of(view, breach, row).words or period_words(breach.period, language)
    cause = f"{first_up(cause_words(breach.cause, language))}, {about}"
    path = link(f"/breaches/{breach.id}")
    return Item(
        cause_mark(breach),
        title(view, row.deliverable, row.criterion),
        path,
        f"{cause} · {language.counted('commitment.more_open', others)}" if others else cause,
        language.text("today.explain"),
        view.near(row.terms.timezone).day(breach.opened_at) if breach.opened_at is not None else "",
        language.text("breach.explain"),
        way=f"{path}#f-explain",
        others=_verbs(view, breach, path),
    )


def _verbs(view: View, breach: BreachRow, path: str) -> tuple[Verb, ...]:
    text, found = view.language.text, []
    if breach.acknowledged_by is None:
        found.append(Verb(text("breach.acknowledge"), f"{path}/acknowledge", {"back": "/"}))
    if breach.key is not None:
        found.append(Verb(text("excuses.ask"), link("/excuses/ask", scope=breach.commitment, key=breach.key)))
    found.append(Verb(text("action.open"), link("/new-action", commitment=breach.commitment)))
    return tuple(found)


def _action(view: View, row: CommitmentRow, id: str) -> Item:
    language, action = view.language, read_action(view.seen, id)
    path = link(f"/actions/{action.id}")
    return Item(
        "late",
        breakable(action_words(action.text, action.cause, language)),
        path,
        title(view, row.deliverable, row.criterion),
        first_up(language.text("action.overdue")),
        language.text("today.was_due", day=view.near(row.terms.timezone).of_day(action.due)) if action.due else "",
        language.text("today.follow"),
        "miss",
        others=(
            Verb(language.text("action.note_progress"), f"{path}#f-progress"),
            Verb(language.text("action.close"), f"{path}#f-close"),
        ),
    )
