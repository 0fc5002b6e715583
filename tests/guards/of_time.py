"""What guards the time of a store: whose it is, how far it goes, and what a wrong clock or a lost file may do."""

from __future__ import annotations

from tests.guards.streaming import Guarding

KEEPING, ENTRIES, JUDGE = "services/timekeeping.py", "services/history/entries.py", "services/judging/judge.py"
IN_TIME = "tests/services/test_timekeeping.py::test_"

GUARDING = (
    Guarding("the store's time is no party's", KEEPING, 'elif who.role != "administrator":', "elif False:",
             f"{IN_TIME}the_time_of_the_store_is_moved_by_its_administrator_and_the_platform_alone"),
    Guarding("a contract without a time of its own is no party's to move", KEEPING,
             'if who.role != "administrator" and (reached is None or reached == self._watermark):', "if False:",
             f"{IN_TIME}a_party_moves_the_time_of_a_contract_of_its_own_that_is_held_for_its_past"),
    Guarding("what is still to come is not declared", KEEPING, "if to > now + self._settle and not ahead:", "if False:",
             f"{IN_TIME}a_moment_that_the_clock_has_not_reached_is_refused_unless_it_is_wanted"),
    Guarding("ten years are the most", KEEPING, "if to - now > FURTHEST:", "if False:",
             f"{IN_TIME}a_moment_that_the_clock_has_not_reached_is_refused_unless_it_is_wanted"),
    Guarding("a stored time that nobody can know is passed over", ENTRIES,
             "return None if received is not None and time - received > FURTHEST else time", "return time",
             f"{IN_TIME}a_time_that_was_passed_over_is_not_said_to_be_reached"),
)  # fmt: skip
