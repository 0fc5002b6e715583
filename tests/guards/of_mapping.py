"""What guards mappings, and what nobody could judge: slips are told, and unknown is never taken for kept."""

from __future__ import annotations

from tests.guards.streaming import Guarding

SELECTING, FIGURES = "domain/selecting.py", "domain/figures.py"
GOOD = "tests/domain/test_selecting.py::test_good_is_unknown_as_soon_as_one_path_is_absent_or_mistyped"
IN_FIGURES = "tests/domain/test_figures.py::test_"

GUARDING = (
    Guarding(
        "what must be there and is not is failed",
        SELECTING,
        "if value is ABSENT and MUST_BE_THERE in conditions:",
        "if False:",
        GOOD,
    ),
    Guarding(
        "what nobody could judge is not safe",
        FIGURES,
        'return None if not judged and any(segment.unknown for segment in segments) else "safe"',
        'return "safe"',
        f"{IN_FIGURES}design_3_11_of_dates_all_are_known_so_lost_and_tight_are_arithmetic",
    ),
    Guarding(
        "service time that nobody heard of is not safe",
        FIGURES,
        "return Fraction(self.time.unknown, SECOND)",
        "return 0",
        f"{IN_FIGURES}what_nobody_heard_of_is_not_safe_before_any_time_has_passed_it_is",
    ),
)
