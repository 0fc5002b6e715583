"""What lists of things that belong to commitments are narrowed by: contract, services, the side that owes, what is one's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Narrowing, Wanted
from dashboards.plain import plain
from services.figures.rows import CommitmentRow

OWED_TO, OWED_BY, MINE = "to-us", "by-us", "mine"
"""Values of the filters `side` and `mine`."""


def by_contract(view: View, contracts: Collection[str]) -> Narrowing:
    """The contracts, by title; none is offered where there is one alone."""
    named = [Choice(id, view.to(view.contracts[id].title)) for id in contracts if id in view.contracts]
    return Narrowing("contract", sorted(named, key=lambda one: (plain(one.words), one.value)))


def by_service(view: View, name: str, services: Collection[str]) -> Narrowing:
    """The services that are there, as people call them."""
    named = [Choice(id, view.service(id)) for id in services]
    return Narrowing(name, sorted(named, key=lambda one: (plain(one.words), one.value)))


def by_side(view: View) -> Narrowing:
    """For somebody of a service: what is owed to it, and what it owes."""
    text = view.language.text
    sides = [Choice(one, text(f"list.side_{one.replace('-', '_')}")) for one in (OWED_TO, OWED_BY)]
    return Narrowing("side", sides if view.who.services else ())


def by_mine(view: View) -> Narrowing:
    """For a person: the indicators that they own."""
    return Narrowing("mine", [Choice(MINE, view.language.text("list.mine"))] if view.who.person else ())


def narrowed(view: View, rows: Iterable[CommitmentRow], wanted: Wanted) -> list[CommitmentRow]:
    """The commitments that the filters `contract`, `commitment`, `side` and `mine` leave, those of them that the list has. Somebody
    of no service owes nothing and is owed nothing."""
    contract, commitment, side = wanted.value("contract"), wanted.value("commitment"), wanted.value("side")
    found = [row for row in rows if contract in ("", row.contract) and commitment in ("", row.id)]
    if side:
        found = [row for row in found if view.who.is_of(row.creditor if side == OWED_TO else row.debtor)]
    if wanted.value("mine"):
        found = [row for row in found if row.criterion.owner == view.who.person]
    return found
