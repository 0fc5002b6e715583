"""Pauses stop the clock of a case, for the agreed reasons (DESIGN §3.7, MEANING §4)."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.occurrences import Judgement
from tests.given import OFFICE, at, event, judged, owing, pausable, verdict

FOUR_HOURS = owing(pausable())
CAUSES = {"path": "data.reason", "client": ["waiting-info"], "supplier": [], "none": ["strike"]}
AGREED = owing(pausable(pause_causes=CAUSES))


def opened(time: str = "03-02 09:00") -> OperationalEvent:
    return event("opened", time)


def paused(time: str, reason: str | None = None) -> OperationalEvent:
    return event("paused", time, **({"reason": reason} if reason else {}))


def resumed(time: str) -> OperationalEvent:
    return event("resumed", time)


def closed(time: str) -> OperationalEvent:
    return event("closed", time)


def one(found: Commitment, *events: OperationalEvent, watermark: str | None = None) -> Judgement:
    return judged(found, events, watermark)["1"]


def test_a_pause_pushes_the_due_by_its_elapsed_length() -> None:
    assert one(FOUR_HOURS, opened(), paused("03-02 10:00"), resumed("03-02 11:30")).due == at("03-02 14:30")


def test_every_pause_counts_where_no_causes_are_agreed() -> None:
    assert one(FOUR_HOURS, opened(), paused("03-02 10:00", "lunch"), resumed("03-02 11:00")).due == at("03-02 14:00")


@pytest.mark.parametrize(
    ("reason", "expected"), [("waiting-info", "14:00"), ("strike", "14:00"), ("lunch", "13:00"), (None, "13:00")]
)
def test_a_pause_counts_if_its_reason_is_listed_under_any_name(reason: str | None, expected: str) -> None:
    assert one(AGREED, opened(), paused("03-02 10:00", reason), resumed("03-02 11:00")).due == at(f"03-02 {expected}")


def test_of_one_second_the_event_with_the_smaller_number_comes_first() -> None:
    pause, end = (event(type, "03-02 10:00", id=id) for type, id in (("paused", "9"), ("resumed", "10")))
    assert one(FOUR_HOURS, opened(), pause, end, watermark="04-01").flags == ()
    assert one(FOUR_HOURS, opened(), end, pause, watermark="04-01").due == at("03-02 13:00")


def test_pausing_a_paused_case_changes_the_cause_from_then_on() -> None:
    events = [opened(), paused("03-02 10:00", "waiting-info"), paused("03-02 10:30", "lunch"), resumed("03-02 12:00")]
    assert one(AGREED, *events).due == at("03-02 13:30")
    events = [opened(), paused("03-02 10:00", "lunch"), paused("03-02 10:30", "strike"), resumed("03-02 12:00")]
    assert one(AGREED, *events).due == at("03-02 14:30")


def test_in_working_time_a_pause_pushes_by_its_open_time() -> None:
    found = owing(pausable(within="4 working hours"), calendar=OFFICE)
    assert one(found, opened(), paused("03-02 11:00"), resumed("03-02 13:30")).due == at("03-02 15:30")
    assert one(found, opened(), paused("03-02 12:00"), resumed("03-02 13:00")).due == at("03-02 14:00")
    days = owing(pausable(within="1 working day"), calendar=OFFICE)
    assert one(days, opened(), paused("03-02 16:00"), resumed("03-03 10:00")).due == at("03-03 11:00")


def test_a_pause_pushes_an_elapsed_limit_by_elapsed_time_even_where_there_is_a_calendar() -> None:
    found = owing(pausable(), calendar=OFFICE)
    assert one(found, opened(), paused("03-02 12:00"), resumed("03-02 13:00")).due == at("03-02 14:00")


def test_during_a_pause_the_due_is_as_at_its_start_and_the_case_is_never_missing() -> None:
    running = one(FOUR_HOURS, opened(), paused("03-02 12:00"), watermark="04-01")
    assert (running.verdict.value, running.due, running.wake) == ("pending", at("03-02 13:00"), None)
    assert running.flags == ("paused",)


def test_a_case_in_a_pause_that_does_not_count_goes_missing() -> None:
    events = [opened(), paused("03-02 12:00", "lunch")]
    assert verdict(AGREED, events, "03-02 12:59:59.999999") == "pending"
    assert verdict(AGREED, events, "03-02 13:00") == "missing"


@pytest.mark.parametrize(("start", "expected"), [("03-02 13:00", "pending"), ("03-02 13:00:00.000001", "missing")])
def test_a_pause_that_starts_after_the_limit_changes_nothing(start: str, expected: str) -> None:
    assert verdict(FOUR_HOURS, [opened(), paused(start)], "04-01") == expected
    pushed = [opened(), paused(start), resumed("03-02 14:00"), closed("03-02 13:30")]
    assert verdict(FOUR_HOURS, pushed, "04-01") == ("met" if expected == "pending" else "late")


@pytest.mark.parametrize(("start", "expected"), [("03-02 12:59:59.999999", "pending"), ("03-02 13:00", "missing")])
def test_with_under_a_pause_that_starts_at_the_limit_changes_nothing(start: str, expected: str) -> None:
    assert verdict(owing(pausable(under="4 h")), [opened(), paused(start)], "04-01") == expected


def test_a_second_pause_is_measured_against_the_limit_that_the_first_has_pushed() -> None:
    events = [opened(), paused("03-02 12:00"), resumed("03-02 14:00"), paused("03-02 15:00"), resumed("03-02 16:00")]
    assert one(FOUR_HOURS, *events).due == at("03-02 16:00")
    events = [opened(), paused("03-02 12:00"), resumed("03-02 14:00"), paused("03-02 15:01"), resumed("03-02 16:00")]
    assert one(FOUR_HOURS, *events).due == at("03-02 15:00")


def test_a_closing_ends_the_pause() -> None:
    late_resume = [opened(), paused("03-02 12:00"), closed("03-02 12:30"), resumed("03-02 18:00")]
    assert one(FOUR_HOURS, *late_resume).due == at("03-02 13:30")
    assert verdict(FOUR_HOURS, [opened(), paused("03-02 12:00"), closed("03-09 12:00")], "04-01") == "met"


def test_a_pause_after_the_closing_is_evidence() -> None:
    after = [opened(), closed("03-02 12:00"), paused("03-02 12:30"), resumed("03-02 12:45")]
    assert one(FOUR_HOURS, *after).due == at("03-02 13:00")
    at_once = event("paused", "03-02 12:00", id="zz")
    assert one(FOUR_HOURS, opened(), closed("03-02 12:00"), at_once, resumed("03-02 12:45")).due == at("03-02 13:00")


def test_a_closing_that_was_voided_has_ended_the_pause_too() -> None:
    found = owing(pausable(reopened={"type": "reopened"}))
    events = [opened(), paused("03-02 10:00"), closed("03-02 11:00"), event("reopened", "03-02 12:00")]
    assert one(found, *events).due == at("03-02 14:00")
    assert verdict(found, events, "03-02 14:00") == "missing"


def test_a_pause_before_the_opening_counts_from_the_opening_on() -> None:
    assert one(FOUR_HOURS, paused("03-02 08:00"), opened(), resumed("03-02 10:00")).due == at("03-02 14:00")


def test_resuming_what_was_not_paused_changes_nothing() -> None:
    assert one(FOUR_HOURS, opened(), resumed("03-02 10:00")).due == at("03-02 13:00")


def test_a_pause_over_a_night_when_clocks_change_pushes_by_the_hours_that_passed() -> None:
    events = [opened("03-28 20:00"), paused("03-28 21:00"), resumed("03-29 09:00")]
    assert one(FOUR_HOURS, *events).due == at("03-29 12:00")


def test_elapsed_time_is_a_function_of_the_events_in_any_order() -> None:
    events = [opened(), paused("03-02 10:00", "strike"), resumed("03-02 11:00"), paused("03-02 12:00", "lunch")]
    dues = {one(AGREED, *order).due for order in permutations([*events, closed("03-02 15:00")])}
    assert dues == {at("03-02 14:00")}


CANCELLABLE = owing(pausable(cancelled={"type": "cancelled"}))


def test_a_cancellation_ends_the_pause_and_counts_up_to_the_limit_that_the_pause_has_pushed() -> None:
    events = [opened(), paused("03-02 12:30"), event("cancelled", "03-02 18:00")]
    assert verdict(CANCELLABLE, events, "03-31") == "dropped"
    assert verdict(CANCELLABLE, [*events, resumed("03-03 18:00")], "03-31") == "dropped"
    assert one(CANCELLABLE, *events).due == at("03-02 18:30")


def test_a_cancellation_after_the_limit_leaves_the_case_missing_and_not_paused() -> None:
    after_closing_time = owing(
        pausable(within="4 working hours", cancelled={"type": "cancelled"}),
        calendar={"open": {"mon-fri": ["09:00-17:00"]}},
    )
    events = [opened("03-02 13:00"), paused("03-02 17:00"), event("cancelled", "03-02 20:00")]
    assert verdict(after_closing_time, events[:2], "03-31") == "pending"
    assert verdict(after_closing_time, events, "03-31") == "missing"


def test_a_cancellation_after_the_closing_ends_no_pause_that_counts() -> None:
    events = [opened(), paused("03-02 10:00"), closed("03-02 11:00"), event("cancelled", "03-02 12:00")]
    assert verdict(CANCELLABLE, events, "03-31") == "met"
    assert one(CANCELLABLE, *events).due == at("03-02 14:00")


def test_a_pause_after_a_cancellation_in_time_moves_its_case_no_more() -> None:
    found = owing(pausable(cancelled={"type": "cancelled"}, on_cancel="failed"))
    events = [opened(), event("cancelled", "03-02 10:00"), paused("03-02 11:00"), resumed("04-20 11:00")]
    assert one(found, *events).due == at("03-02 13:00")
    assert verdict(found, events) == "failed"
