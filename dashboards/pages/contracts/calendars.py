"""`/calendars`: the opening hours that working time is counted by, the days ahead that differ, and who counts by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import groupby

from fastapi import APIRouter, Request, Response

from dashboards.language import Language
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from services.access import Right
from services.contracts.calendar_rows import CalendarRow, Hours
from services.contracts.reading import read_calendars, read_published_calendars


@dataclass(frozen=True)
class Shown:
    """`weekly` and `special` in words: a day, its hours, and why it differs."""

    row: CalendarRow
    city: str
    weekly: tuple[tuple[str, str], ...]
    special: tuple[tuple[str, str, str], ...]
    ends: str
    contracts: tuple[tuple[str, str], ...]


def hours_words(hours: Hours, language: Language) -> str:
    """`09:00 – 12:30, 13:30 – 18:00`; in words where it is closed, or open all day."""
    if not hours:
        return language.text("calendars.closed")
    if hours == ((0, 1440),):
        return language.text("calendars.all_day")
    return ", ".join(f"{_clock(start, language)} – {_clock(end, language)}" for start, end in hours)


def weekly_words(weekly: Sequence[Hours], language: Language) -> Iterator[tuple[str, str]]:
    """Days that follow each other with the same hours together."""
    for hours, days in groupby(range(len(weekly)), key=weekly.__getitem__):
        first, *rest = [language.weekday(day) for day in days]
        yield f"{first} – {rest[-1]}" if rest else first, hours_words(hours, language)


def _clock(minutes: int, language: Language) -> str:
    """24:00 ends a day."""
    if minutes == 1440:
        return language.text("calendars.midnight")
    return language.clock(time(minutes // 60, minutes % 60))


def shown(view: View, row: CalendarRow) -> Shown:
    language = view.language
    titles = {id: view.to(view.contracts[id].title) for id in row.contracts if id in view.contracts}
    return Shown(
        row,
        view.moments(row.timezone).city,
        tuple(weekly_words(row.weekly, language)),
        tuple(
            (language.day(day, year=True), language.text(f"calendars.why_{why}"), hours_words(hours, language))
            for day, why, hours in row.special
        ),
        language.day(row.last_day, year=True) if row.last_day is not None else "",
        tuple((id, titles.get(id, id)) for id in row.contracts),
    )


def add_calendars(router: APIRouter, pages: Pages) -> None:
    @router.get("/calendars")
    def calendars(request: Request) -> Response:
        view = View(pages, request)
        return view.render("contracts/calendars.html", rows=[shown(view, row) for row in _listed(view)])


def _listed(view: View) -> list[CalendarRow]:
    """Those of the contracts that the reader sees; for who publishes them, those too that no such contract uses."""
    now = view.known.watermark
    rows = read_calendars(view.seen, now)
    if view.who.may(Right.ADMINISTER):
        named = {row.id for row in rows}
        rows += [row for row in read_published_calendars(view.seen, now) if row.id not in named]
    return rows
