"""The dates on which a dated deliverable is owed (DESIGN §3.5, §3.6, MEANING §4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.commitments import Commitment
from domain.schedule import Due, Schedule
from domain.times import instant
from tests.given import Tree, at, commitment, contract, criterion, owing, punctuality

CLOSED_MONDAYS: Tree = {"open": {"tue-fri": "09:00-17:00"}}


def schedule(found: Commitment) -> Schedule:
    assert found.schedule is not None
    return found.schedule


def every(rule: object, at_: object = "10:00", **changes: Any) -> Commitment:
    calendar = {"calendar": changes.pop("calendar")} if "calendar" in changes else {}
    return owing(punctuality(due={"every": rule, "at": at_}, **changes), **calendar)


def dues(found: Commitment, until: str) -> list[Due]:
    return schedule(found).through(at(until))


def keys(found: Commitment, until: str) -> list[str]:
    return [one.key for one in dues(found, until)]


def test_a_date_of_the_rule_at_its_wall_time_is_a_due() -> None:
    [first, *_] = dues(every("monday"), "01-31")
    assert (first.key, first.due) == ("2026-01-05", at("2026-01-05 10:00"))


def test_a_due_exactly_at_the_horizon_is_in_it() -> None:
    assert keys(every("monday"), "01-05 10:00") == ["2026-01-05"]
    assert keys(every("monday"), "01-05 09:59:59.999999") == []


def test_with_several_times_a_day_the_key_tells_them_apart() -> None:
    assert keys(every("monday", ["10:00", "15:30"]), "01-06") == ["2026-01-05T10:00", "2026-01-05T15:30"]


def test_in_a_gap_the_wall_time_moves_forward_and_in_an_overlap_the_first_one_counts() -> None:
    gap = schedule(every("day", "02:30")).named("2026-03-29")
    assert gap is not None
    assert gap.due == at("2026-03-29T01:30:00Z")
    overlap = schedule(every("day", "02:30")).named("2026-10-25")
    assert overlap is not None
    assert overlap.due == at("2026-10-25T00:30:00Z")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("previous", "01-02 10:00"), ("next", "01-06 10:00"), ("same", "01-05 10:00"), ("skip", None)],
)
def test_design_3_6_a_due_on_a_closed_day_follows_its_rule(rule: str, expected: str | None) -> None:
    found = every(["monday", "thursday"], calendar=CLOSED_MONDAYS, on_closed_day=rule)
    due = schedule(found).named("2026-01-05")
    assert (due.due if due is not None else None) == (at(expected) if expected else None)


def test_the_key_is_the_nominal_date_wherever_the_due_goes() -> None:
    found = every("monday", calendar=CLOSED_MONDAYS, on_closed_day="next")
    assert keys(found, "01-06 10:00") == ["2026-01-05"]


def test_without_a_calendar_no_day_is_closed() -> None:
    assert keys(every("monday", on_closed_day="skip"), "01-06") == ["2026-01-05"]


def test_of_dates_on_the_same_due_the_one_whose_own_day_it_is_stands_else_the_earliest() -> None:
    found = every(["sunday", "monday", "tuesday"], calendar=CLOSED_MONDAYS, on_closed_day="next")
    assert keys(found, "01-07") == ["2026-01-06"]
    back = every(["friday", "saturday", "sunday"], calendar=CLOSED_MONDAYS, on_closed_day="previous")
    assert keys(back, "01-05") == ["2026-01-02"]
    neither = every(["sunday", "monday"], calendar=CLOSED_MONDAYS, on_closed_day="next")
    assert keys(neither, "01-07") == ["2026-01-04"]


def test_every_name_of_what_lands_on_one_due_means_the_one_that_stands() -> None:
    found = schedule(every("day", calendar=CLOSED_MONDAYS, on_closed_day="next"))
    tuesday = found.named("2026-01-06")
    assert tuesday is not None
    assert tuesday.names == ("2026-01-06", "2026-01-03", "2026-01-04", "2026-01-05")
    assert [found.meant_by(name) for name in tuesday.names] == [tuesday] * 4
    assert [found.named(name) for name in tuesday.names[1:]] == [None] * 3
    assert found.on_dates(date(2026, 1, 3), date(2026, 1, 6)) == [tuesday]
    assert found.on_dates(date(2026, 1, 5), date(2026, 1, 5)) == [tuesday]
    assert [one.key for one in found.on_dates(date(2026, 1, 2), date(2026, 1, 3))] == ["2026-01-02", "2026-01-06"]


def test_a_dropped_date_has_the_window_of_the_one_that_stands() -> None:
    found = schedule(every("day", calendar=CLOSED_MONDAYS, on_closed_day="next", early="1 day"))
    assert found.at(at("2026-01-04 12:00")) == found.named("2026-01-02")
    assert found.at(at("2026-01-05 10:00")) == found.named("2026-01-06")


def test_a_date_moved_onto_another_wordings_own_day_gives_way_to_it() -> None:
    moving = punctuality(due={"every": "sunday", "at": "10:00"}, on_closed_day="next")
    own = punctuality(due={"every": "tuesday", "at": "10:00"})
    closed: Tree = {"calendar": CLOSED_MONDAYS}
    found = commitment(
        contract(criterion(moving), **closed), contract(criterion(own), effective="2026-01-06", **closed)
    )
    [due] = dues(found, "01-07")
    assert (due.names, due.version.number) == (("2026-01-06", "2026-01-04"), 2)


def test_where_the_clocks_skip_a_day_the_one_after_is_the_others_own() -> None:
    found = owing(
        punctuality(due={"every": "day", "at": "10:00"}), timezone="Pacific/Apia", valid={"from": "2011-12-30"}
    )
    first = schedule(found).named("2011-12-31")
    assert first is not None
    assert first.names == ("2011-12-31", "2011-12-30")


def test_two_times_a_day_that_the_gap_makes_one_are_one_due() -> None:
    found = every("day", ["02:15", "03:15"])
    assert [key for key in keys(found, "2026-03-30 00:00") if key.startswith("2026-03-29")] == ["2026-03-29T02:15"]


def test_rules_are_anchored_at_the_first_day_of_validity_of_the_first_version() -> None:
    fortnightly = punctuality(due={"every": "FREQ=WEEKLY;INTERVAL=2", "at": "10:00"})
    later = punctuality(due={"every": "FREQ=WEEKLY;INTERVAL=2", "at": "11:00"})
    found = commitment(contract(criterion(fortnightly)), contract(criterion(later), effective="2026-01-20"))
    assert keys(found, "02-01") == ["2026-01-01", "2026-01-15", "2026-01-29"]


def test_a_version_owes_the_dates_whose_nominal_due_it_is_in_force_at() -> None:
    first = contract(criterion(punctuality()), valid={"from": "2026-01-06", "until": "2026-02-09"})
    found = commitment(first, {**first, "effective": "2026-01-19"})
    assert [(one.key, one.version.number) for one in dues(found, "12-31")] == [
        ("2026-01-12", 1), ("2026-01-19", 2), ("2026-01-26", 2), ("2026-02-02", 2), ("2026-02-09", 2),
    ]  # fmt: skip


def moved_west(**changes: Any) -> Schedule:
    """A contract from Sunday, January 4, that goes from Lord Howe to Santiago on Sunday, January 11: that day has then been at
    Lord Howe already."""
    weekly = punctuality(due={"every": "FREQ=WEEKLY", "at": "10:00"}, **changes)
    first = contract(criterion(weekly), timezone="Australia/Lord_Howe", valid={"from": "2026-01-04"})
    found = commitment(first, {**first, "timezone": "America/Santiago", "effective": "2026-01-11"})
    return schedule(found)


def test_a_date_that_two_zones_name_is_owed_once_as_the_later_wording_says() -> None:
    found = moved_west(early="1 h")
    again = found.named("2026-01-11")
    assert again is not None
    assert (again.version.number, again.due) == (2, instant("2026-01-11T13:00:00Z"))
    assert [one.key for one in found.through(instant("2026-01-18T13:00:00Z"))] == [
        "2026-01-04", "2026-01-11", "2026-01-18",
    ]  # fmt: skip
    assert found.on_dates(date(2026, 1, 5), date(2026, 1, 11)) == [again]
    assert again.previous == instant("2026-01-03T23:00:00Z")


def test_a_date_that_two_zones_name_has_one_window() -> None:
    found = moved_west(early="1 h")
    at_lord_howe = instant("2026-01-10T23:00:00Z")
    assert found.at(at_lord_howe) == found.named("2026-01-04")
    assert found.at(instant("2026-01-11T12:00:00Z")) == found.named("2026-01-11")


@pytest.mark.parametrize("first_at", ["10:00", ["10:00", "17:00"]])
def test_a_date_that_two_zones_name_has_the_times_of_the_later_wording_alone(first_at: object) -> None:
    later: object = ["10:00", "18:00"] if isinstance(first_at, str) else "18:00"
    wordings = [punctuality(due={"every": "day", "at": at}) for at in (first_at, later)]
    found = commitment(
        contract(criterion(wordings[0]), timezone="Australia/Lord_Howe", valid={"from": "2026-01-10"}),
        contract(
            criterion(wordings[1]),
            timezone="America/Santiago",
            valid={"from": "2026-01-10"},
            effective="2026-01-11",
        ),
    )
    owed = [one.key for one in schedule(found).through(instant("2026-01-12T02:59:00Z"))]
    before = ["2026-01-10"] if isinstance(first_at, str) else ["2026-01-10T10:00", "2026-01-10T17:00"]
    after = ["2026-01-11T10:00", "2026-01-11T18:00"] if isinstance(first_at, str) else ["2026-01-11"]
    assert owed == [*before, *after]


def test_going_east_a_date_whose_time_falls_between_the_zones_is_owed_by_neither() -> None:
    daily = contract(
        criterion(punctuality(due={"every": "day", "at": "10:00"})),
        timezone="America/Santiago",
        valid={"from": "2026-01-08"},
    )
    found = commitment(daily, {**daily, "timezone": "Australia/Lord_Howe", "effective": "2026-01-11"})
    owed = [one.key for one in schedule(found).through(instant("2026-01-11T12:00:00Z"))]
    assert owed == ["2026-01-08", "2026-01-09", "2026-01-11"]


def test_a_date_that_two_zones_name_is_the_later_wordings_though_a_closed_day_moves_the_earlier_ones_due_behind_it() -> (
    None
):
    weekly = punctuality(due={"every": "FREQ=WEEKLY", "at": "10:00"}, on_closed_day="next")
    stays = punctuality(due={"every": "FREQ=WEEKLY", "at": "10:00"})
    closed: Tree = {"calendar": {"open": {"tue-fri": "09:00-17:00"}}, "valid": {"from": "2026-01-04"}}
    found = commitment(
        contract(criterion(weekly), timezone="Australia/Lord_Howe", **closed),
        contract(criterion(stays), timezone="America/Santiago", effective="2026-01-11", **closed),
    )
    again = schedule(found).named("2026-01-11")
    assert again is not None
    assert (again.version.number, again.due) == (2, instant("2026-01-11T13:00:00Z"))


def test_each_due_knows_the_one_before() -> None:
    first, second, *_ = dues(every("monday"), "01-31")
    assert (first.previous, second.previous) == (at("01-01"), first.due)


def test_what_was_asked_for_before_changes_no_answer() -> None:
    asked, fresh = schedule(every("monday")), schedule(every("monday"))
    asked.named("2031-01-06")
    assert [one.key for one in asked.through(at("03-01"))] == [one.key for one in fresh.through(at("03-01"))]
    assert asked.at(at("2026-03-03")) == asked.named("2026-03-02")


def test_the_next_due_is_found_even_years_away() -> None:
    found = every("FREQ=YEARLY;INTERVAL=3;BYMONTH=6;BYMONTHDAY=1")
    following = schedule(found).next_after(at("2026-06-01 10:00"))
    assert following is not None
    assert following.key == "2029-06-01"
    ended = owing(punctuality(), valid={"from": "2026-01-01", "until": "2026-01-31"})
    assert schedule(ended).next_after(at("2026-01-26 10:00")) is None


def test_the_key_of_something_else_names_no_due() -> None:
    assert schedule(every("monday")).named("case-17") is None
    assert schedule(every("monday")).named("2026-01-06") is None


def test_a_day_that_the_clocks_skip_has_its_times_on_the_next() -> None:
    """Apia went over the date line: there was no 30 December 2011."""
    found = owing(
        punctuality(due={"every": "FREQ=MONTHLY", "at": "02:00"}),
        timezone="Pacific/Apia",
        valid={"from": "2011-12-30"},
    )
    assert found.schedule is not None
    [first] = found.schedule.through(instant("2012-01-15T00:00:00Z"))
    assert (first.key, first.due) == ("2011-12-30", instant("2011-12-30T12:00:00Z"))
