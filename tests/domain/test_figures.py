"""Figures over a period: counts, values, status, outlook (DESIGN §3.9–3.12, MEANING §5)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.durations import HOUR, MINUTE
from domain.figures import (
    Segment,
    Tally,
    is_beyond_saving,
    is_kept,
    longest_run,
    longest_run_with_one_more,
    misses_left,
    outlook,
    shown,
    status,
)
from domain.margins import kept_to_reach, time_allowed, time_to_spare
from domain.occurrences import Verdict
from domain.sums import TimeSums
from domain.terms import Target, TargetForm

MET, LATE, MISSING, FAILED = Verdict.MET, Verdict.LATE, Verdict.MISSING, Verdict.FAILED
PENDING, UNKNOWN, EXCUSED = Verdict.PENDING, Verdict.UNKNOWN, Verdict.EXCUSED
LETTERS = {"+": MET, "-": MISSING, "l": LATE, "f": FAILED, ".": PENDING, "?": UNKNOWN, "x": EXCUSED}


def verdicts(text: str) -> list[Verdict]:
    return [LETTERS[one] for one in text]


def segment(
    text: str,
    form: TargetForm = "at_least",
    bound: Fraction | int = Fraction(9, 10),
    *,
    dated: bool = True,
    is_over: bool = False,
) -> Segment:
    """`+` met, `-` missed, `.` pending, in the order of their dues."""
    found = verdicts(text)
    tally = Tally()
    for one in found:
        tally.counts[one] += 1
    target = Target(form, Fraction(bound), "month")
    return Segment(1, target, tally, more_may_come=not is_over, all_are_known=dated, verdicts=lambda: found)


def state(*segments: Segment, min_count: int = 0, when_no_data: str = "unknown") -> str:
    return status(segments, min_count, when_no_data)  # type: ignore[arg-type]


# Counts and values


def test_pending_and_unknown_are_in_no_total() -> None:
    tally = segment("+++-l.?").tally
    assert (tally.good, tally.total, tally.known, tally.pending) == (3, 5, 7, 1)


def test_design_3_9_an_excused_occurrence_leaves_both_sides_of_adjusted_and_keeps_its_verdict_in_raw() -> None:
    tally = segment("+++-xx").tally
    tally.excused_met, tally.excused_missed = 1, 1
    assert (tally.good, tally.total, tally.raw) == (3, 4, (4, 6))


@pytest.mark.parametrize(
    ("good", "total", "expected"),
    [
        (8, 9, "0.8889"), (1, 1, "1.0000"), (0, 3, "0.0000"), (1, 20_000, "0.0000"), (3, 20_000, "0.0002"),
        (5, 20_000, "0.0002"), (7, 20_000, "0.0004"), (19_999, 20_000, "1.0000"), (2, 3, "0.6667"),
    ],
)  # fmt: skip
def test_values_are_shown_with_four_places_half_even(good: int, total: int, expected: str) -> None:
    assert shown(Fraction(good, total)) == expected


def test_values_are_never_compared_as_they_are_shown() -> None:
    almost = Target("at_least", Fraction(1), "month")
    assert not is_kept(almost, 19_999, 20_000, list)
    assert is_kept(Target("at_least", Fraction(2, 3), "month"), 2, 3, list)


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        (Fraction(525_590, 525_600), Target("at_least", Fraction(1), "year"), "0.99998"),
        (Fraction(99_999_999, 100_000_000), Target("at_least", Fraction(1), "year"), "0.99999999"),
        (Fraction(1), Target("at_least", Fraction(1), "year"), "1.0000"),
        (Fraction(949_999, 1_000_000), Target("at_least", Fraction(95, 100), "year"), "0.949999"),
        (Fraction(950_001, 1_000_000), Target("at_least", Fraction(95, 100), "year"), "0.9500"),
        (Fraction(400_001, 100_000), Target("at_most", Fraction(4), "year", "value"), "4.00001"),
        (Fraction(399_999, 100_000), Target("at_most", Fraction(4), "year", "value"), "4.0000"),
        (Fraction(1, 30_000), Target("max_misses", Fraction(0), "year"), "0.0000"),
    ],
)
def test_what_misses_its_target_is_never_shown_as_at_it(value: Fraction, target: Target, expected: str) -> None:
    assert shown(value, target) == expected


def test_a_time_is_compared_in_the_unit_of_its_target() -> None:
    four_hours = Target("at_most", Fraction(4 * HOUR), "year", "time")
    assert shown(Fraction(400_001, 100_000), four_hours, HOUR) == "4.00001"
    assert shown(Fraction(240_000_001, 1_000_000), four_hours, MINUTE) == "240.000001"


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_what_is_shown_stands_on_the_side_of_its_bound(value: Fraction, bound: Fraction) -> None:
    said = Fraction(shown(value, Target("at_least", bound, "month")))
    assert (value < bound) == (said < bound) or value >= bound


@given(st.lists(st.sampled_from(list(Verdict)), max_size=12), st.randoms())
def test_tallies_add_up_in_any_grouping(found: list[Verdict], random: object) -> None:
    cut = random.randint(0, len(found))  # type: ignore[attr-defined]
    parts = [Tally(), Tally()]
    whole = Tally()
    for index, one in enumerate(found):
        parts[index >= cut].counts[one] += 1
        whole.counts[one] += 1
    parts[1].add(parts[0])
    assert parts[1] == whole


# Status


@pytest.mark.parametrize(
    ("text", "is_over", "expected"),
    [
        ("+++++++++-", True, "met"),
        ("++++++++--", True, "breached"),
        ("+++++++++.", True, "open"),
        ("+++++++++.", False, "open"),
        ("++++++++-.", False, "open"),
        ("+++++++--.", False, "breached"),
        ("----------", False, "breached"),
        ("++++++++++", False, "open"),
        ("", True, "no_data"),
        ("", False, "open"),
        ("???", True, "no_data"),
        ("xx", True, "no_data"),
    ],
)
def test_a_share_of_dates_is_breached_as_soon_as_no_future_can_keep_it(text: str, is_over: bool, expected: str) -> None:
    assert state(segment(text, is_over=is_over)) == expected


def test_a_share_of_cases_is_not_breached_before_its_end_for_more_may_come() -> None:
    assert state(segment("----", dated=False)) == "open"
    assert state(segment("----", dated=False, is_over=True)) == "breached"
    assert state(segment("---.", dated=False, is_over=True)) == "breached"
    assert state(segment("+++++++++.", dated=False, is_over=True)) == "open"


def test_a_share_of_cases_that_allows_no_miss_is_breached_by_the_first() -> None:
    assert state(segment("++-", bound=1, dated=False)) == "breached"
    assert state(segment("++.", bound=1, dated=False)) == "open"


def test_max_misses_is_breached_by_one_miss_too_many() -> None:
    assert state(segment("+-l", "max_misses", 2, dated=False)) == "open"
    assert state(segment("+-lf", "max_misses", 2, dated=False)) == "breached"
    assert state(segment("+-l", "max_misses", 2, is_over=True)) == "met"
    assert state(segment("-", "max_misses", 0)) == "breached"
    assert state(segment("-+-+-", "max_misses", 2)) == "breached"
    assert look(segment("-+-+.", "max_misses", 2)) == "tight"


def test_max_consecutive_misses_counts_misses_in_a_row() -> None:
    assert state(segment("--+--", "max_consecutive_misses", 2, is_over=True)) == "met"
    assert state(segment("--+---", "max_consecutive_misses", 2)) == "breached"


@pytest.mark.parametrize(
    ("text", "run"), [("", 0), ("++", 0), ("-x-", 2), ("-?-", 2), ("-.-", 1), ("-+-", 1), ("+l-f", 3), ("x?-", 1)]
)
def test_runs_skip_excused_and_unknown_and_take_pending_as_met(text: str, run: int) -> None:
    assert longest_run(verdicts(text)) == run


def test_nothing_counts_against_the_target_before_min_count_are_judged() -> None:
    assert state(segment("--", "max_misses", 1), min_count=3) == "open"
    assert state(segment("--+", "max_misses", 1), min_count=3) == "breached"
    assert state(segment("--", "max_misses", 1, is_over=True), min_count=3) == "no_data"
    assert state(segment("---", is_over=True), min_count=4) == "no_data"


@pytest.mark.parametrize(("when", "expected"), [("unknown", "no_data"), ("breach", "breached"), ("ignore", "no_data")])
def test_when_no_data_says_what_an_empty_period_means(when: str, expected: str) -> None:
    assert state(segment("", is_over=True), when_no_data=when) == expected
    assert state(segment("++", is_over=True), min_count=3, when_no_data=when) == expected
    assert state(segment(""), when_no_data=when) == "open"


# Outlook


def look(one: Segment, min_count: int = 0) -> str | None:
    return outlook([one], min_count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("++++++++++", "safe"),
        ("+++++++++.", "safe"),
        ("????", None),
        ("??x", None),
        ("???+", "safe"),
        ("????..........", None),
        ("++++++++-.", "tight"),
        ("+++++++--.", "lost"),
        ("..........", "safe"),
        ("-.........", "tight"),
        ("--........", "lost"),
        ("+++++++++-", "safe"),
        ("", "safe"),
    ],
)
def test_design_3_11_of_dates_all_are_known_so_lost_and_tight_are_arithmetic(text: str, expected: str) -> None:
    assert look(segment(text)) == expected


def test_tight_needs_something_pending_where_all_dates_are_known() -> None:
    assert look(segment("++-", "max_misses", 1)) == "safe"
    assert look(segment("++-.", "max_misses", 1)) == "tight"
    assert look(segment("++", "max_misses", 0)) == "safe"
    assert look(segment("+-", "max_consecutive_misses", 1)) == "safe"


def test_where_more_may_come_the_next_one_can_lose_it() -> None:
    assert look(segment("++-", "max_misses", 1, dated=False)) == "tight"
    assert look(segment("++-", "max_misses", 1, dated=False, is_over=True)) == "safe"
    assert look(segment("++-.", "max_misses", 1, dated=False, is_over=True)) == "tight"
    assert look(segment("+--", "max_misses", 1, dated=False)) == "lost"
    assert look(segment("+", "max_misses", 1, dated=False)) == "safe"


def test_shares_of_cases_are_never_lost_before_the_end_and_tight_below_target_even_if_all_open_ones_are_met() -> None:
    assert look(segment("----", dated=False)) == "tight"
    assert look(segment("++++++++.-", dated=False)) == "safe"
    assert look(segment("++++++++--", dated=False)) == "tight"
    assert look(segment("+++++++.--", dated=False)) == "tight"
    assert look(segment("+" * 8 + ".-", dated=False, is_over=True)) == "tight"
    assert look(segment("+" * 8 + "..-", dated=False, is_over=True)) == "tight"
    assert look(segment("+" * 18 + ".-", dated=False, is_over=True)) == "safe"
    assert look(segment("+" * 7 + ".--", dated=False, is_over=True)) == "lost"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-.", "tight"), ("+.", "safe"), (".-", "tight"), ("-.-", "tight"), ("--", "lost"), ("-?.", "tight"),
        ("-+.", "safe"), (".+-", "safe"),
    ],
)  # fmt: skip
def test_of_misses_in_a_row_one_more_is_a_pending_one_wherever_it_stands(text: str, expected: str) -> None:
    assert look(segment(text, "max_consecutive_misses", 1)) == expected


def test_of_misses_in_a_row_of_cases_one_more_may_be_the_next_to_come() -> None:
    assert look(segment("+-", "max_consecutive_misses", 1, dated=False)) == "tight"
    assert look(segment("-+", "max_consecutive_misses", 1, dated=False)) == "safe"


def test_lost_needs_min_count_judged() -> None:
    assert look(segment("--.", "max_misses", 1), 3) == "tight"
    assert look(segment("--+.", "max_misses", 1), 3) == "lost"
    assert look(segment("-...", "max_misses", 1), 3) == "safe"
    assert look(segment("--+", "max_consecutive_misses", 1, dated=False), 4) == "tight"  # with the next: enough
    assert look(segment("--+", "max_consecutive_misses", 1, dated=False), 5) == "safe"


@given(st.text(alphabet="+-.x?", max_size=9))
def test_one_more_miss_is_the_worst_of_trying_each(text: str) -> None:
    found = verdicts(text)
    tried = [
        longest_run([*found[:index], MISSING, *found[index + 1 :]]) for index, one in enumerate(found) if one is PENDING
    ]
    best = longest_run_with_one_more(found)
    assert max([*tried, longest_run(found)]) == max(best, longest_run(found))


# Segments


def test_design_3_8_each_segment_is_judged_against_its_own_target() -> None:
    strict = segment("+-", bound=1, is_over=True)
    lenient = segment("++--", bound=Fraction(1, 2))
    assert state(strict, lenient) == "breached"
    assert state(segment("++", bound=1, is_over=True), lenient) == "open"
    assert outlook([segment("++", is_over=True), segment("--")], 0) == "lost"


def test_a_period_is_breached_if_a_segment_is_else_open_else_no_data_if_all_are_else_met() -> None:
    breached, open_, empty = segment("-", is_over=True), segment("+"), segment("", is_over=True)
    met = segment("+", is_over=True)
    for order in permutations([breached, open_, empty, met]):
        assert state(*order) == "breached"
    assert state(open_, empty, met) == "open"
    assert state(empty, met) == "met"
    assert state(empty, empty) == "no_data"


def test_a_period_in_which_no_wording_holds_has_no_data_and_breaches_nothing() -> None:
    reaching = [replace(segment(one, is_over=True), is_in_force=False) for one in ("x", "+", "-", ".")]
    excused, met, missed, pending = reaching
    for least, segments, expected in (
        (0, [], "no_data"), (0, [excused], "no_data"), (2, [met], "no_data"), (2, [missed], "no_data"),
        (0, [excused, segment("", is_over=True)], "breached"), (2, [met, segment("", is_over=True)], "breached"),
        (0, [met], "met"), (0, [missed], "breached"), (0, [pending], "open"),
    ):  # fmt: skip
        assert state(*segments, min_count=least, when_no_data="breach") == expected


def test_min_count_is_over_the_sum_of_the_segments() -> None:
    assert state(segment("+", is_over=True), segment("+", is_over=True), min_count=2) == "met"
    assert state(segment("-", is_over=True), segment("+", is_over=True), min_count=2) == "breached"
    assert state(segment("-", is_over=True), segment("+", is_over=True), min_count=3) == "no_data"


# Misses left


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (segment("+-..", "max_misses", 2), 1),
        (segment("---", "max_misses", 2), 0),
        (segment("." * 20), 2),
        (segment("-" + "." * 19), 1),
        (segment("---" + "." * 17), 0),
        (segment("." * 20, dated=False), None),
        (segment("." * 20, dated=False, is_over=True), 2),
        (segment("+-", "max_consecutive_misses", 1), None),
    ],
)
def test_misses_left_is_told_where_the_target_says_it(one: Segment, left: int | None) -> None:
    assert misses_left(one) == left


def of_time(good: int, total: int, to_come: int | None, *, pending: int = 0, target: str = "99 %") -> Segment:
    sums = TimeSums(good, total, good, total, pending, to_come, None)
    share = Fraction(target.removesuffix(" %")) / 100
    return replace(segment(""), target=Target("at_least", share, "month"), time=sums)


def test_what_nobody_heard_of_is_not_safe_before_any_time_has_passed_it_is() -> None:
    dark = of_time(0, 0, 49 * HOUR)
    assert dark.time is not None
    assert look(dark) == "safe"
    assert look(replace(dark, time=replace(dark.time, unknown=HOUR))) is None
    heard = of_time(HOUR, HOUR, 49 * HOUR)
    assert heard.time is not None
    assert look(replace(heard, time=replace(heard.time, unknown=HOUR))) == "safe"


def test_what_service_time_may_be_bad_counts_the_whole_period_once() -> None:
    one = of_time(150 * HOUR, 151 * HOUR, 49 * HOUR)
    assert [time_allowed(one), time_to_spare(one)] == [2 * HOUR, HOUR]
    over = of_time(90 * HOUR, 100 * HOUR, 100 * HOUR)
    assert time_to_spare(over) == -8 * HOUR
    assert time_to_spare(of_time(90 * HOUR, 90 * HOUR, 0, pending=10 * HOUR)) == HOUR
    endless = of_time(99 * HOUR, 100 * HOUR, None)
    assert [time_allowed(endless), time_to_spare(endless)] == [HOUR, 0]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(1, 100))
def test_time_is_lost_when_more_is_bad_than_is_allowed(
    good: int, bad: int, ahead: int, pending: int, bound: int
) -> None:
    one = of_time(good, good + bad, ahead, pending=pending, target=f"{bound} %")
    spare = time_to_spare(one)
    assert spare is not None
    assert is_beyond_saving(one) == (spare < 0)


def comes_to(segment: Segment, kept: int) -> Fraction:
    return Fraction(segment.tally.good + kept, segment.tally.total + kept)


@given(
    good=st.integers(0, 40),
    misses=st.integers(0, 40),
    pending=st.integers(0, 12),
    bound=st.fractions(Fraction(1, 10), 1, max_denominator=100),
    dated=st.booleans(),
    is_over=st.booleans(),
)
def test_so_many_must_be_kept_in_a_row_and_no_fewer(
    good: int, misses: int, pending: int, bound: Fraction, dated: bool, is_over: bool
) -> None:
    one = segment("+" * good + "-" * misses + "." * pending, "at_least", bound, dated=dated, is_over=is_over)
    needed = kept_to_reach(one)
    can_come = pending if dated or is_over else 6_000
    if needed is None:
        assert comes_to(one, can_come) < bound
        return
    assert needed <= can_come
    assert needed == 0 or comes_to(one, needed) >= bound > comes_to(one, needed - 1)
    assert needed or not one.tally.total or comes_to(one, 0) >= bound


def test_what_must_be_kept_of_92_of_118_for_85_percent() -> None:
    assert kept_to_reach(segment("+" * 92 + "-" * 26, bound=Fraction(85, 100), dated=False)) == 56
    assert kept_to_reach(segment("+++-", bound=1, dated=False)) is None
    assert kept_to_reach(segment("+-" + "." * 7, bound=Fraction(9, 10))) is None
    assert kept_to_reach(segment("+-" + "." * 8, bound=Fraction(9, 10))) == 8
    assert kept_to_reach(segment("+-", "max_misses", 3)) is None
