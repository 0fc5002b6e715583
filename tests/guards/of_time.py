"""What guards the time of a store: whose it is, how far it goes, and what a wrong clock or a lost file may do."""

from __future__ import annotations

from tests.guards.streaming import Guarding

KEEPING, ENTRIES, JUDGE = "services/timekeeping.py", "services/history/entries.py", "services/judging/judge.py"
DATABASE, FILES, LOCKS = (
    "services/history/sqlite_database.py", "services/history/sqlite_files.py", "services/history/judge_locks.py",
)  # fmt: skip
IN_TIME = "tests/services/test_timekeeping.py::test_"
OUTAGES, CLOCK, LIVE = "services/outages.py", "entente/clock.py", "entente/timekeeping.py"
IN_OUTAGES, IN_LIVE = "tests/services/arrivals/test_outages.py::test_", "tests/entente/test_live_time.py::test_"
SOUND = "tests/entente/test_soundness.py::test_"
LOST = "tests/services/test_lost_files.py::test_"

GUARDING = (
    Guarding("the store's time is no party's", KEEPING, 'elif not who.may(Right.ADMINISTER):', "elif False:",
             f"{IN_TIME}the_time_of_the_store_is_moved_by_its_administrator_and_the_platform_alone"),
    Guarding("a contract without a time of its own is no party's to move", KEEPING,
             'if not who.may(Right.ADMINISTER) and (reached is None or reached == self._watermark):', "if False:",
             f"{IN_TIME}a_party_moves_the_time_of_a_contract_of_its_own_that_is_held_for_its_past"),
    Guarding("what is still to come is not declared", KEEPING, "if to > now + self._settle and not ahead:", "if False:",
             f"{IN_TIME}a_moment_that_the_clock_has_not_reached_is_refused_unless_it_is_wanted"),
    Guarding("ten years are the most", KEEPING, "if to - now > FURTHEST:", "if False:",
             f"{IN_TIME}a_moment_that_the_clock_has_not_reached_is_refused_unless_it_is_wanted"),
    Guarding("a stored time that nobody can know is passed over", ENTRIES,
             "return None if received is not None and time - received > FURTHEST else time", "return time",
             f"{IN_TIME}a_time_that_was_passed_over_is_not_said_to_be_reached"),
    Guarding("a contract ends on a day that has one behind it", "domain/contract_versions.py",
             "return min(LAST_DAY, *days) if days else None", "return min(days, default=None)",
             f"{IN_TIME}a_contract_that_was_ended_on_the_last_of_all_days_is_still_judged"),
    Guarding("days that people name are bounded", "services/deciding.py", "if not FIRST_DAY <= day <= LAST_DAY:", "if False:",
             f"{IN_TIME}a_day_that_nobody_can_unroll_dates_to_is_refused"),
    Guarding("no outage by a clock that may be wrong", LIVE,
             "        if not self._is_clock_right(now):\n            return False\n", "        self._is_clock_right(now)\n",
             f"{IN_LIVE}by_a_clock_that_cannot_be_right_no_time_passes_and_no_outage_is_noted"),
    Guarding("a clock that goes back", CLOCK, "if now < seen - BACK:", "if False:",
             f"{IN_LIVE}by_a_clock_that_cannot_be_right_no_time_passes_and_no_outage_is_noted"),
    Guarding("a clock that leaps", CLOCK, "if now > seen + LEAP:", "if False:",
             f"{IN_LIVE}a_clock_that_jumps_while_time_passes_holds_it"),
    Guarding("a clock is not made right by what it said itself", LIVE,
             "if (why := self._clock.why_not(now)) is not None:",
             "if (why := ClockWatch(self._program.store.history).why_not(now)) is not None:",
             f"{IN_LIVE}what_came_in_by_a_wrong_clock_does_not_make_it_right"),
    Guarding("an outage is withdrawn by the administrator alone", OUTAGES,
             'raise NotAllowed(\n                said("an outage of the platform is withdrawn',
             'NotAllowed(\n                said("an outage of the platform is withdrawn',
             f"{IN_OUTAGES}only_the_administrator_withdraws_an_outage_once_and_says_why"),
    Guarding("what an outage excused is judged again", "services/judging/outages.py",
             "return [(commitment, key) for commitment, key in writes.query(sql, [span.start, span.end, REASON])]", "return []",
             f"{IN_OUTAGES}a_final_figure_is_restated_by_the_withdrawal_and_names_it"),
    Guarding("every page is looked through", "services/history/soundness.py",
             'return [" ".join(str(said).split()) for (said,) in found if said != "ok"]', "return []",
             f"{SOUND}damage_shows_in_readiness_and_metrics_after_the_daily_look"),
    Guarding("a damaged store is not called well", "entente/doctor_store.py", "if found := damage(database):", "if found := ():",
             f"{SOUND}a_damaged_page_is_found_and_nothing_more_is_asked_of_such_a_store"),
    Guarding("a look at the store's files before they are read", DATABASE,
             "            self._require_its_files(connection)\n            yield connection", "            yield connection",
             f"{LOST}nothing_is_accepted_nor_shown_once_a_file_is_lost"),
    Guarding("a look before each commit", DATABASE,
             'self._require_its_files(connection)\n                connection.execute("COMMIT")', 'connection.execute("COMMIT")',
             f"{LOST}what_is_lost_while_a_transaction_is_open_is_rolled_back"),
    Guarding("a look after each commit", DATABASE,
             'connection.execute("COMMIT")\n                self._require_its_files(connection)', 'connection.execute("COMMIT")',
             f"{LOST}what_is_lost_between_the_look_and_the_commit_is_not_said_to_be_stored"),
    Guarding("all connections have one file open", DATABASE,
             "if self._file is None or connection.files[0] != self._file:", "if False:",
             f"{LOST}no_connection_goes_to_another_file_than_the_first"),
    Guarding("the log and its index belong to the store", FILES, 'BESIDE: Final = ("", "-wal", "-shm")',
             'BESIDE: Final = ("",)', f"{LOST}nothing_is_accepted_nor_shown_once_a_file_is_lost"),
    Guarding("a lock whose file is gone is nobody's", LOCKS,
             "return identity(str(self._path)) == (here.st_dev, here.st_ino)", "return True",
             f"{LOST}a_lock_whose_file_was_removed_is_lost"),
    Guarding("a store is its owner's alone", FILES, "PRIVATE: Final = 0o600", "PRIVATE: Final = 0o666",
             f"{LOST}a_store_is_its_owners_alone"),
)  # fmt: skip
