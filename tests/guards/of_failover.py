"""What guards a store that is older again under running programs: restored, or failed over to a server that was behind."""

from __future__ import annotations

from tests.guards.streaming import WORKER, Guarding

RECORDERS = "services/history/recorders.py"
WENT_BACK = "tests/kafka/test_store_went_back.py::test_what_a_restored_store_lacks_is_read_again_"

GUARDING = (
    Guarding("a batch begins where the store is", RECORDERS, "WHERE application_name = ? AND notification_id = ? \"",
             "WHERE application_name = ? AND notification_id <> ? \"", f"{WENT_BACK}with_what_comes_next[sqlite-40]"),
    Guarding("a store that went back is noticed though only others come", WORKER,
             "                self._look_whether_the_store_went_back()\n", "", f"{WENT_BACK}though_only_others_come[sqlite]"),
)  # fmt: skip
