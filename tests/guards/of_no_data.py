"""What guards the time for which data can be wanting: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

FIGURES, STANDINGS, MOVING = "domain/figures.py", "services/judging/standings.py", "services/judging/moving.py"
IN_NO_DATA = "tests/services/test_no_data.py::test_"
BEYOND = f"{IN_NO_DATA}beyond_validity_no_data_is_no_breach_whatever_became_of_its_only_case"
ROLLING = f"{IN_NO_DATA}a_rolling_window_waits_for_data_from_"

GUARDING = (
    Guarding("silence breaches nothing where no wording is in force", FIGURES,
             'return "breached" if is_owed and when_no_data', 'return "breached" if when_no_data',
             f"{BEYOND}[voided-True-breach]"),
    Guarding("a wording that only reaches into a period is not in force in it", STANDINGS,
             "is_in_force=any(_is_in_force(one, period) for one in versions)", "is_in_force=True",
             f"{BEYOND}[excused-True-breach]"),
    Guarding("a target that was taken away is in force no more", STANDINGS,
             "            parts.setdefault(version.segment, []).append(version)\n    return parts\n",
             "            parts.setdefault(version.segment, []).append(version)\n"
             "    return {one: list(commitment.versions) for one in parts}\n",
             f"{IN_NO_DATA}of_a_target_that_was_taken_away_nobody_waits_for_data"),
    Guarding("a gap between two wordings alike splits its period", "domain/contract_versions.py",
             "before is not None and before.end == start and", "before is not None and",
             "tests/services/test_edges_of_periods.py::"
             "test_a_gap_between_two_wordings_alike_is_no_service_time_and_splits_its_period[ended]"),
    Guarding("a wording in force waits for data beside one that only reaches", FIGURES,
             "is_owed = any(segment.is_in_force for", "is_owed = all(segment.is_in_force for",
             f"{IN_NO_DATA}a_wording_in_force_waits_for_data_where_a_case_of_the_one_before_is_all_there_is"),
    Guarding("a window is looked at when a wording is first in it", MOVING,
             "(one.start, one.start + 1, one.end)", "(one.start, one.end)",
             f"{ROLLING}when_a_wording_says_so_until_it_is_past[conformity]"),
    Guarding("a window is looked at when a wording is in it no more", MOVING,
             "            yield window.leaves(one.end - 1, now)\n", "            pass\n",
             f"{ROLLING}the_first_instant_of_its_wording_in_it_to_the_last"),
)  # fmt: skip
