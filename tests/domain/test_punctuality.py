"""Dated deliverables: which date a delivery is for, and whether it came in time (MEANING §4 "Dated windows")."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commitments import Commitment
from domain.events import OperationalEvent
from tests.given import at, commitment, contract, criterion, event, judged, owing, punctuality, unmatched, verdict

MONDAYS = owing(punctuality())


def named(name: object, time: str = "03-02 09:00") -> OperationalEvent:
    return event("report", time, None, date=name)


def delivered(time: str) -> OperationalEvent:
    return event("report", time, None)


def keys(found: Commitment, *events: OperationalEvent) -> list[str | None]:
    return [route.key for one in events for route in found.route(one)]


def monthly(**changes: Any) -> Commitment:
    return owing(punctuality(due={"every": "FREQ=MONTHLY;BYMONTHDAY=15", "at": "10:00"}, **changes))


def test_design_3_1_occurrences_exist_before_any_event() -> None:
    ahead = judged(MONDAYS, [])
    january = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]
    assert list(ahead) == [*january, "2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"]
    assert {one.verdict.value for one in ahead.values()} == {"pending"}


@pytest.mark.parametrize(
    ("time", "expected"),
    [("03-02 09:59:59.999999", "met"), ("03-02 10:00", "met"), ("03-02 10:00:00.000001", "late")],
)
def test_a_delivery_is_in_time_up_to_the_limit(time: str, expected: str) -> None:
    assert verdict(MONDAYS, [named("2026-03-02", time)], key="2026-03-02") == expected


@pytest.mark.parametrize(("watermark", "expected"), [("03-02 09:59:59.999999", "pending"), ("03-02 10:00", "missing")])
def test_design_3_4_what_was_not_delivered_is_missing_when_the_watermark_has_reached_the_limit(
    watermark: str, expected: str
) -> None:
    assert verdict(MONDAYS, [], watermark, key="2026-03-02") == expected


def test_design_3_2_due_tolerance_warning_and_earliness_are_four_numbers() -> None:
    found = owing(punctuality(early="3 days", tolerance="15 min", warn="2 h"))
    one = judged(found, [], "03-01")["2026-03-02"]
    assert (one.due, one.limit, one.risk_from) == (at("03-02 10:00"), at("03-02 10:15"), at("03-02 08:15"))
    assert keys(found, delivered("02-27 10:00")) == ["2026-03-02"]


def test_end_of_day_reaches_to_the_next_local_midnight() -> None:
    found = owing(punctuality(tolerance="end of day"))
    assert verdict(found, [named("2026-03-02", "03-02 23:59:59.999999")], key="2026-03-02") == "met"
    assert verdict(found, [named("2026-03-02", "03-03 00:00")], key="2026-03-02") == "late"
    assert verdict(found, [], "03-02 23:59:59.999999", key="2026-03-02") == "pending"
    assert verdict(found, [], "03-03 00:00", key="2026-03-02") == "missing"


def test_the_first_delivery_decides_and_later_ones_are_evidence() -> None:
    first, second = named("2026-03-02", "03-02 09:00"), named("2026-03-02", "03-02 11:00")
    assert verdict(MONDAYS, [second, first], key="2026-03-02") == "met"
    assert judged(MONDAYS, [second, first])["2026-03-02"].strays == ()


def test_only_what_the_contract_means_is_a_delivery() -> None:
    found = owing(punctuality(delivered={"type": "report", "where": {"data.report": "weekly"}}))
    other = event("report", "03-02 09:00", None, date="2026-03-02", report="monthly")
    assert found.route(other) == []
    assert keys(found, event("report", "03-02 09:00", None, date="2026-03-02", report="weekly")) == ["2026-03-02"]


# The producer's own name


@pytest.mark.parametrize(
    ("name", "key"),
    [("2026-03-16", "2026-03-16"), ("2026-W12", "2026-03-16"), ("2026-W01", None), ("2026-W02", "2026-01-05")],
)
def test_a_date_or_a_week_names_the_date_that_it_contains(name: str, key: str | None) -> None:
    assert keys(MONDAYS, named(name)) == [key]


@pytest.mark.parametrize(("name", "key"), [("2026-03", "2026-03-15"), ("2026-03-15", "2026-03-15")])
def test_a_month_names_the_one_date_that_it_contains(name: str, key: str) -> None:
    assert keys(monthly(), named(name)) == [key]


@pytest.mark.parametrize(
    ("name", "key"), [("2026-Q2", "2026-06-30"), ("2026-H1", "2026-06-30"), ("2026", "2026-06-30"), ("2026-H2", None)]
)
def test_a_quarter_a_half_and_a_year_name_the_one_date_that_they_contain(name: str, key: str | None) -> None:
    yearly = owing(punctuality(due={"every": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30", "at": "10:00"}))
    assert keys(yearly, named(name)) == [key]


def test_a_name_of_no_date_or_of_several_is_unmatched_and_says_why() -> None:
    assert unmatched(MONDAYS, named("2026-03-03")) == "key-names-no-due-date"
    assert unmatched(MONDAYS, named("2025-12-29")) == "key-names-no-due-date"
    assert unmatched(MONDAYS, named("2026-03")) == "key-names-several-due-dates"
    assert unmatched(MONDAYS, named("2026-03-02")) is None


def test_with_several_times_a_day_the_key_of_the_occurrence_names_it_and_its_date_alone_does_not() -> None:
    found = owing(punctuality(due={"every": "monday", "at": ["10:00", "15:30"]}))
    assert keys(found, named("2026-03-02T15:30")) == ["2026-03-02T15:30"]
    assert unmatched(found, named("2026-03-02")) == "key-names-several-due-dates"
    assert unmatched(found, named("2026-03-02T11:00")) == "key-absent-or-unreadable"
    shifted = owing(
        punctuality(due={"every": "monday", "at": ["10:00", "15:30"]}, key={"path": "data.date", "plus": "1 week"})
    )
    assert unmatched(shifted, named("2026-03-02T15:30")) == "key-absent-or-unreadable"


@pytest.mark.parametrize(
    "name",
    [None, "", "March", "2026-W54", "2026-W00", "2026-13", "2026-02-30", "2026-Q5", "2026-H3", "26-03-02", 20260302,
     "2026-W10 ", "２０２６-03-02", "0000", ["2026-03-02"], True],
)  # fmt: skip
def test_an_absent_or_unreadable_name_is_unmatched(name: object) -> None:
    assert unmatched(MONDAYS, named(name)) == "key-absent-or-unreadable"


def test_the_name_alone_decides_however_early_or_late_the_delivery() -> None:
    events = [named("2026-06-01", "2026-01-02 00:00"), named("2026-01-05", "2026-06-01 00:00")]
    assert keys(MONDAYS, *events) == ["2026-06-01", "2026-01-05"]
    both = owing(punctuality(key="data.date", early="1 day"))
    assert keys(both, named("2026-06-01", "2026-01-02 00:00")) == ["2026-06-01"]


@pytest.mark.parametrize(
    ("plus", "name", "key"),
    [
        ("1 week", "2026-W11", "2026-03-16"),
        ("1 week", "2026-W53", "2027-01-04"),
        ("7 days", "2026-03-09", "2026-03-16"),
        ("1 day", "2026-03-15", "2026-03-16"),
    ],
)
def test_a_report_may_be_named_after_the_time_before(plus: str, name: str, key: str) -> None:
    found = owing(punctuality(key={"path": "data.date", "plus": plus}))
    assert keys(found, named(name)) == [key]


@pytest.mark.parametrize(
    ("plus", "name", "key"),
    [
        ("1 month", "2026-01", "2026-02-15"),
        ("1 month", "2026-12", "2027-01-15"),
        ("1 month", "2026-01-15", "2026-02-15"),
        ("2 months", "2026-01", "2026-03-15"),
    ],
)
def test_a_report_may_be_named_after_the_month_before(plus: str, name: str, key: str) -> None:
    assert keys(monthly(key={"path": "data.date", "plus": plus}), named(name)) == [key]


@pytest.mark.parametrize(
    ("plus", "name"), [("1 quarter", "2026-Q1"), ("1 half", "2025-H2"), ("1 year", "2025"), ("1 month", "2026-05-30")]
)
def test_quarters_halves_and_years_can_be_added_too(plus: str, name: str) -> None:
    indicator = punctuality(
        due={"every": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30", "at": "10:00"}, key={"path": "data.date", "plus": plus}
    )
    assert keys(owing(indicator), named(name)) == ["2026-06-30"]


def test_a_name_at_the_edge_of_the_years_is_unreadable_and_harms_nothing() -> None:
    found = monthly(key={"path": "data.date", "plus": "1 year"})
    assert unmatched(found, named("9999-12")) == "key-absent-or-unreadable"
    assert unmatched(monthly(), named("9999-11")) == "key-names-no-due-date"
    assert unmatched(monthly(), named("0001-01")) == "key-names-no-due-date"


# Windows of time


def test_a_window_reaches_from_early_before_its_due_to_early_before_the_next_and_touches_its_neighbours() -> None:
    found = owing(punctuality(early="3 days"))
    assert keys(found, delivered("03-06 09:59:59.999999"), delivered("03-06 10:00")) == ["2026-03-02", "2026-03-09"]
    assert keys(found, delivered("02-27 09:59:59.999999"), delivered("02-27 10:00")) == ["2026-02-23", "2026-03-02"]


def test_windows_may_touch() -> None:
    daily = owing(punctuality(due={"every": "day", "at": "10:00"}, early="1 day"))
    assert keys(daily, delivered("03-01 10:00"), delivered("03-01 09:59:59")) == ["2026-03-02", "2026-03-01"]
    assert verdict(daily, [delivered("03-01 10:00")], key="2026-03-02") == "met"


def test_windows_of_days_keep_the_wall_time_over_a_night_when_clocks_change() -> None:
    daily = owing(punctuality(due={"every": "day", "at": "10:00"}, early="1 day"))
    assert keys(daily, delivered("03-28 10:00"), delivered("03-28 09:59:59")) == ["2026-03-29", "2026-03-28"]
    hours = owing(punctuality(due={"every": "day", "at": "10:00"}, early="23 h"))
    assert keys(hours, delivered("03-28 10:00"), delivered("03-28 09:59:59")) == ["2026-03-29", "2026-03-28"]


def test_before_the_first_window_a_delivery_is_unmatched() -> None:
    found = owing(punctuality(early="3 days"))
    assert unmatched(found, delivered("01-02 09:59:59")) == "before-the-first-window"
    assert unmatched(found, delivered("01-02 10:00")) is None


def test_the_last_window_has_no_end() -> None:
    found = owing(punctuality(early="3 days"), valid={"from": "2026-01-01", "until": "2026-03-31"})
    assert keys(found, delivered("2031-01-01")) == ["2026-03-30"]
    assert verdict(found, [delivered("2031-01-01")], key="2026-03-30") == "late"


def test_an_event_in_the_far_future_unrolls_no_centuries() -> None:
    assert keys(owing(punctuality(early="3 days")), event("report", 253_402_300_799_999_999)) != [None]


# Versions


def test_design_3_8_a_date_is_judged_by_the_version_at_its_nominal_due() -> None:
    old = contract(criterion(punctuality()))
    new = contract(
        criterion(punctuality(due={"every": "monday", "at": "12:00"}, tolerance="1 h")), effective="2026-03-02"
    )
    found = judged(commitment(old, new), [named("2026-02-23", "02-23 11:00"), named("2026-03-02", "03-02 13:00")])
    assert (found["2026-02-23"].verdict.value, found["2026-02-23"].version) == ("late", 1)
    assert (found["2026-03-02"].verdict.value, found["2026-03-02"].version) == ("met", 2)


def test_a_delivery_is_matched_under_the_wording_of_its_date_and_unmatched_under_no_other() -> None:
    old = contract(criterion(punctuality()))
    new = contract(criterion(punctuality(key="data.week")), effective="2026-03-02")
    found = commitment(old, new)
    [route] = found.route(named("2026-02-23"))
    assert route.key == "2026-02-23"
    [route] = found.route(event("report", "03-02 09:00", None, week="2026-W10"))
    assert route.key == "2026-03-02"
    assert {one.reason for one in found.route(event("report", "03-02 09:00", None))} == {"key-absent-or-unreadable"}


def test_where_two_wordings_meet_a_window_ends_where_the_next_begins() -> None:
    fridays = punctuality(due={"every": "friday", "at": "10:00"}, early="1 day")
    mondays = punctuality(due={"every": "monday", "at": "10:00"}, early="5 days")
    found = commitment(contract(criterion(fridays)), contract(criterion(mondays), effective="2026-03-07"))
    times = ["03-04 09:59", "03-04 10:00", "03-05 12:00", "03-06 09:00", "03-11 10:00"]
    assert keys(found, *map(delivered, times)) == ["2026-02-27", *["2026-03-09"] * 3, "2026-03-16"]


def test_a_date_beyond_the_calendars_years_is_unknown() -> None:
    ending = {
        "open": {"mon-fri": "09:00-17:00"},
        "holidays": {"country": "FR", "years": "2026", "dates": ["2026-01-01"]},
    }
    found = owing(punctuality(on_closed_day="next"), calendar=ending)
    judgement = judged(found, [named("2027-01-04", "2027-01-04 09:00")], "2027-01-10")["2027-01-04"]
    assert (judgement.verdict.value, judgement.reason) == ("unknown", "calendar-ended")


# At risk


def test_design_3_11_without_warn_a_date_is_at_risk_in_the_last_quarter_since_the_due_before() -> None:
    one = judged(MONDAYS, [], "03-01")["2026-03-09"]
    assert one.risk_from == at("03-07 16:00") + 1
