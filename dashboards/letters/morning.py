"""The morning mail: what stands on its person's *Today*, and on Mondays how the week is (MORNING §2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dashboards.language import first_up
from dashboards.letters.lines import Line
from dashboards.pages.figures.standings import most_exposed
from dashboards.pages.house.frame import View
from dashboards.pages.part import Item
from dashboards.pages.parts import PARTS
from dashboards.pages.today.pressing import Lines, heading, late_item, press, risk_item
from dashboards.pages.today.whose import Whose, count_of, gathered
from domain.kinds.faces import face
from services.access import Right
from services.figures.reading import occurrences_between

MOST: Final = 12
"""Lines under a heading."""


@dataclass(frozen=True)
class Part:
    heading: str
    lines: Sequence[Line]
    more: int


@dataclass(frozen=True)
class WeekDay:
    """`count`: how much falls due on it; `share`: of the fullest day, in percent."""

    name: str
    count: int
    share: int


@dataclass(frozen=True)
class Morning:
    """`week`: on Mondays; else no days."""

    day: str
    heading: str
    sections: Sequence[Part]
    week: Sequence[WeekDay] = ()


def morning_of(view: View) -> Morning:
    """No sections where nothing stands there."""
    every = most_exposed(view, view.commitments)
    mine = [row for row in every if view.who.is_of(row.row.debtor, row.row.creditor)]
    pressing = press(view, mine)
    today = view.moments().local_date(view.now)
    found = [
        _part(
            view,
            "today.late_title",
            [_line(late_item(view, one)) for one in pressing.late.first()],
            pressing.late,
        ),
        _part(
            view,
            "today.risk_title",
            [_line(risk_item(view, one)) for one in pressing.risk.first()],
            pressing.risk,
        ),
        _answers(view),
    ]
    parts = [words for words, _ in heading(view, pressing, pressing)]
    said = first_up(view.language.listing(parts)) if parts else ""
    sections = [one for one in found if one is not None]
    opening = f"{said}." if said else view.language.text("letter.morning_waits")
    week = _week(view, today) if today.weekday() == 0 else []
    return Morning(view.language.long_day(today), opening, sections, week)


def _part(view: View, key: str, lines: Sequence[Line], every: Lines) -> Part | None:
    return Part(view.language.text(key), lines, len(every) - len(lines)) if lines else None


def _answers(view: View) -> Part | None:
    if not (view.who.may(Right.TAKE_PART) or view.who.may(Right.ARBITRATE)):
        return None
    among = {row.id: row for row in view.commitments}
    whose = Whose.of(view)
    waiting = [one for part in PARTS if part.waits is not None for one in part.waits(view, among)]
    shown = gathered([one for one in waiting if not whose.is_seen(one.thing)], whose)
    lines = [_line(one.make()) for one in shown[:MOST]]
    return Part(view.language.text("today.answer_title"), lines, count_of(shown) - len(lines)) if lines else None


def _line(item: Item) -> Line:
    says = first_up(" · ".join(str(one) for one in (item.since, item.more) if one))
    return Line(item.mark, item.title, plain_text(item.about), says, item.verb, item.path, item.tone)


def plain_text(words: str) -> str:
    """The words without markup that a page needs for its lines."""
    striptags = getattr(words, "striptags", None)
    return str(striptags()) if striptags is not None else words


def _week(view: View, monday: date) -> list[WeekDay]:
    """What falls due on each day of the week; a day of the weekend where something does."""
    clock = view.moments()
    days = [monday + timedelta(days=n) for n in range(7)]
    (first, _), (_, last) = clock.span(days[0]), clock.span(days[-1])
    mine = [row for row in view.commitments if view.who.is_of(row.debtor, row.creditor)]
    ids = [row.id for row in mine if face(row.criterion.indicator).has_limit]
    counts = dict.fromkeys(days, 0)
    ahead = occurrences_between(view.seen, ids, first, last).values()
    dues = [one.due for found in ahead for one in found if one.due is not None]
    for day in map(clock.local_date, dues):
        if day in counts:
            counts[day] += 1
    fullest = max(counts.values())
    return (
        [
            WeekDay(view.language.day(day), count, 100 * count // fullest if fullest else 0)
            for day, count in counts.items()
            if count or day.weekday() < 5
        ]
        if fullest
        else []
    )
