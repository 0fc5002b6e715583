from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from domain.terms import CalendarTerms, DayHours
from services.contract_files import (
    Document,
    HolidaysUnknown,
    calendar_terms,
    check_calendar,
    expand_holidays,
    publish_calendar,
    read_published_calendar,
)

One = Callable[[str], Document]
HEAD = "entente: 1\ncalendar: office-fr\ntimezone: Europe/Paris\n"
FULL = (
    HEAD
    + """from: 2025-01-01
open: {mon-thu: ["09:00-12:30", "13:30-18:00"], fri: "09:00-12:00", "sat, sun": []}
holidays: {country: FR, years: 2025-2026}
closures: [2026-05-15, "2026-08-03..2026-08-14"]
openings: [{date: 2026-12-19, at: ["09:00-12:00", "20:00-24:00"]}]
"""
)
DAY, FRIDAY, CLOSED = DayHours(((540, 750), (810, 1080))), DayHours(((540, 720),)), DayHours(())


def test_a_calendar_says_its_hours_closures_and_openings(one: One) -> None:
    assert calendar_terms(one(FULL)) == CalendarTerms(
        id="office-fr",
        timezone="Europe/Paris",
        weekly=(DAY, DAY, DAY, DAY, FRIDAY, CLOSED, CLOSED),
        starts=date(2025, 1, 1),
        holidays=tuple(expand_holidays("FR", [2025, 2026])),
        last_year=2026,
        closures=((date(2026, 5, 15), date(2026, 5, 15)), (date(2026, 8, 3), date(2026, 8, 14))),
        openings=((date(2026, 12, 19), DayHours(((540, 720), (1200, 1440)))),),
    )


def test_spans_that_touch_become_one_and_weeks_may_wrap(one: One) -> None:
    terms = calendar_terms(one(HEAD + 'open: {sat-mon: ["00:00-12:00", "12:00-24:00"], wednesday: "08:00-09:00"}'))
    whole, hour = DayHours(((0, 1440),)), DayHours(((480, 540),))
    assert terms.weekly == (whole, CLOSED, hour, CLOSED, CLOSED, whole, whole)
    assert terms.last_year is None


def test_holidays_are_copied_in_when_published_and_never_asked_for_again(
    one: One, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = publish_calendar(one(FULL))
    assert json.loads(published)["holidays"]["dates"][:2] == ["2025-01-01", "2025-04-21"]
    terms = calendar_terms(one(FULL))
    monkeypatch.setattr("services.contract_files.holidays_source.holidays", None)
    assert read_published_calendar(published) == terms
    assert publish_calendar(one(published)) == published, "what was published is itself a calendar file"


def test_holidays_of_a_part_of_a_country_are_known() -> None:
    assert date(2026, 12, 26) in expand_holidays("FR", [2026], "57")
    assert date(2026, 12, 26) not in expand_holidays("FR", [2026])


@pytest.mark.parametrize(
    ("country", "years", "part"), [("XX", [2026], None), ("FR", [2026], "nowhere"), ("", [2026], None)]
)
def test_holidays_that_nobody_knows_are_refused(country: str, years: list[int], part: str | None) -> None:
    with pytest.raises(HolidaysUnknown):
        expand_holidays(country, years, part)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("open: {}", '4:7: open: the calendar is never open (such as {mon-fri: ["09:00-18:00"]})'),
        ("open: {mon: []}", '4:7: open: the calendar is never open (such as {mon-fri: ["09:00-18:00"]})'),
        ('open: {mon-fri: "9-17"}', "4:17: open.mon-fri: “9-17” is not a span of hours (such as 09:00-12:30)"),
        (
            'open: {mon: "22:00-06:00"}',
            "4:13: open.mon: “22:00-06:00” ends before it starts (a span stays in one day; 24:00 ends a day)",
        ),
        ('open: {mon: "24:00-24:00"}', "4:13: open.mon: “24:00-24:00” is not a span of hours (such as 09:00-12:30)"),
        (
            'open: {mon: ["10:00-12:00", "09:00-11:00"]}',
            "4:13: open.mon: “09:00-11:00” overlaps the span before it, or comes before it (ascending spans)",
        ),
        (
            'open: {mon: "09:00-10:00", sun-tue: "09:00-10:00"}',
            "4:28: open.sun-tue: monday is said twice: in “mon” and here (once, with all its hours)",
        ),
        (
            'open: {mon: "09:00-10:00"}\nclosures: [2026-08-14..2026-08-03]',
            "5:12: closures[0]: “2026-08-14..2026-08-03” ends before it starts (2026-08-03..2026-08-14)",
        ),
        (
            'open: {mon: "09:00-10:00"}\nclosures: [2026-8-3]',
            "5:12: closures[0]: “2026-8-3” is not a date or a span of dates (such as",
        ),
        (
            'open: {mon: "09:00-10:00"}\nopenings: [{date: 2026-01-03, at: []}, {date: 2026-01-03, at: "09:00-10:00"}]',
            "5:47: openings[1].date: 2026-01-03 has openings already (once, with all its hours)",
        ),
        (
            'open: {mon: "09:00-10:00"}\nholidays: {country: FR, years: 2027-2025}',
            "5:32: holidays.years: “2027-2025” ends before it starts (such as 2025-2027)",
        ),
        (
            'open: {mon: "09:00-10:00"}\nholidays: {country: FR, years: soon}',
            "5:32: holidays.years: “soon” is not a span of years (such as 2025-2027)",
        ),
        (
            'open: {mon: "09:00-10:00"}\nholidays: {country: FR, years: 2026, dates: [2027-01-01]}',
            "5:45: holidays.dates: 2027-01-01 lies outside 2026 (dates of these years)",
        ),
        ("opens: {}", "1:1: document: the key “open” is missing (open: opening hours by day, such as"),
    ],
)
def test_calendars_that_could_never_be_used_are_refused(one: One, text: str, problem: str) -> None:
    assert check_calendar(one(HEAD + text))[0].startswith(f"f.yaml:{problem}")


def test_a_calendar_may_be_open_by_openings_alone(one: One) -> None:
    document = one(HEAD + 'open: {}\nopenings: [{date: 2026-01-03, at: "09:00-10:00"}]')
    assert check_calendar(document) == []
