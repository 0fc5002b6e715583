"""The list of what repeats in a contract: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dashboards.pages.causes.called import group_called
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Column, Held, Listing, Narrowing, Shown, wanted_of
from dashboards.pages.house.narrowing import by_contract
from dashboards.plain import plain
from domain.repeats import Group
from services.breaches.breach_pages import read_breach_counts
from services.causes.repeating import read_repeats
from services.causes.rows import RepeatsRow

REPEATS: Final = Listing(
    "/repeats",
    (
        Column("cause", "th.cause"),
        Column("breaches", "th.breaches"),
        Column("misses", "th.misses"),
        Column("weight", "th.weight"),
        Column("share", "th.share"),
        Column("recurrences", "th.recurrences"),
        Column("read", "repeats.read", "way", is_sorted=False),
    ),
    order="rank",
    filters={"contract": "th.contract", "since": "repeats.since", "until": "repeats.until"},
    table="repeats",
)


class Line(NamedTuple):
    """A group of a contract, and what it is called."""

    contract: str
    group: Group
    called: str


def open_breaches(view: View) -> Counter[str]:
    """How many breaches are open, by contract: of others nothing repeats."""
    found: Counter[str] = Counter()
    for one in read_breach_counts(view.seen):
        if one.state == "open":
            found[one.commitment.partition("/")[0]] += one.rows
    return found


def repeats_asked(view: View) -> RepeatsRow | None:
    """What repeats in the contract that the address names; None where it names none that is there. Raises Invalid."""
    asked, signed = wanted_of(view, REPEATS), _signed(view)
    contract = asked.value("contract")
    if contract not in signed:
        return None
    return read_repeats(view.seen, contract, asked.value("since"), asked.value("until"))


def shown_repeats(view: View, row: RepeatsRow | None, *, is_file: bool = False) -> Shown[Line]:
    """The list as its address asks for it. A file without a contract is of all that have any."""
    lines = lines_of(view, row) if row is not None else []
    if is_file and row is None:
        lines = [line for id in sorted(open_breaches(view)) for line in lines_of(view, read_repeats(view.seen, id))]
    held = Held(lines, {}, _KEYS)
    narrowings = [
        by_contract(view, _signed(view)),
        Narrowing("since", typed="day"),
        Narrowing("until", typed="day"),
    ]
    return Shown(view, REPEATS, narrowings, held.find, is_file)


def _signed(view: View) -> list[str]:
    """The contracts of which something is in force."""
    return [id for id in view.contracts if id in view.seen.catalogue.contracts]


def lines_of(view: View, row: RepeatsRow) -> Sequence[Line]:
    titles = {
        one.deliverable.id: view.to(one.deliverable.title) for one in view.commitments if one.contract == row.contract
    }
    return [Line(row.contract, one, group_called(view, one.cause, titles)) for one in row.groups]


_KEYS: Final[Mapping[str, Callable[[Line], Any]]] = {
    "cause": lambda one: plain(one.called),
    "breaches": lambda one: len(one.group.breaches),
    "misses": lambda one: len(one.group.misses),
    "weight": lambda one: one.group.weight,
    "share": lambda one: one.group.share,
    "recurrences": lambda one: one.group.recurrences,
}
