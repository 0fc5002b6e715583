"""Values and service time in words, and how they stand against what was agreed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from dashboards.attainment import round_step
from dashboards.language import FIRM, language
from dashboards.standing import bad_time_words, disc, figure_words, point, state_sentence
from dashboards.values import bound_of, drawn_unit, number_words, time_words, value_words
from services.figures.rows import FigureRow
from tests.dashboards.rows_by_hand import counts, figure

EN, FR = language("en"), language("fr")
HOUR = 3600


def measured(value: str | None, target: str = "at_most 3 min", **changes: Any) -> FigureRow:
    """A month of waiting times, in seconds, still open."""
    exact = Fraction(value) if value is not None else None
    row = replace(
        figure("c/d/k"),
        counted="values",
        unit="s",
        target=target,
        value=value,
        exact=exact,
        adjusted=(None, None),
        raw=(None, None),
        judged=19 if value is not None else 0,
        counts=counts(),
        status="open",
        outlook=None,
        misses_left=None,
        period="2026-11",
    )
    return replace(row, **changes)


def up(good: int, total: int, expected: int | None, **changes: Any) -> FigureRow:
    row = replace(
        figure("c/d/k"),
        counted="seconds",
        target="at_least 99 %",
        adjusted=(good, total),
        raw=(good, total),
        judged=total,
        expected=expected,
        value=None,
        exact=None,
        status="open",
        outlook="safe",
        misses_left=None,
        period="2026-11",
    )
    return replace(row, **changes)


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        ("163", "s", "2 min 43 s", "2 min 43 s"),
        ("1.7", "s", "1.7 s", "1,7 s"),
        ("90", "min", "1 h 30 min", "1 h 30"),
        ("67.8", None, "67.8", "67,8"),
        ("12000", None, "12 000", "12 000"),
    ],
)
def test_values_are_said_with_their_unit(value: str, unit: str | None, english: str, french: str) -> None:
    plain = [value_words(Fraction(value), unit, one).replace("\u00a0", " ").replace("\u202f", " ") for one in (EN, FR)]
    assert plain == [english, french]


def test_rounding_never_moves_a_value_to_the_other_side_of_its_bound() -> None:
    assert number_words(Fraction("4.04"), EN) == "4"
    assert number_words(Fraction("4.04"), EN, Fraction(4)) == "4.04"
    assert number_words(Fraction(4), EN, Fraction(4)) == "4"


@pytest.mark.parametrize(
    ("value", "bound", "said"),
    [
        ("14445", "14400", "4 h 45 s"),
        ("14400.2", "14400", "4 h 0.2 s"),
        ("14399.96", "14400", "3 h 59 min 59.96 s"),
        ("87000", "86400", "1 day 10 min"),
        ("14460", "14400", "4 h 01 min"),
        ("2.00001", "2", "2.00001 s"),
        ("14400", "14400", "4 h"),
    ],
)
def test_a_time_is_never_cut_to_the_bound_that_it_misses(value: str, bound: str, said: str) -> None:
    assert value_words(Fraction(value), "s", EN, Fraction(bound)).replace(FIRM, " ") == said


def test_bounds_are_read_in_the_unit_of_the_values() -> None:
    assert bound_of("at_most 3 min", "s") == 180
    assert bound_of("at_most 3 min", "min") == 3
    assert bound_of("at_least 4.2", None) == Fraction("4.2")
    assert bound_of("at_least 95 %", None) is None
    assert bound_of("max_misses 2", None) is None
    assert drawn_unit(Fraction(180), "s") == ("min", Fraction(60))
    assert drawn_unit(Fraction(59), "s") == ("s", Fraction(1))


def test_an_open_value_beyond_its_bound_is_tight_and_never_red() -> None:
    assert [disc(measured(value)) for value in ("180", "181", None)] == ["safe", "tight", "no-data"]
    assert disc(measured("62", "at_least 63", unit=None)) == "tight"
    assert disc(measured("63", "at_least 63", unit=None)) == "safe"
    assert "outside its target" in state_sentence(measured("181"), "November 2026", EN)


def test_less_is_drawn_higher_where_less_is_better() -> None:
    fast, slow = (point(measured(value), EN, is_current=False) for value in ("60", "240"))
    assert fast is not None
    assert slow is not None
    assert [fast.value, slow.value, fast.target] == [-1, -4, -3]
    assert (fast.text, slow.text) == ("1", "4")


def test_service_time_is_said_in_hours() -> None:
    plain = [
        time_words(seconds, EN).replace("\u00a0", " ") for seconds in (0, 59, 4 * HOUR + 720, 30 * HOUR, 154 * HOUR)
    ]
    assert plain == ["0 s", "59 s", "4 h 12 min", "30 h", "154 h"]


def test_an_outage_is_said_with_how_long_it_was_of_what_is_known() -> None:
    words = bad_time_words(up(150 * HOUR, 151 * HOUR, 160 * HOUR), "availability", EN).replace("\u00a0", " ")
    assert words == "Down for 1 h of 151 h of service time."
    assert bad_time_words(up(10, 10, 10), "freshness", EN).startswith("Never out of date")
    assert bad_time_words(figure("c/d/k"), "punctuality", EN) == ""


def test_a_rolling_window_is_said_as_one() -> None:
    row = up(150 * HOUR, 150 * HOUR, 150 * HOUR, period="rolling-28d", status="met")
    assert state_sentence(row, "the last 28 days", EN).replace("\u202f", " ") == "The last 28 days: 100 %."


def test_figures_of_values_are_no_counts() -> None:
    assert figure_words(measured("163"), EN).replace("\u00a0", " ") == "2 min 43 s"
    assert figure_words(measured(None), EN) == "no data"


@pytest.mark.parametrize(("least", "step"), [("0.3", "0.5"), ("1", "1"), ("1.1", "2"), ("30", "50"), ("100", "100")])
def test_axes_step_by_round_numbers(least: str, step: str) -> None:
    assert round_step(Fraction(least)) == Fraction(step)
