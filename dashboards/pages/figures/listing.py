"""The list of commitments: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dashboards.language import first_up
from dashboards.pages.figures.standings import Standing, standing
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Held, Listing, Narrowing, Shown
from dashboards.pages.house.narrowing import MINE, OWED_BY, OWED_TO, by_contract, by_mine, by_service, by_side
from dashboards.plain import plain
from dashboards.standing import EXPOSURE, exposure

COMMITMENTS: Final = Listing(
    "/portfolio",
    (
        Column("standing", "th.standing"),
        Column("commitment", "th.commitment"),
        Column("figure", "th.figure", "num", is_sorted=False),
        Column("trend", "th.trend", is_sorted=False),
        Column("due", "th.next_due"),
        Column("points", "th.open_points"),
    ),
    order="standing",
    filters={
        "contract": "th.contract",
        "debtor": "portfolio.owes",
        "creditor": "portfolio.owed",
        "side": "list.side",
        "mine": "list.whose",
        "owner": "th.owner",
        "state": "th.standing",
        "kind": "portfolio.kind",
    },
    table="commitments",
    place="#exposed",
)


def shown_commitments(view: View, *, is_file: bool = False) -> Shown[Standing]:
    """The list as its address asks for it, the most exposed first."""
    rows = [standing(view, row) for row in sorted(view.commitments, key=exposure)]
    held = Held(rows, _values(view), _keys())
    text, there = view.language.text, held.every("state")
    kinds = [Choice(one, first_up(text(f"kind.{one}").partition(":")[0].strip())) for one in sorted(held.every("kind"))]
    narrowings = [
        by_contract(view, held.every("contract")),
        by_service(view, "debtor", held.every("debtor")),
        by_service(view, "creditor", held.every("creditor")),
        by_side(view),
        by_mine(view),
        Narrowing("owner", sorted((Choice(one, view.person(one)) for one in held.every("owner")), key=_words)),
        Narrowing("state", [Choice(one, first_up(text(f"disc.{one}"))) for one in EXPOSURE if one in there]),
        Narrowing("kind", kinds),
    ]
    return Shown(view, COMMITMENTS, narrowings, held.find, is_file)


def _values(view: View) -> dict[str, Callable[[Standing], Sequence[str]]]:
    person = view.who.person

    def sides(one: Standing) -> list[str]:
        parties = ((OWED_BY, one.row.debtor), (OWED_TO, one.row.creditor))
        return [side for side, service in parties if view.who.is_of(service)]

    return {
        "contract": lambda one: (one.row.contract,),
        "debtor": lambda one: (one.row.debtor,),
        "creditor": lambda one: (one.row.creditor,),
        "side": sides,
        "mine": lambda one: (MINE,) if person is not None and one.row.criterion.owner == person else (),
        "owner": lambda one: (one.row.criterion.owner,) if one.row.criterion.owner else (),
        "state": lambda one: (one.disc,),
        "kind": lambda one: (one.row.criterion.indicator.kind,),
    }


def _keys() -> dict[str, Callable[[Standing], Any]]:
    """Of what stands alike the most exposed stays first; the most open points come first, too."""
    return {
        "standing": lambda one: EXPOSURE.index(one.disc),
        "commitment": lambda one: plain(one.title),
        "due": lambda one: one.row.next_due,
        "points": lambda one: -(one.row.breaches_open + one.row.actions_overdue + one.row.at_risk),
    }


def _words(choice: Choice) -> str:
    return plain(choice.words)
