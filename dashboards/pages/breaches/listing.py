"""The list of breaches: its columns, what it is narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from dashboards.language import first_up
from dashboards.pages.causes.called import called
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import ALL, Choice, Column, Found, Listing, Narrowing, Shown, Wanted, wanted_of
from dashboards.pages.house.narrowing import by_contract, by_mine, by_side, narrowed
from dashboards.plain import plain
from dashboards.words import cause_words, period_words
from services.breaches.breach_pages import (
    CONDITIONS,
    NO_ROOT,
    TO_ANSWER,
    BreachCount,
    Narrowed,
    read_breach_counts,
    read_breach_page,
)
from services.breaches.rows import BreachRow
from services.causes.reading import read_causes
from services.figures.rows import CommitmentRow

BREACHES: Final = Listing(
    "/breaches",
    (
        Column("cause", "th.cause"),
        Column("commitment", "th.commitment"),
        Column("period", "th.about"),
        Column("since", "th.since"),
        Column("handling", "th.handling"),
        Column("root", "th.root_cause"),
        Column("action", "th.action", "way"),
    ),
    order="-since",
    filters={
        "state": "th.state",
        "contract": "th.contract",
        "side": "list.side",
        "mine": "list.whose",
        "period": "th.about",
        "kind": "th.cause",
        "root": "th.root_cause",
        "commitment": "th.commitment",
    },
    otherwise={"state": TO_ANSWER},
    table="breaches",
)
MOST_PERIODS: Final = 60
"""Periods that are offered, the newest."""


def shown_breaches(view: View, *, is_file: bool = False) -> Shown[BreachRow]:
    """The list as its address asks for it."""
    counts = read_breach_counts(view.seen)
    commitments = {row.id: row for row in view.commitments}
    known = [one for one in counts if one.commitment in commitments]
    causes = sorted({one.cause for one in known}, key=lambda cause: plain(cause_words(cause, view.language)))
    roots = sorted({one.root for one in known} - {NO_ROOT}, key=lambda root: (plain(called(view, root)), root))

    def find(asks: Wanted, offset: int, limit: int) -> Found[BreachRow]:
        asked = _narrowed(view, list(commitments.values()), asks, known)
        taken = [one for one in known if asked.takes(one)]
        ranks = _ranks(view, commitments, taken, is_down=asks.is_down) if asks.column == "commitment" else ()
        if not taken:
            return Found(0, ())
        rows = read_breach_page(
            view.seen,
            asked,
            asks.column,
            limit,
            offset,
            is_down=asks.is_down,
            ranks=ranks,
            causes=roots if asks.column == "root" else causes,
        )
        return Found(sum(one.rows for one in taken), rows)

    here = wanted_of(view, BREACHES, is_file=is_file)
    beside = _narrowed(view, list(commitments.values()), here, known)._replace(state="")
    states = Counter[str]()
    for one in known:
        for state in one.states if beside.takes(one) else ():
            states[state] += one.rows
    return Shown(view, BREACHES, _narrowings(view, known, states), find, is_file)


def _narrowed(
    view: View, commitments: Sequence[CommitmentRow], asked: Wanted, known: Sequence[BreachCount]
) -> Narrowed:
    """What the address asks for. Commitments are named where not all are meant that have any breach."""
    mine = {row.id for row in narrowed(view, commitments, asked)}
    is_whole = view.who.sees_everything and all(one.commitment in mine for one in known)
    return Narrowed(
        asked.value("state"),
        asked.value("period"),
        asked.value("kind"),
        None if is_whole else frozenset(mine),
        asked.value("root"),
    )


def _ranks(
    view: View, commitments: dict[str, CommitmentRow], taken: Sequence[BreachCount], *, is_down: bool
) -> list[tuple[str, int]]:
    """The commitments by title, and how many breaches of each are in the list."""
    counts: Counter[str] = Counter()
    for one in taken:
        counts[one.commitment] += one.rows
    titles = {id: plain(title(view, commitments[id].deliverable, commitments[id].criterion)) for id in counts}
    return sorted(counts.items(), key=lambda one: (titles[one[0]], one[0]), reverse=is_down)


def _narrowings(view: View, counts: Sequence[BreachCount], states: Counter[str]) -> list[Narrowing]:
    """`states`: how many breaches each state has, as the list is narrowed otherwise."""
    language = view.language
    words = {state: language.text(f"state_word.{state}") for state in CONDITIONS if state != TO_ANSWER}
    words = {TO_ANSWER: language.text("breaches.to_answer"), **words, "open": language.text("breaches.standing")}
    tabs = [Choice(state, said, states[state]) for state, said in words.items()]
    every = states.total() - states[TO_ANSWER]  # which are open, too
    periods = sorted({one.period for one in counts}, reverse=True)[:MOST_PERIODS]
    causes = sorted({one.cause for one in counts})
    known = {one.root for one in counts} | set(read_causes(view.seen))
    roots = [Choice(root, called(view, root)) for root in known - {NO_ROOT}]
    said = sorted(roots, key=lambda one: (plain(one.words), one.value))
    return [
        Narrowing("state", [*tabs, Choice(ALL, language.text("word.all"), every)], is_tabs=True),
        by_contract(view, {one.commitment.partition("/")[0] for one in counts}),
        by_side(view),
        by_mine(view),
        Narrowing("period", [Choice(one, period_words(one, language)) for one in periods]),
        Narrowing("kind", [Choice(one, first_up(cause_words(one, language))) for one in causes]),
        Narrowing("root", [*said, Choice(NO_ROOT, language.text("breaches.no_root"))] if said else ()),
        Narrowing("commitment", is_kept=True),
    ]
