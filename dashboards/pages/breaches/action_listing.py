"""The list of actions: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import ALL, Choice, Column, Found, Held, Listing, Narrowing, Shown, Wanted, wanted_of
from dashboards.pages.house.narrowing import MINE, OWED_BY, OWED_TO, by_contract, by_service
from dashboards.plain import plain
from dashboards.words import action_words
from services.breaches.action_pages import ActionLine, read_action_lines, read_named_actions, read_overdue_ids
from services.breaches.rows import ActionRow
from services.figures.rows import CommitmentRow

ACTIONS: Final = Listing(
    "/actions",
    (
        Column("action", "th.action"),
        Column("commitment", "th.commitment"),
        Column("owner", "th.owner"),
        Column("due", "th.due"),
        Column("state", "th.state"),
    ),
    order="due",
    filters={
        "state": "th.state",
        "contract": "th.contract",
        "service": "contracts.party",
        "side": "th.owner",
        "mine": "list.whose",
        "commitment": "th.commitment",
    },
    otherwise={"state": "open"},
    table="actions",
)
STATES: Final = ("open", "closed", "not needed")


def shown_actions(view: View, *, is_file: bool = False) -> Shown[ActionRow]:
    """The list as its address asks for it."""
    lines = sorted(read_action_lines(view.seen), key=lambda one: one.state != "open")
    held = Held(lines, _values(view), _keys(view, {row.id: row for row in view.commitments}))
    here = wanted_of(view, ACTIONS, is_file=is_file)

    def find(asked: Wanted, offset: int, limit: int) -> Found[ActionRow]:
        found = held.find(asked, offset, limit)
        return Found(found.total, read_named_actions(view.seen, [one.id for one in found.rows]))

    return Shown(view, ACTIONS, _narrowings(view, held, here), find, is_file)


def _values(view: View) -> dict[str, Callable[[ActionLine], Sequence[str]]]:
    """What each filter asks of an action. Those of a person are those that name them."""
    person = view.who.person
    return {
        "state": lambda one: (one.state,),
        "contract": lambda one: (one.commitment.partition("/")[0],),
        "commitment": lambda one: (one.commitment,),
        "service": lambda one: (one.owner,),
        "side": lambda one: (OWED_BY if view.who.is_of(one.owner) else OWED_TO,),
        "mine": lambda one: (MINE,) if person is not None and one.person == person else (),
    }


def _keys(view: View, commitments: Mapping[str, CommitmentRow]) -> dict[str, Callable[[ActionLine], Any]]:
    """What the columns are sorted by."""

    @cache
    def overdue() -> frozenset[str]:
        return read_overdue_ids(view.seen)

    def called(id: str) -> str:
        row = commitments.get(id)
        return plain(title(view, row.deliverable, row.criterion)) if row is not None else id

    return {
        "action": lambda one: plain(action_words(one.text, one.cause, view.language)),
        "commitment": lambda one: called(one.commitment),
        "owner": lambda one: (plain(view.service(one.owner)), plain(view.person(one.person))),
        "due": lambda one: one.due,
        "state": lambda one: (STATES.index(one.state), one.id not in overdue()),
    }


def _narrowings(view: View, held: Held[ActionLine], here: Wanted) -> list[Narrowing]:
    text, states = view.language.text, held.counts(here, "state")
    tabs = [Choice(state, text(f"action_state.{state.replace(' ', '_')}"), states[state]) for state in STATES]
    sides = [Choice(OWED_BY, text("actions.ours")), Choice(OWED_TO, text("actions.theirs"))]
    return [
        Narrowing("state", [*tabs, Choice(ALL, text("word.all"), states.total())], is_tabs=True),
        by_contract(view, held.every("contract")),
        by_service(view, "service", held.every("service")),
        Narrowing("side", sides if view.who.services else ()),
        Narrowing("mine", [Choice(MINE, text("actions.mine"))] if view.who.person else ()),
        Narrowing("commitment", is_kept=True),
    ]
