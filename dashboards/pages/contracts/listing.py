"""The list of contracts: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from dashboards.language import first_up
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Held, Listing, Narrowing, Shown
from dashboards.pages.house.narrowing import by_service
from dashboards.plain import plain
from dashboards.standing import EXPOSURE, worst
from services.contracts.rows import ContractRow

CONTRACTS: Final = Listing(
    "/contracts",
    (
        Column("contract", "th.contract"),
        Column("state", "th.state"),
        Column("targets", "th.targets"),
        Column("valid", "th.valid"),
        Column("review", "th.review"),
    ),
    order="state",
    filters={"service": "contracts.party", "side": "contracts.side", "state": "th.state"},
    table="contracts",
)
STATES: Final = ("proposed", "in force", "signed", "expired", "terminated", "refused", "withdrawn")
"""In the order of the list: what is to be answered, what holds, what is over."""
SUPPLIER, CLIENT = "supplier", "client"
"""What one's services are in a contract: values of the filter `side`."""


@dataclass
class ListedContract:
    """A contract, and how its targets stand, the worst first."""

    view: View
    row: ContractRow
    standings: Sequence[str]

    @cached_property
    def discs(self) -> list[str]:
        return sorted(self.standings, key=EXPOSURE.index)

    @property
    def title(self) -> str:
        return plain(self.view.to(self.row.title))


def shown_contracts(view: View, *, is_file: bool = False) -> Shown[ListedContract]:
    """The list as its address asks for it."""
    standings: dict[str, list[str]] = {}
    for row in view.commitments:
        standings.setdefault(row.contract, []).append(worst(row.current))
    rows = [ListedContract(view, row, standings.get(row.id, ())) for row in view.contracts.values()]
    held = Held(sorted(rows, key=lambda one: (one.title, one.row.id)), _values(view), _keys())
    return Shown(view, CONTRACTS, _narrowings(view, held), held.find, is_file)


def _values(view: View) -> dict[str, Callable[[ListedContract], Sequence[str]]]:
    def sides(one: ListedContract) -> list[str]:
        parties = ((SUPPLIER, one.row.supplier), (CLIENT, one.row.client))
        return [side for side, service in parties if view.who.is_of(service)]

    return {
        "service": lambda one: (one.row.supplier, one.row.client),
        "side": sides,
        "state": lambda one: (one.row.state,),
    }


def _keys() -> dict[str, Callable[[ListedContract], Any]]:
    return {
        "contract": lambda one: one.title,
        "state": lambda one: STATES.index(one.row.state),
        "targets": lambda one: [EXPOSURE.index(disc) for disc in one.discs] or None,
        "valid": lambda one: (one.row.valid_from, one.row.valid_until or date.max),
        "review": lambda one: one.row.next_review,
    }


def _narrowings(view: View, held: Held[ListedContract]) -> list[Narrowing]:
    text = view.language.text
    sides = [Choice(side, first_up(text(f"party.{side}"))) for side in (SUPPLIER, CLIENT)]
    there = held.every("state")
    states = [
        Choice(state, first_up(text(f"contract_state.{state.replace(' ', '_')}"))) for state in STATES if state in there
    ]
    return [
        by_service(view, "service", held.every("service")),
        Narrowing("side", sides if view.who.services else ()),
        Narrowing("state", states),
    ]
