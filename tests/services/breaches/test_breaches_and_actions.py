"""What opens a breach, what withdraws it, and the action that follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from tests.given import contract, criterion, deadline, due, event, punctuality
from tests.services.judged import Life, living

MONDAYS = contract(criterion(punctuality()))
MISSES = contract(criterion(punctuality(), target={"max_misses": 1, "per": "month"}, each_miss="breach"))


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def test_a_miss_that_matters_opens_a_breach_and_through_the_outbox_one_action(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MISSES)
        life.advance("2026-01-05 10:00")
        [breach] = life.breaches()
        assert (breach.cause, breach.key, breach.debtor) == ("missing", "2026-01-05", "lab")
        [action] = life.actions()
        assert (action.id, action.cause, action.owner, action.person) == (breach.action, "missing", "lab", "ann")
        assert str(action.due) == "2026-01-19"
        position = life.position()
        life.judge()
        assert life.position() == position


def test_one_action_is_open_per_commitment_and_cause(life: Life) -> None:
    life.sign(MISSES)
    life.advance("2026-03-01 00:00")
    breaches = life.breaches()
    assert {one.cause for one in breaches} == {"missing", "target-lost"}
    assert [one.cause for one in life.actions()].count("missing") == 1
    assert [one.cause for one in life.actions()].count("target-lost") == 1
    assert len(breaches) == 4 + 4 + 2


def test_a_breach_that_goes_away_is_withdrawn_and_its_untouched_action_is_not_needed(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MISSES)
        life.advance("2026-01-06 00:00")
        life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
        assert [one.state for one in life.breaches(None)] == ["withdrawn"]
        assert [one.state for one in life.actions(None)] == ["not needed"]


def test_an_action_that_somebody_has_worked_on_stays(life: Life) -> None:
    life.sign(MISSES)
    life.advance("2026-01-06 00:00")
    [action] = life.actions()
    life.store.use(FollowingUp).progress(ADMINISTRATOR, action.id, "we look into it")
    life.judge()
    life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
    assert [one.state for one in life.breaches(None)] == ["withdrawn"]
    assert [one.state for one in life.actions(None)] == ["open"]


def test_an_action_that_another_breach_needs_stays(life: Life) -> None:
    life.sign(MISSES)
    life.advance("2026-01-13 00:00")
    life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
    assert [one.cause for one in life.actions()] == ["missing"]
    assert sorted((one.cause, one.state) for one in life.breaches(None)) == [
        ("missing", "open"), ("missing", "withdrawn"), ("target-lost", "withdrawn"),
    ]  # fmt: skip


def test_missing_that_turns_out_late_stays_one_breach(life: Life) -> None:
    life.sign(MISSES)
    life.advance("2026-01-06 00:00")
    [missing] = life.breaches()
    life.happen(event("report", "2026-01-05 11:00", None, date="2026-01-05"))
    assert [(one.cause, one.state) for one in life.breaches(None)] == [("late", "open")]
    [late] = life.breaches()
    assert (late.id, late.opened_position, late.action) == (missing.id, missing.opened_position, missing.action)
    assert [one.cause for one in life.actions(None)] == ["missing"]


def test_a_breach_moves_with_its_case_to_another_period(life: Life) -> None:
    life.sign(contract(criterion(deadline(changed={"type": "changed"}), each_miss="breach")))
    life.happen(event("opened", "01-10", **due("01-12")))
    life.advance("2026-03-01 00:00")
    life.happen(event("changed", "01-11", **due("02-12")))
    assert [(one.key, one.period, one.cause) for one in life.breaches() if one.key] == [("1", "2026-02", "missing")]


def test_evidence_breaches_a_target_before_any_time_was_declared(life: Life) -> None:
    life.sign(MISSES)
    for day in ("05", "12"):
        life.happen(event("report", f"2026-01-{day} 11:00", None, date=f"2026-01-{day}"))
    assert "target-lost" in {one.cause for one in life.breaches()}


def test_a_number_of_misses_of_cases_is_breached_by_the_miss_that_is_too_many(life: Life) -> None:
    life.sign(contract(criterion(deadline(), target={"max_misses": 1, "per": "month"})))
    for key in ("1", "2"):
        assert life.breaches() == []
        life.happen(event("opened", "01-10", key, **due("01-12")), event("closed", "01-13", key))
    assert [one.cause for one in life.breaches()] == ["target-lost"]


def test_a_period_to_come_is_not_breached_before_its_dates_are_known(life: Life) -> None:
    life.sign(MONDAYS)
    life.happen(event("report", "2026-06-01 11:00", None, date="2026-06-01"))
    assert life.breaches(None) == []
    life.advance("2026-06-01 00:00")
    assert [one.cause for one in life.breaches(None) if one.period == "2026-06"] == ["target-lost"]
