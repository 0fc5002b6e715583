"""What guards a past that was imported from calling anybody, and time from passing before a file came."""

from __future__ import annotations

from tests.guards.streaming import Guarding

BREACHES, LIVING = "services/judging/breach_book.py", "services/judging/living.py"
LIVE, PASSING, OUTAGES = "entente/timekeeping.py", "services/judging/passing.py", "services/judging/outages.py"
FEEDING, FED = "services/directory/feeds.py", "tests/entente/test_fed_by_files.py::test_"
LOOKING, KEPT = "dashboards/pages/house/looking_back.py", "services/seeing/kept_looks.py"
THEN, LOOKS = "tests/dashboards/test_looking_back.py::test_", "tests/services/seeing/test_kept_looks.py::test_"
BEFORE = "tests/services/breaches/test_before_use.py::test_"

GUARDING = (
    Guarding("what was missed before both had signed is past", BREACHES,
             "if own is not None and since is not None and own < since:", "if False:",
             f"{BEFORE}what_lies_before_both_had_signed_calls_nobody_and_what_comes_then_does"),
    Guarding("its own instant counts, not when it was told", BREACHES,
             "own, since = self._passing if self._passing is not None else missed,", "own, since = self.moment(watermark, missed),",
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
    Guarding("a review of before is not awaited", "services/reviews/review_rows.py",
             '"past" if not is_over and lives and is_before_use(in_force, starts) else state', '"held"',
             f"{BEFORE}what_lies_before_both_had_signed_calls_nobody_and_what_comes_then_does"),
    Guarding("time waits for files", LIVE, "advance(PLATFORM, to, waiting=self._waiting_for_files())", "advance(PLATFORM, to)",
             f"{FED}what_a_file_is_to_say_is_not_missing_before_it_came"),
    Guarding("what waits is let go when it waits no more", PASSING, "bench.own_times.wait_no_more(writes, contract)", "pass",
             f"{FED}a_file_that_does_not_come_is_said_and_time_goes_on_when_the_next_one_is_due_too"),
    Guarding("events to come move no time", FEEDING, "if event.time <= received:", "if True:",
             f"{FED}an_event_of_times_to_come_says_nothing_of_what_was_heard"),
    Guarding("an outage excuses nothing that a file tells", OUTAGES, " and contract not in one.but", "",
             f"{FED}an_outage_of_ours_excuses_nothing_that_a_file_tells_later"),
    Guarding("who comes back has the time for a file", FEEDING, "received_at(seen.history, entries[first[source]]), *ends])",
             "received_at(seen.history, entries[first[source]])])",
             f"{FED}who_was_away_for_weeks_brings_the_files_before_anything_is_missing"),
    Guarding("as of a moment what waited waits", "services/judging/judge.py",
             "pass_time(self.bench, writes, as_of, self.position, self.bench.own_times.waiting())",
             "pass_time(self.bench, writes, as_of, self.position)",
             f"{FED}as_of_a_moment_it_waited"),
    Guarding("nothing is done on a page of then", LOOKING,
             "if self._is_past and self._is_in_main and _is_of_now(tag, held):", "if False:",
             f"{THEN}a_page_of_then_says_so_does_nothing_and_leads_on_in_that_moment"),
    Guarding("what was erased is not kept in a moment", KEPT, "is_old or history.read(one.begun, 1, [ERASED])", "is_old",
             f"{LOOKS}nothing_is_kept_of_what_was_judged_before_somebody_was_forgotten"),
    Guarding("what is shown no more is not shown on pages of then", LOOKING, "then.shown &= still", "pass",
             "tests/isolation/test_shown_to_parts.py::test_the_wording_in_force_decides_and_what_was_shown_is_not_shown_as_it_was"),
)  # fmt: skip
