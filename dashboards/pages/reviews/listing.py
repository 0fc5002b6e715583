"""The list of reviews: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import ALL, Choice, Column, Held, Listing, Narrowing, Shown, wanted_of
from dashboards.pages.house.narrowing import by_contract
from dashboards.plain import plain
from services.reviews.reading import read_reviews
from services.reviews.rows import STATES, ReviewRow

COMING, PAST = "coming", "past"
"""Values of the filter `state`: what is not over, and what is."""
REVIEWS: Final = Listing(
    "/reviews",
    (
        Column("when", "th.when"),
        Column("contract", "th.contract"),
        Column("state", "th.state"),
        Column("decisions", "th.decisions"),
        Column("pack", "review.pack", "way", is_sorted=False),
    ),
    order="when",
    filters={"state": "th.when", "contract": "th.contract", "kind": "th.state"},
    otherwise={"state": COMING},
    orders={PAST: "-when", ALL: "-when"},
    table="reviews",
)


def shown_reviews(view: View, *, is_file: bool = False) -> Shown[ReviewRow]:
    """The list as its address asks for it."""
    rows = sorted(read_reviews(view.seen), key=lambda row: row.starts)
    held = Held(rows, _values(view.known.watermark), _keys(view))
    here = wanted_of(view, REVIEWS, is_file=is_file)
    text, counts, there = view.language.text, held.counts(here, "state"), held.every("kind")
    tabs = [
        Choice(COMING, text("reviews.coming"), counts[COMING]),
        Choice(PAST, text("reviews.past"), counts[PAST]),
        Choice(ALL, text("word.all"), counts.total()),
    ]
    narrowings = [
        Narrowing("state", tabs, is_tabs=True),
        by_contract(view, held.every("contract")),
        Narrowing("kind", [Choice(one, text(f"review_state.{one}")) for one in STATES if one in there]),
    ]
    return Shown(view, REVIEWS, narrowings, held.find, is_file)


def _values(now: int | None) -> dict[str, Callable[[ReviewRow], Sequence[str]]]:
    """`now`: how far time has passed."""
    return {
        "state": lambda row: (COMING if now is None or row.ends >= now else PAST,),
        "contract": lambda row: (row.contract,),
        "kind": lambda row: (row.state,),
    }


def _keys(view: View) -> dict[str, Callable[[ReviewRow], Any]]:
    def called(row: ReviewRow) -> str:
        contract = view.contracts.get(row.contract)
        return plain(view.to(contract.title)) if contract is not None else row.contract

    return {
        "when": lambda row: row.starts,
        "contract": called,
        "state": lambda row: STATES.index(row.state),
        "decisions": lambda row: len(row.decisions) + len(row.taken),
    }
