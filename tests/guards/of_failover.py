"""What guards a store that is older again under running programs (restored, or failed over to a server that was behind), and one
behind a pooler."""

from __future__ import annotations

from tests.guards.streaming import DATABASE, LOCKS, RECORDER, SEATS, WORKER, Guarding

RECORDERS = "services/history/recorders.py"
LINEAGE, SCOPED, TIME = "services/history/lineage.py", "services/seeing/seen.py", "services/timekeeping.py"
IN_POOLERS = "tests/services/test_poolers.py::test_"
IN_LINEAGE = "tests/services/test_lineage.py::test_"
WENT_BACK = "tests/kafka/test_store_went_back.py::test_what_a_restored_store_lacks_is_read_again_"

GUARDING = (
    Guarding("a batch begins where the store is", RECORDERS, "WHERE application_name = ? AND notification_id = ? \"",
             "WHERE application_name = ? AND notification_id <= ? \"", f"{WENT_BACK}with_what_comes_next[sqlite-40]"),
    Guarding("a store that went back is noticed though only others come", WORKER,
             "        self._look_whether_the_store_went_back()\n", "", f"{WENT_BACK}though_only_others_come[sqlite]"),
    Guarding("the last entry that was seen tells whether the store is the same", LINEAGE,
             "if known is not None and ends.then != known:", "if known is not None and ends.then is None:",
             f"{IN_LINEAGE}the_same_event_received_again_does_not_hide_it[sqlite]"),
    Guarding("a judge is made anew where the store is another one", SEATS, "if self.judge is None or lineage != self._lineage:",
             "if self.judge is None:", f"{IN_LINEAGE}a_judge_that_stays_is_made_anew[sqlite]"),
    Guarding("what was kept of another store is forgotten", SCOPED,
             "            self._store = _Store(lineage)\n", "            self._store.lineage = lineage\n",
             f"{IN_LINEAGE}what_was_kept_of_it_is_shown_no_more[sqlite]"),
    Guarding("time is that of the store as it is", TIME, "            self._forget()\n            self._lineage",
             "            self._lineage",
             f"{IN_LINEAGE}time_is_what_it_says[sqlite]"),
    Guarding("a store that is being restored is not whole", RECORDER,
             "    _is_whole = \"to_regclass('public.stored_rare') IS NOT NULL\"\n", "",
             f"{IN_LINEAGE}a_store_whose_indexes_are_not_there_yet_is_not_whole"),
    Guarding("tables that are gone are waited for", DATABASE,
             "except errors.UndefinedTable as error:", "except errors.DiskFull as error:",
             f"{IN_LINEAGE}while_the_tables_are_gone_that_is_said"),
    Guarding("a pooler that shares connections is refused", "services/history/poolers.py",
             "if any(_changes(connection, other) for _ in range(ROUNDS)):", "if False:",
             f"{IN_POOLERS}a_pooler_that_gives_each_transaction_another_connection_is_refused[transaction]"),
    Guarding("a lock belongs to one connection of the server", LOCKS,
             "is_same = server_side(self._connection) == self._process and", "is_same = server_side(self._connection) > 0 and",
             f"{IN_POOLERS}a_lock_whose_connection_was_given_to_another_is_not_held"),
    Guarding("a store that went back has an outage", "entente/timekeeping.py",
             "            self._lineage, self._held_until = lineage, None\n", "            pass\n",
             "tests/entente/test_live_time.py::test_a_store_that_went_back_has_an_outage"),
    Guarding("a lock that is let go can be taken at once", LOCKS,
             "                self._connection.execute(\"SELECT pg_advisory_unlock_all()\")\n", "                pass\n",
             f"{IN_POOLERS}a_lock_that_is_let_go_can_be_taken_at_once"),
)  # fmt: skip
