"""What guards a store on PostgreSQL: against changes of shards at once, readers of reports, and settings of the server."""

from __future__ import annotations

from tests.guards.streaming import Guarding

RESHAPING = "services/judging/reshaping.py"
IN_RESHAPING = "tests/services/test_reshaping.py::test_"
SESSIONS, DATABASE = "services/history/postgres_sessions.py", "services/history/postgres_database.py"
IN_SETTINGS = "tests/services/test_server_settings.py::test_"
HELPING, READERS = "services/report_helpers.py", "services/report_readers.py"
CREATING, IN_REPORTS = "services/report_views.py", "tests/services/test_reports.py::test_"

LOCKS, OF_LOCKS = "services/history/postgres_locks.py", "tests/services/test_strangers_locks.py::test_"

GUARDING = (
    Guarding("locks count in the hands of programs alone", LOCKS, " AND {OURS}\"", "\"",
             f"{OF_LOCKS}a_reader_of_reports_stops_neither_judging_nor_the_start_nor_a_change_of_the_shards"),
    Guarding("who stands for a lock looks for an earlier release", LOCKS,
             "return programs(connection, self._number) == {self._process}", "return True",
             f"{OF_LOCKS}a_program_of_an_earlier_release_never_judges_beside_a_newer_one"),
    Guarding("a share of those who listen", "services/pulse.py", "if self._of[_name(who)] >= SHARE:", "if False:",
             "tests/services/test_pulse.py::test_nobody_takes_more_than_a_share_of_the_places"),
    Guarding("a stream too many is refused while the answer can still say so", "services/api/stream.py",
             "        pulse.require_room(who)  # while the answer can still say so\n", "",
             "tests/services/test_api_served.py::test_a_stream_beyond_the_share_is_refused_before_it_begins"),
    Guarding("one change of the shards at a time", RESHAPING, "        while not lock.try_acquire():\n", "        while False:\n",
             f"{IN_RESHAPING}the_second_change_is_told_that_it_waits_and_comes_when_the_first_has_ended"),
    Guarding("a change whose lock was lost", RESHAPING, "if not self._lock.is_held():", "if False:",
             f"{IN_RESHAPING}a_change_whose_lock_is_lost_goes_no_further"),
    Guarding("one layout in force", RESHAPING, "            writes.execute(_ONE_IN_FORCE)\n", "",
             f"{IN_RESHAPING}two_layouts_are_never_in_force"),
    Guarding("nothing but schemas of shards is dropped", RESHAPING,
             "if not OURS.fullmatch(schema):\n        raise", "if False:\n        raise",
             f"{IN_RESHAPING}no_other_schema_is_dropped_whatever_happens"),
    Guarding("what a killed change left", RESHAPING,
             "for schema in strays(self._database):", "for schema in strays(self._database) and ():",
             f"{IN_RESHAPING}a_change_that_is_killed_leaves_nothing_that_the_next_one_does_not_clear"),
    Guarding("texts are what they say", SESSIONS, "    \"standard_conforming_strings\": \"on\",\n", "",
             f"{IN_SETTINGS}a_setting_of_the_database_changes_nothing_of_what_is_stored[standard_conforming_strings]"),
    Guarding("the connections of locks are set too", DATABASE, "                settle(connection)\n", "                pass\n",
             f"{IN_SETTINGS}every_connection_is_set_those_of_the_locks_and_of_the_shards_too"),
    Guarding("texts cross in UTF-8 whatever the address says", DATABASE, ", client_encoding=\"UTF8\")", ")",
             f"{IN_SETTINGS}nor_does_one_of_the_address[client_encoding=SQL_ASCII]"),
    Guarding("nothing is made where there is no schema public", SESSIONS, "if not has_public:", "if False:",
             f"{IN_SETTINGS}a_database_without_a_schema_public_is_refused"),
    Guarding("reports look for nothing where others may create", HELPING, "SET search_path = pg_catalog, pg_temp SET",
             "SET search_path = pg_catalog, public, pg_temp SET",
             f"{IN_REPORTS}a_reader_who_may_create_in_public_gains_nothing"),
    Guarding("who may create is no reader", READERS, ".fetchone() == (True,):", ".fetchone() == ():",
             f"{IN_REPORTS}who_may_create_in_public_is_no_reader_of_reports"),
    Guarding("nothing of somebody else becomes a report", CREATING, "        _require_own(writes, database.place)\n", "",
             f"{IN_REPORTS}nothing_of_somebody_else_becomes_a_report[CREATE FUNCTION "
             "report_json(said text) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$]"),
    Guarding("what was handed to somebody else is told", "entente/doctor_store.py",
             "for name, owner, ours in owned_by_others(database):",
             "for name, owner, ours in list[tuple[str, str, str]]():",
             f"{IN_REPORTS}what_was_handed_to_somebody_else_afterwards_is_told[VIEW-report_about]"),
    Guarding("a bounded number of decisions in a batch", "services/judging/judge.py", "else batch[: decisions[DECISIONS]]",
             "else batch",
             "tests/services/test_many_decisions.py::test_a_batch_holds_a_bounded_number_of_decisions_and_any_number_of_facts"),
    Guarding("who only looks replaces nothing", RESHAPING, "    if not renews:\n", "    if False:\n",
             "tests/services/test_upgrading.py::test_who_only_looks_replaces_nothing"),
)  # fmt: skip
