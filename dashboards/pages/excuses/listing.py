"""The list of excuses: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dashboards.language import first_up
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Held, Listing, Narrowing, Shown, wanted_of
from dashboards.pages.house.narrowing import by_contract
from dashboards.plain import plain
from dashboards.words import excuse_words
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow

EXCUSES: Final = Listing(
    "/excuses",
    (
        Column("what", "excuses.what"),
        Column("reason", "th.reason"),
        Column("state", "th.state"),
        Column("asked", "excuses.asked_on"),
    ),
    order="-asked",
    filters={"state": "th.state", "contract": "th.contract", "side": "excuses.asked_by", "kind": "th.reason"},
    table="excuses",
)
STATES: Final = ("asked", "disputed", "accepted", "refused")
BY_US, BY_THEM = "by-us", "by-them"
"""Who asked: values of the filter `side`."""


def shown_excuses(view: View, *, is_file: bool = False) -> Shown[ExcuseRow]:
    """The list as its address asks for it."""
    held = Held(read_excuses(view.seen), _values(view), _keys(view))
    here = wanted_of(view, EXCUSES, is_file=is_file)
    text, states = view.language.text, held.counts(here, "state")
    tabs = [Choice("", text("word.all"), states.total())]
    tabs += [Choice(state, text(f"excuse_state.{state}"), states[state]) for state in STATES]
    sides = [Choice(BY_US, text("excuses.by_us")), Choice(BY_THEM, text("excuses.by_them"))]
    reasons = [Choice(one, first_up(excuse_words(one, view.language))) for one in sorted(held.every("kind"))]
    narrowings = [
        Narrowing("state", tabs, is_tabs=True),
        by_contract(view, held.every("contract")),
        Narrowing("side", sides if view.who.services else ()),
        Narrowing("kind", reasons),
    ]
    return Shown(view, EXCUSES, narrowings, held.find, is_file)


def _values(view: View) -> dict[str, Callable[[ExcuseRow], Sequence[str]]]:
    def sides(row: ExcuseRow) -> list[str]:
        asking, answering = (row.supplier, row.client) if row.party == "supplier" else (row.client, row.supplier)
        return [side for side, service in ((BY_US, asking), (BY_THEM, answering)) if view.who.is_of(service)]

    return {
        "state": lambda row: (row.state,),
        "contract": lambda row: (row.contract,),
        "side": sides,
        "kind": lambda row: (row.reason,),
    }


def _keys(view: View) -> dict[str, Callable[[ExcuseRow], Any]]:
    commitments = {row.id: row for row in view.commitments}

    def called(row: ExcuseRow) -> str:
        found = commitments.get(row.scope)
        if found is not None:
            return plain(title(view, found.deliverable, found.criterion))
        contract = view.contracts.get(row.contract)
        return plain(view.to(contract.title)) if contract is not None else row.scope

    return {
        "what": called,
        "reason": lambda row: plain(excuse_words(row.reason, view.language)),
        "state": lambda row: STATES.index(row.state),
        "asked": lambda row: (row.asked_at, row.position),
    }
