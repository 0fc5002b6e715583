"""The list of unmatched events: what it is sorted and narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Found, Held, Listing, Narrowing, Shown, Wanted
from dashboards.pages.house.narrowing import by_contract
from dashboards.plain import plain
from services.matches.reading import read_strays, read_unmatched_of
from services.matches.rows import UnmatchedRow
from services.matches.unmatched_rows import Stray

UNMATCHED: Final = Listing(
    "/quarantine",
    (
        Column("event", "th.event", is_sorted=False),
        Column("happened", "th.happened", is_sorted=False),
        Column("source", "th.source", is_sorted=False),
        Column("reason", "th.reason"),
        Column("commitments", "th.commitments"),
        Column("position", "th.position", "num"),
        Column("belongs", "th.belongs_to", is_sorted=False),
    ),
    order="position",
    filters={"contract": "th.contract", "kind": "th.reason"},
    table="unmatched",
    place="#unmatched",
    prefix="event_",
)


def shown_unmatched(view: View, *, aside: bool = False, is_file: bool = False) -> Shown[UnmatchedRow]:
    """The list as its address asks for it; `aside`: of the events that belong nowhere."""
    held = Held(read_strays(view.seen, aside=aside), _values(), _keys(view))
    reasons = [Choice(one, reason_words(view, one)) for one in sorted(held.every("kind")) if one]

    def find(asked: Wanted, offset: int, limit: int) -> Found[UnmatchedRow]:
        found = held.find(asked, offset, limit)
        return Found(found.total, read_unmatched_of(view.seen, found.rows))

    narrowings = [by_contract(view, held.every("contract")), Narrowing("kind", reasons)]
    return Shown(view, UNMATCHED, narrowings, find, is_file)


def reason_words(view: View, reason: str) -> str:
    key = f"reason.{reason}"
    return view.language.text(key) if view.language.has(key) else reason


def _values() -> dict[str, Callable[[Stray], Sequence[str]]]:
    return {
        "contract": lambda one: [id.partition("/")[0] for id in one.commitments],
        "kind": lambda one: (one.reason,),
    }


def _keys(view: View) -> dict[str, Callable[[Stray], Any]]:
    commitments = {row.id: row for row in view.commitments}

    def called(one: Stray) -> list[str]:
        rows = [commitments[id] for id in one.commitments if id in commitments]
        return [plain(title(view, row.deliverable, row.criterion)) for row in rows]

    return {
        "reason": lambda one: plain(reason_words(view, one.reason)),
        "commitments": called,
        "position": lambda one: one.position,
    }
