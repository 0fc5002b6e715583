"""How a contract says that its actions are followed, and what it says of its meetings besides."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from domain.durations import NominalDays, WorkingDays
from domain.terms import SURE, ActionRules, Rung, Text
from services.contract_files import Document, check, contract_terms, differences, sentences
from services.contract_files.to_terms import canonical, terms_from_canonical

Edited = Callable[[str, str], Document]
One = Callable[[str], Document]
LATE = "late_data: 3 days\n"
SAYS = """actions:
  evidence: required
  remind: [5 working days]
  effect: {after: 12, before: 24, sure: 95 %}
  escalation:
    - {after: 2 working days, to: owner}
    - {after: 10 working days, to: [supplier, client, arbiter]}
"""
REVIEW = 'review: {every: "FREQ=MONTHLY;BYDAY=1TU", at: "14:00", duration: 1 h}\n'


def test_what_is_said_of_actions_is_read_back_from_what_is_stored(edited: Edited) -> None:
    found = edited(LATE, LATE + SAYS)
    assert check(found) == []
    rules = ActionRules(
        needs_evidence=True,
        remind=(WorkingDays(5),),
        escalation=(
            Rung(WorkingDays(2), ("owner",)),
            Rung(WorkingDays(10), ("supplier", "client", "arbiter")),
        ),
        after=12,
        before=24,
        sure=Fraction(19, 20),
    )
    assert contract_terms(found).actions == rules == terms_from_canonical(canonical(found)).actions


def test_a_contract_that_says_nothing_of_actions_is_stored_as_before(one: One, example: str) -> None:
    stored = canonical(one(example))
    assert "actions" not in stored
    assert "minutes_within" not in stored
    assert terms_from_canonical(stored).actions == ActionRules(sure=SURE)


def test_a_review_says_where_it_is_and_what_is_awaited_when(edited: Edited) -> None:
    more = "place: {en: Office, fr: Bureau}, pack: 1 week, minutes_within: 10 days, present: {supplier: [ann], client: [bob]}}\n"
    found = edited(REVIEW, REVIEW.replace("duration: 1 h}\n", f"duration: 1 h, {more}"))
    assert check(found) == []
    review = contract_terms(found).review
    assert review is not None
    assert (review.place, review.pack, review.minutes_within) == (
        Text((("en", "Office"), ("fr", "Bureau"))), NominalDays(7), NominalDays(10),
    )  # fmt: skip
    assert review.present == (("client", ("bob",)), ("supplier", ("ann",)))


@pytest.mark.parametrize(("name", "length"), [("pack", "3 working days"), ("minutes_within", "2 working hours")])
def test_working_time_of_a_review_needs_a_calendar(one: One, example: str, name: str, length: str) -> None:
    without = example.replace("calendar: office-fr\n", "").replace(
        "duration: 1 h}\n", f"duration: 1 h, {name}: {length}}}\n"
    )
    assert any(f"review.{name}: “{length}” needs a calendar" in one for one in check(one(without)))


def test_steps_of_the_ladder_are_told_apart_by_their_number_in_both_languages(edited: Edited) -> None:
    before = edited(LATE, LATE + SAYS).tree
    after = edited(LATE, LATE + SAYS.replace("{after: 2 working days, to: owner}", "{after: 3 days, to: owner}")).tree
    found = differences(before, after)
    assert sentences(found) == ["actions / escalation / 1 / after: 2 working days → 3 days"]
    assert sentences(found, "fr") == ["actions / relances / 1 / après : 2 working days → 3 days"]
