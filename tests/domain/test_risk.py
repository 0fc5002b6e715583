"""At risk: how late somebody usually is, and how much of the time is used (MEANING §5)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domain.risk import Lateness, own_lateness, time_used

MINUTE = 60_000_000


def test_under_twenty_there_is_not_enough_history() -> None:
    assert own_lateness([0] * 19) is None
    assert own_lateness([0] * 20) == Lateness(0)


def test_the_80th_percentile_is_the_sixteenth_of_twenty() -> None:
    assert own_lateness(list(range(1, 21))) == Lateness(16)
    assert own_lateness(list(range(20, 0, -1))) == Lateness(16)


def test_only_the_last_twenty_count() -> None:
    assert own_lateness([999] * 5 + [-1] * 20) == Lateness(-1)


@pytest.mark.parametrize(("missing", "expected"), [(4, 16), (5, None), (20, None)])
def test_what_never_came_is_beyond_everything(missing: int, expected: int | None) -> None:
    late: list[int | None] = [*[None] * missing, *range(1, 21 - missing)]
    assert own_lateness(late) == Lateness(expected)


@pytest.mark.parametrize(
    ("quantile", "is_strict", "expected"),
    [
        (5, False, False),
        (6, False, True),
        (5, True, True),
        (4, True, False),
        (None, False, True),
        (-5, True, False),
    ],
)
def test_it_lies_beyond_what_is_still_in_time(quantile: int | None, is_strict: bool, expected: bool) -> None:
    assert Lateness(quantile).lies_beyond(5, is_strict) is expected


@pytest.mark.parametrize(
    ("watermark", "expected"),
    [(-1, Fraction(0)), (0, Fraction(0)), (1, Fraction(1, 3)), (2, Fraction(2, 3)), (3, Fraction(1)), (9, Fraction(1))],
)
def test_the_share_of_the_time_is_exact_and_stays_within(watermark: int, expected: Fraction) -> None:
    assert time_used(0, 3, watermark) == expected


def test_no_time_at_all_is_used_up_at_once() -> None:
    assert time_used(5, 5, 5) == 1
    assert time_used(6, 5, 4) == 0
