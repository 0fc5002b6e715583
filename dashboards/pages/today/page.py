"""`/`: what needs somebody this morning: what is late, what is at risk, what waits for an answer; one's own first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards import charts
from dashboards.language import first_up
from dashboards.pages.figures.standings import Standing, most_exposed, strip_or_trend, unknown_sentence
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Making
from dashboards.pages.parts import PARTS
from dashboards.pages.today.dayline import day_line
from dashboards.pages.today.pressing import (
    LOOK_BACK,
    MOST,
    heading,
    items,
    late_item,
    press,
    rank_of,
    risk_item,
)
from dashboards.standing import is_on_track, mark_of
from domain.kinds.faces import face
from services.access import Right
from services.figures.reading import occurrences_between, verdicts_between
from services.figures.rows import OccurrenceRow
from services.reviews.reading import read_reviews

EVERY = 1_000_000
"""More than any list has lines."""
EXPOSED, REVIEWS = 5, 4
"""Commitments and reviews at the side."""
MOST_READ = 60
"""Commitments, the most exposed first, whose week is drawn."""
OPEN = ("pending", "missing", "failed")
"""Verdicts that this morning is about, whenever they were due."""


@dataclass(frozen=True)
class WeekDay:
    name: str
    marks: Markup
    count: int
    is_today: bool


def today_page(view: View, scope: str, whole: str = "") -> Response:
    """`whole`: the list that is shown to its end."""
    every = most_exposed(view, view.commitments)
    scopes = _scopes(view, every)
    chosen = scope if scope in scopes else "all"
    rows = scopes[chosen]
    everything = press(view, every)
    pressing, seen = everything.of(rows), _occurrences(view, rows)
    answers, waiting = _answers(view, rows, is_whole=whole == "answer")
    now = view.known.watermark
    exposed = [row for row in rows if not is_on_track(row.disc)][:EXPOSED]
    return view.render(
        "today/today.html",
        heading=heading(view, pressing, everything),
        lede=_lede(view, rows, waiting),
        has_unknown=bool(unknown_sentence(view.language, rows)),
        today=view.language.long_day(view.moments().local_date(now)) if now is not None else "",
        scope=chosen,
        scopes=[(name, len(found)) for name, found in scopes.items()] if len(scopes) > 1 else [],
        late=items(view, pressing.late, late_item, is_whole=whole == "late"),
        late_total=len(pressing.late),
        risk=items(view, pressing.risk, risk_item, is_whole=whole == "risk"),
        risk_total=len(pressing.risk),
        answers=answers,
        answers_total=waiting,
        line=day_line(view, rows, seen),
        week=_week(view, rows, seen),
        exposed=[(row, strip_or_trend(view, row)) for row in exposed],
        total=len(rows),
        reviews=_reviews(view),
        is_empty=not every and not waiting,
    )


def _scopes(view: View, every: list[Standing]) -> dict[str, list[Standing]]:
    """Whose commitments are shown: those whose indicator the reader owns; those that are owed to and by the reader's services;
    all. A narrower one where it holds some and fewer than the next."""
    own = [row for row in every if rank_of(view, row) == 0]
    mine = [row for row in every if rank_of(view, row) == 0 or _is_party(view, row)]
    found = {"all": every}
    if mine and len(mine) < len(every):
        found = {"mine": mine, **found}
    if own and len(own) < len(mine):
        found = {"own": own, **found}
    return found


def _is_party(view: View, row: Standing) -> bool:
    return view.who.is_of(row.row.debtor, row.row.creditor)


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


def _answers(view: View, rows: Sequence[Standing], *, is_whole: bool) -> tuple[list[Item], int]:
    """The first ones, or all, and how many there are."""
    most = EVERY if is_whole else MOST
    if not (view.who.may(Right.TAKE_PART) or view.who.may(Right.ARBITRATE)):
        return [], 0
    among = {row.row.id: row.row for row in rows}
    making: list[Making] = []
    waiting = 0
    for waits in (part.waits for part in PARTS if part.waits is not None):
        found, count = waits(view, among, most)
        making, waiting = [*making, *found], waiting + count
    return [make() for make in making[:most]], waiting


# the words at the top, and the side


def _lede(view: View, rows: Sequence[Standing], answers: int) -> str:
    language = view.language
    good = sum(is_on_track(row.disc) for row in rows)
    first = language.counted("today.waiting", answers) + " " if answers else ""
    unknown = unknown_sentence(view.language, rows)
    return first + language.counted("today.on_track", good, total=len(rows)) + (f" {unknown}" if unknown else "")


def _week(view: View, rows: Sequence[Standing], seen: dict[str, list[OccurrenceRow]]) -> list[WeekDay]:
    """The days of this week, each with what falls due on it."""
    now = view.known.watermark
    if now is None:
        return []
    clock = view.moments()
    today = clock.local_date(now)
    monday = today - timedelta(days=today.weekday())
    spans = {day: clock.span(day) for day in (monday + timedelta(days=n) for n in range(7))}
    days: dict[date, list[tuple[int, str]]] = {day: [] for day in spans}
    (first, _), (_, last) = spans[monday], spans[monday + timedelta(days=6)]
    shown_rows = [row for row in rows[:MOST_READ] if face(row.row.criterion.indicator).has_limit]
    ids = [row.row.id for row in shown_rows]
    found = verdicts_between(view.seen, ids, first, last, opened_since=now - LOOK_BACK)
    for id in ids:
        found += [(one.due, mark_of(one)) for one in seen.get(id, ()) if one.due is not None and one.verdict in OPEN]
    starts = [start for start, _ in spans.values()]
    for due, mark in found:
        if first <= due < last:
            days[monday + timedelta(days=bisect_right(starts, due) - 1)].append((due, mark))
    shown = []
    for day, marks in days.items():
        if not marks and day.weekday() >= 5:
            continue
        names = [name for _, name in sorted(marks)]
        drawn = charts.cells(names[:48], view.language, a_row=12) if names else Markup("")
        shown.append(WeekDay(view.language.day(day), drawn, len(names), day == today))
    return shown


def _reviews(view: View) -> list[tuple[str, str, str, str, str]]:
    now = view.known.watermark or 0
    contracts = view.contracts
    coming = islice((row for row in read_reviews(view.seen) if row.ends >= now), REVIEWS)
    return [
        (
            view.to(contracts[row.contract].title),
            link(f"/reviews/{row.id}"),
            first_up(view.moments(contracts[row.contract].timezone).moment(row.starts)),
            link(f"/reviews/{row.id}/pack"),
            view.language.text("review.draft_pack" if row.position is None else "review.pack"),
        )
        for row in coming
    ]


def add_today(router: APIRouter, pages: Pages) -> None:
    @router.get("/")
    def today(request: Request, scope: str = "", whole: str = "") -> Response:
        view = View(pages, request)
        return today_page(view, scope or "mine", whole)
