"""What guards the cases that end otherwise than by a closing, and what is said of figures at their bound."""

from __future__ import annotations

from tests.guards.streaming import Guarding

GUARDING = (
    Guarding("a cancellation ends the pause", "domain/pauses.py",
             '_TURNS = frozenset({"paused", "resumed", "closed", "cancelled"})',
             '_TURNS = frozenset({"paused", "resumed", "closed"})',
             "tests/domain/test_pauses.py::"
             "test_a_cancellation_ends_the_pause_and_counts_up_to_the_limit_that_the_pause_has_pushed"),
    Guarding("what misses its target reads so", "domain/figures.py",
             "    while is_within(target, Fraction(text) * unit):", "    while False:",
             "tests/domain/test_figures.py::test_what_misses_its_target_is_never_shown_as_at_it"),
    Guarding("both sides of a draft hold the same days", "services/trying/beside.py",
             "                real = cut[one.id].get(place)\n", "                real = shown\n",
             "tests/services/trying/test_trying.py::test_days_that_cut_a_period_cut_both_sides"),
)  # fmt: skip
