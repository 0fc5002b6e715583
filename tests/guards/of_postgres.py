"""What guards a store on PostgreSQL: against changes of shards at once, readers of reports, and settings of the server."""

from __future__ import annotations

from tests.guards.streaming import Guarding

RESHAPING = "services/judging/reshaping.py"
IN_RESHAPING = "tests/services/test_reshaping.py::test_"

GUARDING = (
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
)  # fmt: skip
