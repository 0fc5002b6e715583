"""A commitment over the versions of its contract (DESIGN §3.8, MEANING §7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.commitments import Commitment
from domain.contract_versions import commitments_of
from domain.target_periods import TargetPeriods
from domain.times import Instant
from tests.given import (
    OFFICE,
    Tree,
    at,
    commitment,
    conformity,
    contract,
    criterion,
    deadline,
    event,
    judged,
    punctuality,
    turnaround,
    version,
)

HOURS = criterion(turnaround(within="4 working hours"))
YEAR = contract(HOURS, calendar=OFFICE, valid={"from": "2026-01-01", "until": "2026-12-31"})


def segments(*trees: Tree) -> list[int]:
    return [one.segment for one in commitment(*trees).versions]


def spans(*trees: Tree) -> list[tuple[int, Instant, Instant | None]]:
    return [(one.number, one.start, one.end) for one in commitment(*trees).versions]


def periods(found: Commitment, until: str, target: int = 0) -> list[tuple[str, Instant, Instant | None]]:
    line = found.newest.periods[target]
    assert isinstance(line, TargetPeriods)
    return [(one.id, one.start, one.end) for one in line.until(at(until))]


def test_a_version_is_in_force_from_local_midnight_until_the_next_one() -> None:
    assert spans(YEAR, {**YEAR, "effective": "2026-03-01"}) == [
        (1, at("01-01"), at("03-01")),
        (2, at("03-01"), at("2027-01-01 00:00")),
    ]


def test_versions_are_taken_by_the_date_on_which_they_take_effect_however_late_they_were_signed() -> None:
    later, sooner = {**YEAR, "effective": "2026-06-01"}, {**YEAR, "effective": "2026-03-01"}
    assert [one for one, _, _ in spans(YEAR, later, sooner)] == [1, 3, 2]


def test_of_two_versions_with_the_same_date_the_later_number_counts() -> None:
    again = {**YEAR, "effective": "2026-03-01"}
    assert [one for one, _, _ in spans(YEAR, again, again)] == [1, 3]


def test_there_is_a_version_at_an_instant_only_within_validity() -> None:
    found = commitment(YEAR, {**YEAR, "effective": "2026-03-01"})
    numbers = {
        moment: one.number if (one := found.version_at(at(moment))) else None
        for moment in ("2025-12-31 23:59:59", "01-01", "02-28 23:59:59", "03-01", "12-31 23:59:59", "2027-01-01 00:00")
    }
    assert list(numbers.values()) == [None, 1, 1, 2, 2, None]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another"},
        {"late_data": "9 days"},
        {"valid": {"from": "2026-01-01", "until": "2026-11-30"}},
        {"deliverables": [{"id": "d", "title": "x", "criteria": [HOURS, criterion(conformity(), "good")]}]},
        {"deliverables": [{"id": "d", "title": "x", "criteria": [HOURS | {"owner": "bob", "weight": 3, "min_count": 2}]}]},
    ],
)  # fmt: skip
def test_what_does_not_concern_a_commitment_does_not_split_its_period(changes: Tree) -> None:
    found = commitments_of([version(1, YEAR), version(2, {**YEAR, "effective": "2026-03-10", **changes})])[0]
    assert [one.segment for one in found.versions] == [1, 1]
    assert ("2026-03", at("03-01"), at("04-01")) in periods(found, "06-01")


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Europe/London"},
        {"calendar": {"open": {"mon-fri": "08:00-16:00"}}},
        {"deliverables": [{"id": "d", "title": "x", "criteria": [criterion(turnaround(within="5 working hours"))]}]},
        {"deliverables": [{"id": "d", "title": "x", "criteria": [HOURS | {"target": {"at_least": "80 %", "per": "month"}}]}]},
    ],
)  # fmt: skip
def test_indicator_target_calendar_and_zone_split_a_period(changes: Tree) -> None:
    assert segments(YEAR, {**YEAR, "effective": "2026-03-10", **changes}) == [1, 2]


def test_a_wording_that_comes_back_is_a_segment_of_its_own() -> None:
    other = {**YEAR, "effective": "2026-03-10", "timezone": "Europe/London"}
    assert segments(YEAR, other, {**YEAR, "effective": "2026-05-10"}) == [1, 2, 3]


def test_termination_ends_the_versions_it_reaches() -> None:
    ended = [
        replace(version(n, tree), until=date(2026, 4, 15))
        for n, tree in enumerate([YEAR, {**YEAR, "effective": "2026-06-01"}], 1)
    ]
    [found] = commitments_of(ended)
    assert [(one.number, one.end) for one in found.versions] == [(1, at("04-16"))]


def test_what_no_version_in_force_names_is_no_commitment() -> None:
    assert commitments_of([replace(version(1, YEAR), until=date(2025, 12, 1))]) == []


def test_what_an_amendment_replaces_on_its_own_first_day_was_never_owed() -> None:
    other = contract(criterion(deadline(), "other"), calendar=OFFICE)
    assert [one.id for one in commitments_of([version(1, YEAR), version(2, other)])] == ["c/d/other"]


# Periods


def test_periods_are_cut_at_validity() -> None:
    found = commitment({**YEAR, "valid": {"from": "2026-01-15", "until": "2026-03-10"}})
    assert periods(found, "12-31") == [
        ("2026-01", at("01-15"), at("02-01")),
        ("2026-02", at("02-01"), at("03-01")),
        ("2026-03", at("03-01"), at("03-11")),
    ]
    line = found.newest.periods[0]
    assert isinstance(line, TargetPeriods)
    later = line.of(at("05-10"))
    assert (later.id, later.start, later.end) == ("2026-05", at("05-01"), at("06-01"))


def test_a_version_that_changes_per_begins_new_periods_at_its_start() -> None:
    quarters = HOURS | {"target": {"at_least": "90 %", "per": "quarter"}}
    months_again = {**YEAR, "effective": "2026-05-10"}
    found = commitment(YEAR, contract(quarters, calendar=OFFICE, effective="2026-02-15"), months_again)
    assert periods(found, "06-10") == [
        ("2026-01", at("01-01"), at("02-01")),
        ("2026-02", at("02-01"), at("02-15")),
        ("2026-Q1", at("02-15"), at("04-01")),
        ("2026-Q2", at("04-01"), at("05-10")),
        ("2026-05", at("05-10"), at("06-01")),
        ("2026-06", at("06-01"), at("07-01")),
    ]


def test_a_version_that_changes_the_zone_begins_new_periods_at_its_start() -> None:
    found = commitment(YEAR, {**YEAR, "timezone": "Europe/London", "effective": "2026-02-15"})
    assert periods(found, "03-02") == [
        ("2026-01", at("01-01"), at("02-01")),
        ("2026-02", at("02-01"), at("02-15 01:00")),
        ("2026-02", at("02-15 01:00"), at("03-01 01:00")),
        ("2026-03", at("03-01 01:00"), at("04-01 01:00")),
    ]


def test_a_target_has_periods_only_where_a_version_has_it() -> None:
    month, quarter = {"at_least": "90 %", "per": "month"}, {"max_misses": 3, "per": "quarter"}
    one = contract(criterion(deadline(), targets=[month]))
    two = contract(criterion(deadline(), targets=[month, quarter]), effective="2026-05-10")
    found = commitment(one, two)
    assert [name for name, _, _ in periods(found, "07-10", 1)] == ["2026-Q2", "2026-Q3"]
    back = commitment(one, two, {**one, "effective": "2026-07-10"})
    line = back.versions[1].periods[1]
    assert isinstance(line, TargetPeriods)
    assert [each.id for each in line.until(at("12-31"))] == ["2026-Q2", "2026-Q3"]


def test_in_the_time_between_two_versions_that_name_it_nothing_is_listed() -> None:
    other = contract(criterion(conformity(), "other"), effective="2026-02-01")
    trees = [contract(criterion(deadline())), other, contract(criterion(deadline()), effective="2026-05-20")]
    found = next(one for one in commitments_of([version(n, tree) for n, tree in enumerate(trees, 1)]))
    assert found.id == "c/d/on-time"
    assert [name for name, _, _ in periods(found, "06-10")] == ["2026-01", "2026-05", "2026-06"]


def test_the_contract_period_is_the_whole_of_validity() -> None:
    whole = criterion(deadline(), target={"at_least": "90 %", "per": "contract"})
    endless = commitment(contract(whole))
    assert periods(endless, "2040-01-01 00:00") == [("contract", at("01-01"), None)]
    ended = commitment(contract(whole, valid={"from": "2026-01-01", "until": "2026-06-30"}))
    assert periods(ended, "2040-01-01 00:00") == [("contract", at("01-01"), at("07-01"))]


def test_a_contract_period_without_end_ends_where_the_zone_changes() -> None:
    whole = contract(criterion(deadline(), target={"at_least": "90 %", "per": "contract"}))
    found = commitment(whole, {**whole, "timezone": "Europe/London", "effective": "2026-03-01"})
    assert periods(found, "2040-01-01 00:00") == [
        ("contract", at("01-01"), at("03-01 01:00")),
        ("contract", at("03-01 01:00"), None),
    ]
    assert periods(found, "2025-12-31 00:00") == []


def test_dates_are_known_to_the_end_of_the_period_after_the_one_that_holds_the_watermark() -> None:
    found = commitment(contract(criterion(punctuality())))
    assert found.horizon(None) == at("03-01") - 1
    assert found.horizon(at("2025-06-01 00:00")) == at("03-01") - 1
    assert found.horizon(at("02-01")) == at("04-01") - 1
    assert [found.horizon_ends(one) for one in (None, at("02-01") - 1, at("02-01"))] == [
        at("02-01"),
        at("02-01"),
        at("03-01"),
    ]


def test_a_period_without_end_knows_the_dates_of_the_local_year_and_a_rolling_one_those_of_the_next() -> None:
    endless = commitment(contract(criterion(punctuality(), target={"max_misses": 1, "per": "contract"})))
    assert (
        endless.horizon(at("12-31 23:59")) == endless.horizon_ends(at("12-31 23:59")) - 1 == at("2027-01-01 00:00") - 1
    )
    rolling = commitment(contract(criterion(punctuality(), target={"max_misses": 1, "per": "28 days"})))
    assert rolling.horizon(at("12-31 23:59")) == at("2028-01-01 00:00") - 1
    assert rolling.horizon_ends(at("12-31 23:59")) == at("2027-01-01 00:00")


# Events under several wordings


def test_an_event_that_one_wording_names_and_another_cannot_is_matched() -> None:
    found = commitment(
        contract(criterion(turnaround(key="data.old"))),
        contract(criterion(turnaround(key="data.new")), effective="2026-03-01"),
    )
    assert [one.key for one in found.route(event("opened", "02-01", old="a"))] == ["a"]
    assert {one.reason for one in found.route(event("opened", "02-01"))} == {"no-key"}


def test_a_wording_that_only_waits_does_not_hide_the_one_that_owes() -> None:
    found = commitment(
        contract(criterion(turnaround(opened={"type": "created"}))),
        contract(criterion(turnaround(opened={"type": "assigned"})), effective="2026-03-01"),
    )
    events = [event("created", "02-01 09:00"), event("closed", "02-01 10:00")]
    evidence = [route.evidence for one in events for route in found.route(one)]
    judged = found.judge("1", evidence, None)
    assert (judged.verdict.value, judged.strays) == ("met", ())


def test_what_opens_a_case_by_another_key_opens_none_by_the_key_of_a_later_wording() -> None:
    found = commitment(
        contract(criterion(turnaround(key="subject"))),
        contract(criterion(turnaround(key="data.ref")), effective="2026-03-01"),
    )
    older = event("opened", "02-27 09:00", "old", ref="new")  # a case by its subject
    events = [older, event("opened", "03-02 09:00", "any", ref="new"), event("closed", "03-02 10:00", "any", ref="new")]
    cases = judged(found, events, "04-01")
    assert {key: (one.standing, one.verdict.value) for key, one in cases.items() if one.standing == "owed"} == {
        "old": ("owed", "missing"),
        "new": ("owed", "met"),
    }
    assert (cases["new"].version, cases["new"].strays) == (2, ())


def test_a_key_is_judged_by_the_wording_in_force_at_its_first_opening_within_validity() -> None:
    found = commitment(
        contract(criterion(turnaround(key="subject"))),
        contract(criterion(turnaround(key="data.ref")), effective="2026-03-01"),
    )
    first = event("opened", "2025-12-31 09:00", "1")  # before validity: this case is not owed
    events = [first, event("opened", "02-02 09:00", "1"), event("opened", "03-02 09:00", "2", ref="1")]
    assert judged(found, events, "04-01")["1"].standing == "outside"


def test_without_evidence_a_case_of_several_wordings_waits() -> None:
    found = commitment(YEAR, {**contract(criterion(turnaround()), calendar=OFFICE), "effective": "2026-03-01"})
    assert found.judge("1", [], at("06-01")).standing == "waiting"


def test_of_two_versions_that_begin_at_the_same_instant_the_later_date_is_in_force() -> None:
    skipped: Tree = {"timezone": "Pacific/Apia", "valid": {"from": "2011-12-01"}}  # it had no 30 December
    found = commitment(
        contract(criterion(turnaround()), **skipped, effective="2011-12-31"),
        contract(criterion(turnaround(within="5 h")), **skipped, effective="2011-12-30"),
    )
    in_force = found.version_at(at("2011-12-31T00:00:00Z"))
    assert in_force is not None
    assert in_force.number == 1
