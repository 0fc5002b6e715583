"""A calendar's tree → its terms. Structure only; holidays are the dates that were copied in."""

from __future__ import annotations

from datetime import date

from domain.terms import CalendarTerms, DayHours
from services.contract_files import readings
from services.contract_files.documents import Tree
from services.contract_files.holidays_source import expand_holidays


def calendar_of(tree: Tree, id: str, timezone: str) -> CalendarTerms:
    """The terms of a calendar of good form. `timezone` stands where the calendar says none."""
    holidays = tree.get("holidays")
    return CalendarTerms(
        id=id,
        timezone=tree.get("timezone", timezone),
        weekly=_weekly(tree["open"]),
        starts=readings.local_date(tree["from"]) if "from" in tree else None,
        holidays=tuple(holiday_dates(holidays)) if holidays else (),
        last_year=max(readings.years(holidays["years"])) if holidays else None,
        closures=tuple(sorted(readings.date_span(one) for one in tree.get("closures", ()))),
        openings=tuple(
            sorted((readings.local_date(one["date"]), _hours(one["at"])) for one in tree.get("openings", ()))
        ),
    )


def holiday_dates(tree: Tree) -> list[date]:
    """The dates copied in; before publishing, those of the library."""
    if "dates" in tree:
        return sorted(readings.local_date(one) for one in tree["dates"])
    return expand_holidays(tree["country"], readings.years(tree["years"]), tree.get("subdivision"))


def with_holidays(tree: Tree) -> Tree:
    """The calendar with its holidays copied in, for good."""
    holidays = tree.get("holidays")
    if holidays is None or "dates" in holidays:
        return tree
    return {**tree, "holidays": {**holidays, "dates": [one.isoformat() for one in holiday_dates(holidays)]}}


def _weekly(tree: Tree) -> tuple[DayHours, ...]:
    by_day = {day: _hours(value) for days, value in tree.items() for day in readings.weekdays(days)}
    return tuple(by_day.get(day, DayHours(())) for day in range(7))


def _hours(value: str | list[str]) -> DayHours:
    """Ascending spans; those that touch become one."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(readings.hours(one) for one in readings.as_list(value)):
        opens, closes = spans.pop() if spans else (start, start)
        spans += [(opens, end)] if closes == start else [(opens, closes), (start, end)]
    return DayHours(tuple(spans))
