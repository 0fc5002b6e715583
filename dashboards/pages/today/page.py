"""`/`: what needs somebody this morning: what is late, what is at risk, what waits for an answer; one's own first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from dashboards.pages.figures.standings import Standing, most_exposed, strip_or_trend, unknown_sentence
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.part import Item, Waiting
from dashboards.pages.parts import PARTS
from dashboards.pages.today.dayline import day_line
from dashboards.pages.today.first_hour import first_steps
from dashboards.pages.today.pressing import (
    MOST,
    Lines,
    Press,
    heading,
    items,
    late_item,
    press,
    rank_of,
    risk_item,
)
from dashboards.pages.today.side import MOST_READ, awaited_of_others, coming_reviews, of_all_services, week
from dashboards.pages.today.verbs import Doing
from dashboards.pages.today.whose import COLUMNS, Whose, count_of, gathered, shares, thing_of
from dashboards.standing import is_on_track
from domain.kinds.faces import face
from services.access import Right
from services.figures.pressing_rows import LOOK_BACK
from services.figures.reading import occurrences_between
from services.figures.rows import OccurrenceRow

EXPOSED = 5
"""Commitments at the side."""


def today_page(view: View, scope: str, whole: str = "") -> Response:
    """`whole`: the list that is shown to its end."""
    every, whose = most_exposed(view, view.commitments), Whose.of(view)
    scopes = _scopes(view, every, whose)
    chosen = scope if scope in scopes else "all"
    rows = scopes[chosen]
    everything = press(view, every)
    pressing = _own(everything, whose) if chosen == "own" else everything.of(rows)
    seen, doing = _occurrences(view, rows), Doing.of(view, whose)
    answers = _answers(view, scopes, chosen, whose, is_whole=whole == "answer")
    now = view.known.watermark
    exposed = [row for row in rows if not is_on_track(row.disc)][:EXPOSED]

    def listed(found: Lines, name: str) -> list[Item]:
        make = late_item if name == "late" else risk_item
        return items(view, found, lambda view, it: doing.pressing(it, make(view, it)), is_whole=whole == name)

    return view.render(
        "today/today.html",
        heading=heading(view, pressing, everything),
        lede=_lede(view, rows, count_of(answers.every)),
        is_owed=bool(every),
        has_unknown=bool(unknown_sentence(view.language, rows)),
        today=view.language.long_day(view.moments().local_date(now)) if now is not None else "",
        scope=chosen,
        scopes=[(name, len(found)) for name, found in scopes.items()] if len(scopes) > 1 else [],
        late=listed(pressing.late, "late"),
        late_total=len(pressing.late),
        risk=listed(pressing.risk, "risk"),
        risk_total=len(pressing.risk),
        answers=[doing.waiting(one) for one in answers.shown],
        answers_total=len(answers.every),
        answers_count=count_of(answers.every),
        shares=shares(view, whose, answers.every, everything.late) if chosen != "own" else [],
        columns=COLUMNS,
        of_services=of_all_services(view),
        awaited=awaited_of_others(view),
        line=day_line(view, rows, seen),
        week=week(view, rows, seen),
        exposed=[(row, strip_or_trend(view, row)) for row in exposed],
        total=len(rows),
        reviews=coming_reviews(view),
        is_empty=not every and not len(answers.every),
        steps=first_steps(view) if not every else [],
    )


def _scopes(view: View, every: list[Standing], whose: Whose) -> dict[str, list[Standing]]:
    """Whose commitments are shown: those whose indicator the reader owns, or of which something was handed on to them; those that
    are owed to and by the reader's services; all. A narrower one where it holds some and fewer than the next."""
    handed = {row.thing.partition(":")[2].partition(":")[0] for row in whose.handed_to_me()}
    own = [row for row in every if rank_of(view, row) == 0 or row.row.id in handed]
    mine = [row for row in every if rank_of(view, row) == 0 or _is_party(view, row)]
    found = {"all": every}
    if mine and len(mine) < len(every):
        found = {"mine": mine, **found}
    if (own or handed) and len(own) < len(mine):
        found = {"own": own, **found}
    return found


def _is_party(view: View, row: Standing) -> bool:
    return view.who.is_of(row.row.debtor, row.row.creditor)


def _own(everything: Press, whose: Whose) -> Press:
    """What presses and is the reader's: of one's own indicators what was not handed on, and what was handed on to one."""
    return everything.that(lambda it: whose.is_mine(thing_of(it), it.row.row.criterion.owner))


def _is_about_time(row: Standing) -> bool:
    """Says whether something of the commitment can be late, down or out of date."""
    kind = face(row.row.criterion.indicator)
    return kind.has_limit or kind.counts == "seconds"


def _occurrences(view: View, rows: Sequence[Standing]) -> dict[str, list[OccurrenceRow]]:
    """The occurrences that this morning is about, by commitment."""
    now = view.known.watermark
    if now is None:
        return {}
    wanted = [row.row.id for row in rows[:MOST_READ] if _is_about_time(row)]
    clock = view.moments()
    today = clock.span(clock.local_date(now))
    return occurrences_between(view.seen, wanted, now - LOOK_BACK, now + LOOK_BACK, settled=today)


# to sign, to answer


@dataclass(frozen=True)
class Answers:
    """`shown`: the first ones, or all."""

    shown: Sequence[Waiting]
    every: Sequence[Waiting]


def _answers(view: View, scopes: dict[str, list[Standing]], chosen: str, whose: Whose, *, is_whole: bool) -> Answers:
    """What waits for the reader. Under *For me* that is what falls to them, or was handed on to them, whichever commitment it is of."""
    if not (view.who.may(Right.TAKE_PART) or view.who.may(Right.ARBITRATE)):
        return Answers((), ())
    is_own = chosen == "own"
    rows = scopes["mine" if is_own and "mine" in scopes else "all" if is_own else chosen]
    among = {row.row.id: row.row for row in rows}
    every = [
        one
        for part in PARTS
        if part.waits is not None
        for one in part.waits(view, among)
        if _is_shown(view, one, whose, is_own=is_own)
    ]
    every = gathered(every, whose)
    return Answers(every if is_whole else every[:MOST], every)


def _is_shown(view: View, one: Waiting, whose: Whose, *, is_own: bool) -> bool:
    if whose.is_seen(one.thing):
        return False
    falls_to = one.person or (view.who.person if one.task == "answer" else None)
    return not is_own or whose.is_mine(one.thing, falls_to)


# the words at the top


def _lede(view: View, rows: Sequence[Standing], answers: int) -> str:
    language = view.language
    good = sum(is_on_track(row.disc) for row in rows)
    first = language.counted("today.waiting", answers) + " " if answers else ""
    if not rows:
        return first.rstrip()
    unknown = unknown_sentence(view.language, rows)
    return first + language.counted("today.on_track", good, total=len(rows)) + (f" {unknown}" if unknown else "")


def add_today(router: APIRouter, pages: Pages) -> None:
    @router.get("/")
    def today(request: Request, scope: str = "", whole: str = "") -> Response:
        view = View(pages, request)
        return today_page(view, scope or "mine", whole)
