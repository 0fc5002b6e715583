"""An action's plan, what is done of it, and what ends it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from domain.action import Action, ReasonsMissing
from domain.decisions import DecisionRefused
from domain.plan import Plan, Step, done_share

BY: dict[str, Any] = {"by": "lab/ann", "at": 2}


def step(id: str, weight: int = 1) -> Step:
    return {"id": id, "text": id, "weight": weight, "due": None}


PLAN: Plan = {"steps": [step("script", 2), step("rota")], "means": None, "effect": None}


def action(**more: Any) -> Action:
    given: dict[str, Any] = {
        "action": "5a5f2d0e-0000-4000-8000-000000000001",
        "commitment": "c/d/k",
        "period": "2026-03",
        "cause": "late",
        "text": "",
        "owner": "lab",
        "person": "ann",
        "due": "2026-04-01",
        "by": "entente",
        "at": 1,
    }
    return Action(**(given | more))


def test_what_is_done_is_the_weight_of_the_steps_that_are() -> None:
    steps = PLAN["steps"]
    assert done_share(steps, {"script"}, is_closed=False) == Fraction(2, 3)
    assert done_share(steps, {"script"}, is_closed=True) == Fraction(2, 3)
    assert [done_share([], (), is_closed=one) for one in (False, True)] == [0, 1]


def test_steps_are_done_and_undone_once_and_stay_done_in_a_new_plan() -> None:
    one = action()
    one.make_plan(PLAN, **BY)
    one.do_step("script", **BY)
    for id in ("script", "none"):
        with pytest.raises(DecisionRefused):
            one.do_step(id, **BY)
    with pytest.raises(DecisionRefused, match="not done"):
        one.undo_step("rota", "why", **BY)
    one.make_plan({**PLAN, "steps": [step("script"), step("third")]}, **BY)
    assert set(one.done) == {"script"}
    one.undo_step("script", "it broke", **BY)
    assert one.done == {}
    with pytest.raises(DecisionRefused, match="its plan already"):
        one.make_plan({**PLAN, "steps": [step("script"), step("third")]}, **BY)


def test_steps_that_are_not_done_need_a_reason_each() -> None:
    one = action()
    one.make_plan(PLAN, **BY)
    one.do_step("script", **BY)
    with pytest.raises(ReasonsMissing, match="rota"):
        one.close("mended", **BY)
    with pytest.raises(DecisionRefused, match="is done already"):
        one.close("mended", **BY, undone={"rota": "no need", "script": "done"})
    with pytest.raises(DecisionRefused, match="no step"):
        one.close("mended", **BY, undone={"other": "x", "rota": "no need"})
    one.close("mended", **BY, undone={"rota": "no need"}, effective_from="2026-03-02")
    assert (one.state, one.closings[-1]["effective_from"], one.closings[-1]["undone"]) == (
        "closed", "2026-03-02", {"rota": "no need"},
    )  # fmt: skip


def test_another_day_begins_the_ladder_anew_and_a_step_is_reached_once() -> None:
    one = action()
    one.escalate(1, ["owner"], by="entente", at=3, moment=2)
    with pytest.raises(DecisionRefused):
        one.escalate(1, ["owner"], by="entente", at=3)
    assert not one.was_worked_on
    assert not one.was_spoken_of
    one.reschedule("2026-05-01", "the supplier is away", **BY)
    assert (one.due, one.escalations, one.changes[-1]["due"]) == ("2026-05-01", [], ["2026-04-01", "2026-05-01"])
    one.escalate(1, ["owner"], by="entente", at=4)
    with pytest.raises(DecisionRefused, match="its day already"):
        one.reschedule("2026-05-01", "again", **BY)


def test_what_a_signed_decision_made_changes_its_day_and_owner_only_by_a_later_one() -> None:
    one = action(review="c@2026-03-03")
    with pytest.raises(DecisionRefused, match="only a decision of a later meeting"):
        one.reschedule("2026-05-01", "later", **BY)
    with pytest.raises(DecisionRefused, match="only a decision of a later meeting"):
        one.reassign("ward", None, "theirs", **BY)
    one.reassign("lab", "bob", "ann is away", **BY)
    one.reschedule("2026-05-01", "later", **BY, review="c@2026-04-07")
    one.reassign("ward", None, "theirs", **BY, review="c@2026-04-07")
    assert (one.owner, one.person, one.due, len(one.changes)) == ("ward", None, "2026-05-01", 3)


def found(check: int) -> dict[str, Any]:
    units = {"missed": 0, "judged": 8}
    return {
        "check": check, "verdict": "ineffective", "before": units, "after": units, "p_better": "1/5", "p_worse": "1",
        "kept": False, "from_key": "a", "to_key": "b", "position": 9,
    }  # fmt: skip


def test_an_effect_is_found_once_for_each_closing_and_may_reopen_it() -> None:
    one = action()
    with pytest.raises(DecisionRefused):
        one.find_effect(found(1), **BY)
    one.close("mended", **BY)
    one.find_effect(found(1), **BY)
    for check in (1, 2):
        with pytest.raises(DecisionRefused, match="found already"):
            one.find_effect(found(check), **BY)
    one.reopen("no effect", by="entente", at=5, check=1, due="2026-06-01")
    assert (one.state, one.closing, one.due) == ("open", None, "2026-06-01")
    one.close("again", **BY)
    one.find_effect(found(2), **BY)
    one.accept_as_is("c@2026-07-07", "it cannot be helped", **BY)
    with pytest.raises(DecisionRefused):
        one.reopen("once more", **BY)


def test_money_and_evidence_are_noted_once() -> None:
    one = action()
    one.spend(180_000, "EUR", 2026, "the script", **BY)
    with pytest.raises(DecisionRefused, match="said already"):
        one.spend(180_000, "EUR", 2026, "the script", **BY)
    one.spend(-500, "EUR", 2026, "a refund", **BY)
    one.show_evidence([4], None, **BY)
    with pytest.raises(DecisionRefused, match="already"):
        one.show_evidence([4], None, **BY)
    with pytest.raises(DecisionRefused, match="nothing was spent"):
        one.spend(0, "EUR", 2026, "", **BY)
    assert one.was_worked_on
