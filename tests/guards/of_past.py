"""What guards a past that was imported from calling anybody."""

from __future__ import annotations

from tests.guards.streaming import Guarding

BREACHES, LIVING = "services/judging/breach_book.py", "services/judging/living.py"
BEFORE = "tests/services/test_before_use.py::test_"

GUARDING = (
    Guarding("what was missed before both had signed is past", BREACHES,
             "if own is not None and since is not None and own < since:", "if False:",
             f"{BEFORE}what_lies_before_both_had_signed_calls_nobody_and_what_comes_then_does"),
    Guarding("its own instant counts, not when it was told", BREACHES,
             "own, since = self.passing if self.passing is not None else missed,", "own, since = self.moment(watermark, missed),",
             f"{BEFORE}a_past_that_is_told_later_calls_nobody_either"),
    Guarding("actions of a past are dropped when the store lives", LIVING,
             "ask_to_drop(writes, action, since, at, BEFORE_USE)", "pass",
             f"{BEFORE}what_was_asked_for_before_the_store_lived_is_dropped_once_it_does"),
    Guarding("time that is played is no life", "services/history/entries.py",
             "received - time <= LIVES_WITHIN", "True",
             f"{BEFORE}a_study_of_old_events_shows_what_would_have_been"),
    Guarding("no excuse is proposed for a past", "services/judging/dependency_book.py",
             "if not judgement.is_miss or opening.is_past:", "if not judgement.is_miss:",
             f"{BEFORE}no_excuse_is_proposed_for_what_was_missed_before"),
    Guarding("a review of before is not awaited", "services/reading/decision_rows.py",
             '"past" if lives and is_before_use(in_force, starts) else "held"', '"held"',
             f"{BEFORE}what_lies_before_both_had_signed_calls_nobody_and_what_comes_then_does"),
)  # fmt: skip
