"""Day rules and the dates they give: INTERFACE §1."""

from __future__ import annotations

import time
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import Calendar, CalendarEnded
from domain.recurrence import DayRule
from domain.terms import CalendarTerms, DayHours

ANCHOR = date(2026, 1, 1)
OFFICE = DayHours(((9 * 60, 17 * 60),))
WEEKEND = (DayHours(()),) * 2
WORK = Calendar(
    CalendarTerms("office", "Europe/Paris", (OFFICE,) * 5 + WEEKEND, holidays=(date(2026, 12, 31), date(2026, 1, 1)))
)


def dates(
    text: str, first: str = "2026-01-01", last: str = "2026-12-31", anchor: date = ANCHOR, calendar: Calendar = WORK
) -> list[str]:
    given = DayRule.parse(text).dates(anchor, date.fromisoformat(first), date.fromisoformat(last), calendar.is_closed)
    return [day.isoformat() for day in given]


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("monday", "2026-11-01", "2026-11-16", ["2026-11-02", "2026-11-09", "2026-11-16"]),
        ("Thursday", "2026-11-05", "2026-11-05", ["2026-11-05"]),
        ("monday, thursday", "2026-11-02", "2026-11-09", ["2026-11-02", "2026-11-05", "2026-11-09"]),
        ("monday,thursday", "2026-11-03", "2026-11-08", ["2026-11-05"]),
        ("day", "2026-02-27", "2026-03-01", ["2026-02-27", "2026-02-28", "2026-03-01"]),
        ("working day", "2026-01-01", "2026-01-05", ["2026-01-02", "2026-01-05"]),
        ("first working day of the month", "2026-01-01", "2026-02-28", ["2026-01-02", "2026-02-02"]),
        ("last working day of the month", "2026-10-01", "2026-12-31", ["2026-10-30", "2026-11-30", "2026-12-30"]),
        (
            "last working day of the quarter",
            "2026-01-01",
            "2026-12-31",
            ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-30"],
        ),
        ("first working day of the quarter", "2026-02-01", "2026-07-31", ["2026-04-01", "2026-07-01"]),
        ("5th working day of the month", "2026-01-01", "2026-01-31", ["2026-01-08"]),
        ("5th working day of the week", "2026-01-01", "2026-01-11", ["2026-01-09"]),
        ("last working day of the half", "2026-01-01", "2026-12-31", ["2026-06-30", "2026-12-30"]),
        ("last working day of the year", "2026-01-01", "2026-12-31", ["2026-12-30"]),
        ("last day of the month", "2026-02-01", "2026-02-28", ["2026-02-28"]),
        ("2nd tuesday of the month", "2026-11-01", "2026-11-30", ["2026-11-10"]),
        ("day, last day of the month", "2026-02-27", "2026-02-28", ["2026-02-27", "2026-02-28"]),
        (
            "last working day of the month, 15th day of the month",
            "2026-01-01",
            "2026-01-31",
            ["2026-01-15", "2026-01-30"],
        ),
        ("FREQ=MONTHLY;BYDAY=1TU", "2026-10-01", "2026-11-30", ["2026-10-06", "2026-11-03"]),
        ("rrule:freq=monthly;byday=1tu", "2026-10-01", "2026-10-31", ["2026-10-06"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-02-01", "2026-03-31", ["2026-02-27", "2026-03-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2032-12-31", ["2028-02-29", "2032-02-29"]),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR", "2026-01-01", "2027-12-31", ["2027-01-01"]),
    ],
)
def test_a_rule_gives_its_dates_with_both_ends(text: str, first: str, last: str, expected: list[str]) -> None:
    assert dates(text, first, last) == expected


def test_a_rule_without_such_a_day_skips_that_month() -> None:
    assert dates("23rd working day of the month") == ["2026-07-31"]
    assert dates("FREQ=MONTHLY;BYMONTHDAY=31")[:3] == ["2026-01-31", "2026-03-31", "2026-05-31"]


def test_intervals_and_missing_parts_are_counted_from_the_anchor() -> None:
    every_other = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    assert dates(every_other, "2026-03-01", "2026-03-31", date(2026, 1, 5)) == [
        "2026-03-02",
        "2026-03-16",
        "2026-03-30",
    ]
    assert dates(every_other, "2026-03-01", "2026-03-31", date(2026, 1, 12)) == ["2026-03-09", "2026-03-23"]
    assert dates("FREQ=MONTHLY", "2026-02-01", "2026-03-31", date(2026, 1, 15)) == ["2026-02-15", "2026-03-15"]
    assert dates("FREQ=WEEKLY", "2026-02-01", "2026-02-10", date(2026, 1, 7)) == ["2026-02-04"]


@pytest.mark.parametrize("text", ["day", "FREQ=DAILY", "monday", "first working day of the month", "working day"])
def test_nothing_is_owed_before_the_anchor(text: str) -> None:
    mid_january = date(2026, 1, 15)
    given = dates(text, "2025-01-01", "2026-03-01", mid_january)
    assert given
    assert all(day >= "2026-01-15" for day in given)


def test_the_order_of_questions_changes_no_answer() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA"
    late = dates(rule, "2031-01-01", "2031-03-01")
    early = dates(rule, "2026-01-01", "2026-03-01")
    everything = dates(rule, "2026-01-01", "2031-03-01")
    assert everything[: len(early)] == early
    assert everything[-len(late) :] == late


@given(
    st.sampled_from(["FREQ=DAILY;INTERVAL=5", "monday, friday", "working day", "last working day of the week", "day"]),
    st.dates(date(2026, 1, 1), date(2032, 1, 1)),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_a_range_is_the_sum_of_its_parts(text: str, first: date, some: int, more: int) -> None:
    middle, last = first + timedelta(days=some), first + timedelta(days=some + more)
    head = dates(text, first.isoformat(), middle.isoformat())
    tail = dates(text, (middle + timedelta(days=1)).isoformat(), last.isoformat())
    whole = dates(text, first.isoformat(), last.isoformat())
    assert head + tail == whole == sorted(set(whole))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "FREQ=MONTHLY"),
        ("mondays", "write monday"),
        ("lundi", "write monday"),
        ("monday,", "write monday"),
        ("last working day of the month|quarter", "write monday"),
        ("0th working day of the month", "never comes"),
        ("32nd day of the month", "never comes"),
        ("2nd monday of the week", "never comes"),
        ("6th monday of the month", "never comes"),
        ("FREQ=HOURLY", "needs FREQ"),
        ("BYDAY=MO", "needs FREQ"),
        ("FREQ=DAILY;COUNT=3", "COUNT is not allowed"),
        ("FREQ=DAILY;UNTIL=20261231", "UNTIL is not allowed"),
        ("DTSTART=20260101;FREQ=DAILY", "DTSTART is not allowed"),
        ("FREQ=DAILY;BYHOUR=9", "under `at`"),
        ("FREQ=DAILY;BYMINUTE=9", "under `at`"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=DAILY;", "not right"),
        ("FREQ=DAILY;INTERVAL=0", "not right"),
        ("FREQ=DAILY;INTERVAL=-1", "not right"),
        ("FREQ=MONTHLY;BYDAY=6MO", "not right"),
        ("FREQ=WEEKLY;BYDAY=1MO", "not right"),
        ("FREQ=MONTHLY;BYDAY=XX", "not right"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "not right"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "not right"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "not right"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "not right"),
        ("FREQ=YEARLY;BYEASTER=0", "not right"),
        ("FREQ=YEARLY;BYSETPOS=1", "chooses among nothing"),
        ("FREQ=DAILY;BYDAY=MO;BYSETPOS=2", "not right"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31,-31", "never comes"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        DayRule.parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=20MO", "must not stand with BYWEEKNO: say BYDAY=MO"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYMONTH=5", "leave one out"),
        ("FREQ=YEARLY;BYMONTHDAY=29", "add BYMONTH, or say FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR", "add BYMONTH"),
        ("FREQ=YEARLY;BYWEEKNO=53;INTERVAL=2", "weeks 2 to 51 only"),
        ("FREQ=YEARLY;BYWEEKNO=20,-1;BYSETPOS=1", "weeks 2 to 51 only"),
    ],
)
def test_what_the_rfc_leaves_open_is_refused_where_it_is_new_and_goes_on_where_it_was_agreed(
    text: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        DayRule.check(text)
    assert dates(text, last="2035-12-31")


def test_of_a_week_the_place_is_counted_from_its_start_also_before_the_contract_began() -> None:
    """1 January 2026 is a Thursday."""
    assert dates("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", last="2026-01-12") == ["2026-01-05", "2026-01-12"]
    assert dates("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "2026-01-01", "2026-02-28", date(2026, 1, 10)) == ["2026-02-02"]
    by_sunday = "FREQ=WEEKLY;WKST=SU;BYDAY=SU,TH;BYSETPOS=2"
    assert dates(by_sunday, last="2026-01-10") == ["2026-01-01", "2026-01-08"]


def test_a_week_of_the_year_has_the_weekday_of_the_first_day_of_validity() -> None:
    assert dates("FREQ=YEARLY;BYWEEKNO=3,6", last="2027-03-01") == [
        "2026-01-15", "2026-02-05", "2027-01-21", "2027-02-11",
    ]  # fmt: skip
    assert dates("FREQ=YEARLY;BYWEEKNO=53", last="2033-01-10") == ["2026-12-31", "2032-12-30"]


def test_a_rule_that_never_comes_from_its_anchor_has_no_date() -> None:
    tuesday = date(2026, 1, 6)
    assert dates("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "2026-01-01", "2199-12-31", tuesday) == []
    february = date(2026, 2, 1)
    assert dates("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", "2026-01-01", "2099-12-31", february) == []
    never_open = Calendar(CalendarTerms("shut", "Europe/Paris", (DayHours(()),) * 7))
    assert dates("first working day of the month", calendar=never_open) == []


def test_dates_come_one_by_one_up_to_the_end_of_the_years() -> None:
    for text in ("day", "FREQ=DAILY", "last day of the month", "monday, 2nd day of the month"):
        rule = DayRule.parse(text)
        assert len(list(islice(rule.dates(ANCHOR, ANCHOR, date.max, WORK.is_closed), 100))) == 100
    assert dates("last day of the year", "9998-01-01", "9998-12-31") == ["9998-12-31"]
    assert dates("day", "9999-12-30", "9999-12-31") == ["9999-12-30", "9999-12-31"]


def test_dates_before_the_end_of_the_calendar_are_given_before_it_is_reported() -> None:
    ending = Calendar(CalendarTerms("office", "Europe/Paris", (OFFICE,) * 5 + WEEKEND, last_year=2026))
    rule = DayRule.parse("last working day of the quarter")
    given = rule.dates(ANCHOR, date(2026, 9, 1), date(2027, 12, 31), ending.is_closed)
    assert list(islice(given, 2)) == [date(2026, 9, 30), date(2026, 12, 31)]
    with pytest.raises(CalendarEnded):
        next(given)
    assert rule.uses_calendar
    assert not DayRule.parse("monday").uses_calendar


def test_a_rule_is_unrolled_once() -> None:
    rule = DayRule.parse("FREQ=DAILY;INTERVAL=3")
    last = date(2126, 1, 1)
    assert list(rule.dates(ANCHOR, last - timedelta(days=3), last, WORK.is_closed))
    begun = time.perf_counter()
    for _ in range(1000):
        list(rule.dates(ANCHOR, last - timedelta(days=30), last, WORK.is_closed))
    assert time.perf_counter() - begun < 1
