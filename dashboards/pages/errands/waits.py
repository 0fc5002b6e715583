"""News, as *Today* shows them until they are seen: what the reader was named in, and what was refused of what they proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.plain import shortened
from domain.durations import HOUR
from services.access import Right
from services.by import by_of
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow, VersionRow
from services.errands.mentions import MentionRow, name_of_text, read_mentions
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow

PATHS: Mapping[str, str] = {
    "breach": "/breaches/",
    "action": "/actions/",
    "reminder": "/reminders/",
    "contract": "/contracts/",
    "excuse": "/excuses/",
}
TOLD = 30 * 24 * HOUR
"""Microseconds for which it is told that a version was refused, unless somebody has seen it or proposed another."""


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of all contracts, whatever is chosen."""
    named = read_mentions(view.seen, person=view.who.person) if view.who.person is not None else []
    return [
        *(Waiting(partial(_item, view, row), row.thing, person=view.who.person, says=row.says) for row in named),
        *(_waiting(view, contract, version) for contract, version in _refused(view)),
    ]


def _refused(view: View) -> Iterator[tuple[ContractRow, VersionRow]]:
    """What the reader's services proposed last of each contract, where the other party said no to it."""
    for contract in view.contracts.values():
        own = [one for one in contract.versions if view.who.is_of(contract.service_of(one.party))]
        if not own or (version := own[-1]).state != "refused" or version.refused_at is None:
            continue
        is_news = view.now - version.refused_at < TOLD
        if is_news and view.who.may(Right.TAKE_PART, contract.service_of(version.party)):
            yield contract, version


def _waiting(view: View, contract: ContractRow, version: VersionRow) -> Waiting:
    thing, service = f"refused:{contract.id}/{version.position}", contract.service_of(version.party)
    proposed = by_of(version.proposed_by)
    person = proposed.person if proposed.service == service else ""
    says = name_of_text("contract", contract.id, version.refused_at or 0)
    return Waiting(partial(_refused_item, view, contract, version, thing), thing, service, person or None, says=says)


def _refused_item(view: View, contract: ContractRow, version: VersionRow, thing: str) -> Item:
    text = view.language.text
    return Item(
        "pending",
        view.to(version.terms.title),
        link(f"/contracts/{contract.id}/versions/{version.number}"),
        text("mention.says", who=view.person(version.refused_by), text=shortened(version.refusal or "")),
        text("refused.version", version=str(version.number)),
        view.near().moment(version.refused_at or 0),
        text("mention.read"),
        "miss",
        others=(Verb(text("errands.seen"), "/errands/seen", {"thing": thing}),),
    )


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
