"""The periods of targets: ids, boundaries, cuts at validity."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.periods import (
    Period,
    Periods,
    Unit,
    first_day,
    named_days,
    next_first_day,
    period_id,
    periods,
    shifted,
)
from domain.terms import Per
from domain.times import day_start, instant, local_date, show, zone

PARIS = zone("Europe/Paris")
OPEN = (PARIS, date(2026, 1, 1), None)
PERS = st.sampled_from([per for per in get_args(Per) if per != "contract"])
UNITS = st.sampled_from(get_args(Unit))
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("per", "at", "id", "start", "end"),
    [
        ("week", "2026-11-18T12:00:00Z", "2026-W47", "2026-11-16T00:00:00+01:00", "2026-11-23T00:00:00+01:00"),
        ("month", "2026-03-18T12:00:00Z", "2026-03", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"),
        ("quarter", "2026-11-18T12:00:00Z", "2026-Q4", "2026-10-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"),
        ("half", "2026-11-18T12:00:00Z", "2026-H2", "2026-07-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"),
        ("year", "2026-11-18T12:00:00Z", "2026", "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
    ],
)
def test_a_period_runs_from_local_midnight_to_local_midnight(per: Per, at: str, id: str, start: str, end: str) -> None:
    period = periods(per, *OPEN).of(instant(at))
    assert period == Period(id, instant(start), instant(end))
    assert period.end is not None
    assert show(period.start, PARIS) == start
    assert show(period.end, PARIS) == end


def test_the_end_belongs_to_the_next_period() -> None:
    april = instant("2026-04-01T00:00:00+02:00")
    assert periods("quarter", *OPEN).of(april - 1).id == "2026-Q1"
    assert periods("quarter", *OPEN).of(april).id == "2026-Q2"
    assert not periods("quarter", *OPEN).of(april - 1).holds(april)
    assert periods("quarter", *OPEN).of(april).holds(april)


@pytest.mark.parametrize(
    ("day", "id"),
    [
        ("2026-12-31", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2024-12-30", "2025-W01"),
        ("2021-01-03", "2020-W53"),
        ("2023-01-01", "2022-W52"),
    ],
)
def test_weeks_at_year_ends_are_iso_weeks(day: str, id: str) -> None:
    at = day_start(date.fromisoformat(day), PARIS)
    assert periods("week", *OPEN).of(at).id == id


def test_a_period_is_cut_at_validity() -> None:
    periods = Periods("month", PARIS, date(2026, 1, 15), date(2026, 11, 15))
    assert periods.first() == Period("2026-01", day_start(date(2026, 1, 15), PARIS), day_start(date(2026, 2, 1), PARIS))
    last = Period("2026-11", day_start(date(2026, 11, 1), PARIS), day_start(date(2026, 11, 16), PARIS))
    assert periods.named("2026-11") == last
    assert periods.of(day_start(date(2026, 11, 20), PARIS)) == last
    assert periods.of(day_start(date(2026, 1, 2), PARIS)) == periods.first()


def test_a_period_wholly_after_or_before_validity_is_not_cut() -> None:
    periods = Periods("month", PARIS, date(2026, 1, 1), date(2026, 11, 30))
    december = Period("2026-12", day_start(date(2026, 12, 1), PARIS), day_start(date(2027, 1, 1), PARIS))
    assert periods.of(day_start(date(2026, 12, 24), PARIS)) == december == periods.named("2026-12")
    assert periods.named("2025-12").end == periods.first().start


def test_the_contract_is_one_period_with_or_without_end() -> None:
    at = instant("2030-01-01T00:00:00Z")
    endless = periods("contract", *OPEN).of(at)
    assert endless == Period("contract", instant("2026-01-01T00:00:00+01:00"), None)
    assert endless.holds(at)
    assert periods("contract", *OPEN).following(endless) is None
    bounded = periods("contract", PARIS, date(2026, 1, 1), date(2026, 12, 31)).of(at)
    assert bounded.end == instant("2027-01-01T00:00:00+01:00")
    assert list(periods("contract", *OPEN).until(at)) == [endless]


def test_periods_are_listed_from_the_first_to_the_one_that_holds_the_instant() -> None:
    end_of_march = instant("2026-04-01T00:00:00+02:00") - 1
    assert [p.id for p in periods("month", *OPEN).until(end_of_march)] == ["2026-01", "2026-02", "2026-03"]
    assert [p.id for p in periods("month", *OPEN).until(end_of_march + 1)][-1] == "2026-04"
    assert list(periods("month", *OPEN).until(OPEN[1].toordinal())) == []


def test_no_period_is_listed_that_begins_after_validity() -> None:
    listed = periods("month", PARIS, date(2026, 1, 1), date(2026, 2, 28)).until(instant("2030-01-01T00:00:00Z"))
    assert [period.id for period in listed] == ["2026-01", "2026-02"]


@pytest.mark.parametrize(
    ("per", "id"),
    [
        ("week", "2025-W53"),
        ("week", "2026-47"),
        ("month", "2026-13"),
        ("month", "2026-1"),
        ("month", "2026-Q1"),
        ("month", "2026-01-01"),
        ("quarter", "2026-Q5"),
        ("half", "2026-H0"),
        ("year", "26"),
        ("year", "0000"),
        ("year", "contract"),
        ("contract", "2026"),
        ("week", ""),
    ],
)
def test_an_id_that_names_no_such_period_is_refused(per: Per, id: str) -> None:
    with pytest.raises(ValueError, match="not a "):
        periods(per, *OPEN).named(id)


@given(
    PERS, DATES, st.integers(0, 86_399_999_999), st.sampled_from(["Europe/Paris", "America/St_Johns", "Pacific/Apia"])
)
def test_every_instant_is_in_the_one_period_that_its_id_names(per: Per, day: date, later: int, where: str) -> None:
    there = zone(where)
    at = day_start(day, there) + later
    each = Periods(per, there, date(1800, 1, 1), None)
    period = each.of(at)
    assert period.holds(at)
    assert each.named(period.id) == period == each.of(at)
    then = each.following(period)
    assert then is not None
    assert then.start == period.end
    assert Periods(per, there, date(1800, 1, 1), None).of(then.start) == then == each.of(then.start)


@given(PERS, DATES, st.integers(0, 1500))
def test_listed_periods_leave_no_gap(per: Per, day: date, days: int) -> None:
    end = day_start(day + timedelta(days=days), PARIS)
    listed = list(periods(per, PARIS, day, None).until(end))
    assert listed[0].start == day_start(day, PARIS)
    assert listed[-1].holds(end)
    assert all(a.end == b.start for a, b in pairwise(listed))


def test_an_evening_after_the_second_midnight_is_in_the_next_month() -> None:
    st_johns = zone("America/St_Johns")
    evening = instant("2009-10-31T23:30:00-03:30")
    assert local_date(evening, st_johns) == date(2009, 10, 31)
    assert Periods("month", st_johns, date(2009, 1, 1), None).of(evening).id == "2009-11"


def test_the_last_of_all_periods_ends_the_list() -> None:
    periods = Periods("month", PARIS, date(9999, 11, 1), None)
    assert [p.id for p in periods.until(instant("9999-12-31T23:59:59Z") * 2)] == ["9999-11", "9999-12"]
    assert periods.of(10**20).id == "9999-12"


@given(UNITS, DATES)
def test_a_name_means_the_days_of_its_unit(unit: Unit, day: date) -> None:
    first, last = named_days(period_id(unit, day))
    assert first == first_day(unit, day) <= day <= last
    assert last + timedelta(days=1) == next_first_day(unit, day)
    assert period_id(unit, last) == period_id(unit, first)


@pytest.mark.parametrize(
    "name", ["2026-02-30", "2026-W54", "2026-3", "x", "2026-W", "20261116", "2026-11-16T00:00", "0000-01"]
)
def test_what_names_no_day_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        named_days(name)


def test_months_without_such_a_day_give_their_last() -> None:
    assert shifted(date(2026, 1, 31), 1, "month") == date(2026, 2, 28)
    assert shifted(date(2026, 3, 31), -1, "quarter") == date(2025, 12, 31)
    assert shifted(date(2024, 2, 29), 1, "year") == date(2025, 2, 28)
    assert shifted(date(2026, 11, 16), -1, "week") == date(2026, 11, 9)
    with pytest.raises(OverflowError):
        shifted(date(9999, 12, 1), 1, "month")
