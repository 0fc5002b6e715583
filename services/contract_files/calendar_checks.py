"""Calendars that could never be used: no opening, one day said twice, holidays that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from domain.saying import said, said_by
from services.contract_files import readings
from services.contract_files.calendar_reading import holiday_dates
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.holidays_source import HolidaysUnknown


def calendar_problems(document: Document, tree: Tree, at: Path) -> Iterator[Problem]:
    """Problems of a calendar of good form, which stands under `at`."""
    yield from _days_said_twice(document, tree["open"], (*at, "open"))
    yield from _openings_said_twice(document, tree.get("openings", []), (*at, "openings"))
    if not any(tree["open"].values()) and not any(one["at"] for one in tree.get("openings", [])):
        yield document.problem(
            (*at, "open"), said("the calendar is never open"), said('such as {mon-fri: ["09:00-18:00"]}')
        )
    if "holidays" in tree:
        yield from _holiday_problems(document, tree["holidays"], (*at, "holidays"))


def _days_said_twice(document: Document, hours: Tree, at: Path) -> Iterator[Problem]:
    stated: dict[int, str] = {}
    for days in hours:
        for day in readings.weekdays(days):
            if day in stated:
                what = said(
                    "{weekdays} is said twice: in “{stated}” and here",
                    weekdays=readings.WEEKDAYS[day],
                    stated=stated[day],
                )
                yield document.problem((*at, days), what, said("once, with all its hours"), of_key=True)
            stated.setdefault(day, days)


def _openings_said_twice(document: Document, openings: list[Tree], at: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, one in enumerate(openings):
        day = one["date"]
        if day in seen:
            yield document.problem(
                (*at, index, "date"), said("{day} has openings already", day=day), said("once, with all its hours")
            )
        seen.add(day)


def _holiday_problems(document: Document, holidays: Tree, at: Path) -> Iterator[Problem]:
    try:
        dates = holiday_dates(holidays)
    except HolidaysUnknown as error:
        yield document.problem((*at, error.key), said_by(error), error.mend)
        return
    years = readings.years(holidays["years"])
    outside = [one for one in dates if one.year not in years]
    if outside and "dates" in holidays:
        what = said("{outside} lies outside {years}", outside=outside[0], years=holidays["years"])
        yield document.problem((*at, "dates"), what, said("dates of these years"))
