"""What guards a finding: the miss that made people act is left out, the bound counts, and nothing is reopened for ever."""

from __future__ import annotations

from tests.guards.streaming import Guarding

PURE, LIVING = "tests/domain/test_effect.py::test_", "tests/services/test_effects.py::test_"

GUARDING = (
    Guarding("the trigger is in no window", "domain/effect_windows.py",
             "(one for one in units if one.order != cut.trigger)", "units",
             f"{PURE}the_trigger_is_in_no_window_and_what_lies_between_is_listed"),
    Guarding("a share at the bound is enough", "domain/effect.py",
             "is_better = p_better(before, after) <= alpha", "is_better = p_better(before, after) < alpha",
             f"{PURE}the_bound_itself_is_enough"),
    Guarding("what did not help twice stays closed", "services/judging/effect_book.py",
             " and not self._was_bad(turn.writes, check)", "",
             f"{LIVING}what_did_not_help_is_reopened_once"),
)  # fmt: skip
