"""Whether an action helped: the exact test, the windows, what is kept (MEETING §5)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.effect import Counted, EffectVerdict, at_most, luck_in, p_better, p_worse, verdict_of
from domain.effect_kept import is_kept
from domain.effect_trigger import lost_by
from domain.effect_windows import Cut, Unit, Window, default_after, windows
from domain.periods import Periods
from domain.sums import Values
from domain.target_periods import RollingWindow, Stretch, TargetPeriods
from domain.terms import SURE, Per, Rolling, Target
from tests.given import at

PARIS = ZoneInfo("Europe/Paris")


def units(*marks: str, start: int = 0) -> list[Unit]:
    """One a letter, one microsecond apart: `x` missed, `.` kept, `?` pending."""
    letters = "".join(marks)
    named = {"x": True, ".": False, "?": None}
    return [Unit(f"{start + n:03}", start + n, named[one]) for n, one in enumerate(letters)]


# The exact test


def test_of_two_misses_in_seven_none_in_eight_is_luck_once_in_five() -> None:
    before, after = Counted(2, 7), Counted(0, 8)
    assert p_better(before, after) == Fraction(21, 105) == Fraction(1, 5)
    assert p_worse(before, after) == 1
    assert at_most(after) == Fraction(2501, 10_000)
    assert verdict_of(before, after, SURE, is_kept=True) == "holding"
    assert luck_in(p_better(before, after)) == 5


def test_the_bound_itself_is_enough() -> None:
    """3 of 8 before and 0 of 8 after is exactly 1/10, which floats may miss."""
    before, after = Counted(3, 8), Counted(0, 8)
    assert p_better(before, after) == Fraction(1, 10)
    assert verdict_of(before, after, SURE, is_kept=True) == "effective"
    assert verdict_of(before, after, Fraction(90_001, 100_000), is_kept=True) == "holding"


@pytest.mark.parametrize(
    ("before", "after", "kept", "verdict"),
    [
        (Counted(0, 8), Counted(0, 8), True, "holding"),
        (Counted(7, 8), Counted(2, 8), False, "short"),
        (Counted(2, 8), Counted(2, 8), False, "ineffective"),
        (Counted(0, 8), Counted(5, 8), False, "worse"),
    ],
)
def test_a_verdict_follows_from_what_is_kept_and_from_luck(
    before: Counted, after: Counted, kept: bool, verdict: EffectVerdict
) -> None:
    assert verdict_of(before, after, SURE, is_kept=kept) == verdict


def test_nothing_missed_says_nothing() -> None:
    assert p_better(Counted(0, 5), Counted(0, 4)) == p_worse(Counted(0, 5), Counted(0, 4)) == 1


def test_what_is_not_exceeded_is_said_of_none_missed_alone() -> None:
    assert at_most(Counted(1, 8)) is None
    assert at_most(Counted(0, 0)) is None
    assert at_most(Counted(0, 1)) == Fraction(9, 10)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 6), m=st.integers(1, 6), data=st.data())
def test_the_test_counts_what_is_drawn_one_by_one(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    drawn = [sum(place < n for place in one) for one in combinations(range(n + m), a + b)]
    before, after = Counted(b, m), Counted(a, n)
    if a + b:
        assert p_better(before, after) == Fraction(sum(one <= a for one in drawn), len(drawn))
        assert p_worse(before, after) == Fraction(sum(one >= a for one in drawn), len(drawn))
    assert p_better(before, after) + p_worse(before, after) >= 1


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 200))
def test_what_is_not_exceeded_is_the_nearest_of_four_places(n: int) -> None:
    found = at_most(Counted(0, n))
    assert found is not None
    half = Fraction(1, 20_000)
    assert (1 - found + half) ** n >= Fraction(1, 10) > (1 - found - half) ** n


# The windows


def test_the_trigger_is_in_no_window_and_what_lies_between_is_listed() -> None:
    found = windows(units("..x.xx...."), 6, Cut(trigger=(4, "004")), after=3, before=2)
    assert [one.key for one in found.before.units] == ["002", "003"]
    assert [one.key for one in found.between] == ["005"]
    assert [one.key for one in found.after.units] == ["006", "007", "008"]
    assert found.after.is_whole


def test_without_a_trigger_what_was_due_until_then_is_before() -> None:
    found = windows(units("..x.xx...."), 6, Cut(until=4), after=3, before=20)
    assert [one.key for one in found.before.units] == ["000", "001", "002", "003", "004"]
    assert [one.key for one in found.between] == ["005"]


def test_what_pends_keeps_its_place() -> None:
    found = windows(units("..x.?..."), 4, Cut(trigger=(2, "002")), after=3, before=2)
    assert [one.key for one in found.after.units] == ["004", "005", "006"]
    assert not found.after.is_whole


def test_a_case_that_was_open_when_it_changed_is_in_neither() -> None:
    closed_after = Unit("a", 1, False, ends=10, is_lasting=True)
    closed_before = Unit("b", 2, True, ends=9, is_lasting=True)
    open_still = Unit("c", 3, None, is_lasting=True)
    found = windows([closed_after, closed_before, open_still], 10, Cut(until=5), after=1, before=9)
    assert [one.key for one in found.before.units] == ["b"]
    assert [one.key for one in found.between] == ["a", "c"]


@settings(max_examples=40, deadline=None)
@given(
    marks=st.text("x.?", max_size=14),
    change=st.integers(0, 14),
    trigger=st.none() | st.integers(0, 13),
    until=st.integers(-1, 13),
    n=st.integers(1, 5),
    m=st.integers(1, 5),
    order=st.randoms(use_true_random=False),
)
def test_windows_are_those_found_one_by_one_in_any_order(
    marks: str, change: int, trigger: int | None, until: int, n: int, m: int, order: object
) -> None:
    all_units = units(marks)
    cut = Cut(trigger=(trigger, f"{trigger:03}")) if trigger is not None else Cut(until=until)
    shuffled = list(all_units)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    found = windows(shuffled, change, cut, n, m)
    before: list[str] = []
    after: list[str] = []
    between: list[str] = []
    for one in all_units:
        if one.place == trigger:
            continue
        if one.place >= change:
            after += [one.key] if len(after) < n else []
        elif one.place < trigger if trigger is not None else one.place <= until:
            before = [*before, one.key][-m:]
        else:
            between.append(one.key)
    assert [one.key for one in found.before.units] == before
    assert [one.key for one in found.between] == between
    assert [one.key for one in found.after.units] == after


@pytest.mark.parametrize(("expected", "after"), [(None, 20), (1, 4), (4, 4), (13, 13), (31, 20)])
def test_as_many_are_looked_at_as_a_period_holds(expected: int | None, after: int) -> None:
    assert default_after(expected) == after


# What is kept


def target(form: str, bound: str, per: Per = "month", of: str = "share") -> Target:
    return Target(form, Fraction(bound), per, of)  # type: ignore[arg-type]


def months(per: Per = "month") -> TargetPeriods:
    start = at("2026-01-01 00:00")
    return TargetPeriods([Stretch(start, Periods(per, PARIS, date(2026, 1, 1), None))], [(start, None)])


def weeks(marks: str) -> list[Unit]:
    """Mondays of 2026 from 5 January on."""
    first = at("2026-01-05 10:00")
    named = {"x": True, ".": False}
    return [Unit(f"{n}", first + n * 7 * 86_400_000_000, named[one]) for n, one in enumerate(marks)]


@pytest.mark.parametrize(
    ("marks", "expected", "kept"),
    [("x...", 4, False), ("x...", 13, True), ("xx..", 13, False), ("x...", None, False), ("....", None, True)],
)
def test_a_window_shorter_than_a_period_is_filled_up_with_what_is_met(
    marks: str, expected: int | None, kept: bool
) -> None:
    assert is_kept(weeks(marks), target("at_least", "9/10"), months(), expected, None) is kept


def test_misses_are_counted_in_each_period_of_the_window() -> None:
    assert is_kept(weeks("...xx..."), target("max_misses", "1"), months(), 4, None)  # 26 January, 2 February
    assert not is_kept(weeks("....xx.."), target("max_misses", "1"), months(), 4, None)


def test_misses_of_a_target_that_rolls_are_counted_in_any_window() -> None:
    window = RollingWindow(Rolling(10), [(0, PARIS)])
    rolling = target("max_misses", "1")
    assert is_kept(weeks("x.x."), rolling, window, None, None)
    assert not is_kept(weeks(".xx."), rolling, window, None, None)


def test_misses_in_a_row_are_those_of_the_window() -> None:
    assert is_kept(weeks("xx.x"), target("max_consecutive_misses", "2"), months(), 4, None)
    assert not is_kept(weeks(".xxx"), target("max_consecutive_misses", "2"), months(), 4, None)


def test_the_numbers_of_a_window_are_put_together() -> None:
    items = [Unit(str(n), n, n > 2, value=Fraction(n)) for n in (1, 2, 6)]
    mean = target("at_most", "3", of="value")
    assert is_kept(items, mean, months(), None, lambda numbers: Values("mean", numbers))
    assert not is_kept(items, mean, months(), None, lambda numbers: Values("max", numbers))


def test_of_days_the_share_of_their_time_counts() -> None:
    days = [Unit("1", 1, True, good=99, total=100), Unit("2", 2, False, good=100, total=100)]
    assert is_kept(days, target("at_least", "199/200"), months(), None, None)
    assert not is_kept(days, target("at_least", "1"), months(), None, None)


# The trigger


@pytest.mark.parametrize(
    ("form", "bound", "marks", "place"),
    [
        ("max_misses", "1", ".x.x", 3),
        ("max_misses", "0", ".x.x", 1),
        ("max_misses", "2", ".x.x", None),
        ("max_consecutive_misses", "1", "x.xx", 3),
        ("at_least", "9/10", ".x.......x..x", 9),
        ("at_least", "9/10", ".x..", 1),
    ],
)
def test_the_trigger_is_the_miss_from_which_on_nothing_could_help(
    form: str, bound: str, marks: str, place: int | None
) -> None:
    assert lost_by(target(form, bound), [one == "x" for one in marks]) == place


def test_a_window_says_how_much_of_it_is_judged() -> None:
    assert Window(tuple(units("x.?")), 4).counted == Counted(1, 2)
