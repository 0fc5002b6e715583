"""What the reader was named in and has not seen, as *Today* shows it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.plain import shortened
from services.contracts.reading import read_contract
from services.errands.mentions import MentionRow, read_mentions
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow

PATHS: Mapping[str, str] = {
    "breach": "/breaches/",
    "action": "/actions/",
    "reminder": "/reminders/",
    "contract": "/contracts/",
}


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of all contracts, whatever is chosen: it waits for nobody else."""
    if view.who.person is None:
        return []
    found = read_mentions(view.seen, person=view.who.person)
    return [Waiting(partial(_item, view, row), row.thing, person=view.who.person) for row in found]


def path_of(row: MentionRow) -> str:
    return link(PATHS[row.sort] + row.id)


def scope_words(view: View, scope: str) -> str:
    """What a commitment or a contract is called."""
    if "/" not in scope:
        return view.to(read_contract(view.seen, scope).title)
    row = read_commitment(view.seen, scope)
    return title(view, row.deliverable, row.criterion)


def _item(view: View, row: MentionRow) -> Item:
    text = view.language.text
    return Item(
        "pending",
        scope_words(view, row.scope),
        path_of(row),
        text("mention.says", who=view.person(row.by), text=shortened(row.text)),
        text("mention.named"),
        view.near().moment(row.at),
        text("mention.read"),
        others=(Verb(text("errands.seen"), "/errands/seen", {"thing": row.thing}),),
    )
