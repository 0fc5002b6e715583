"""The weighted score of a contract (MEANING §5; weights on criteria)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.figures import Status
from domain.scores import Part, Score, score_of
from domain.terms import WhenNoData


def part(*statuses: Status, weight: str = "1", when_no_data: WhenNoData = "unknown") -> Part:
    return Part("c/d/k", Decimal(weight), statuses, when_no_data)


def test_it_is_the_weight_kept_of_the_weight_judged() -> None:
    found = score_of([part("met", weight="3"), part("breached", weight="0.5"), part("met", weight="0.1")])
    assert (found, found.share) == (Score(Fraction(31, 10), Fraction(36, 10)), Fraction(31, 36))


def test_what_is_open_or_without_data_is_missing_not_lost() -> None:
    assert score_of([part("met"), part("no_data", weight="9")]).share == 1
    so_far = score_of([part("met"), part("open", weight="9"), part("no_data", weight="9")])
    assert so_far == Score(Fraction(1), Fraction(1), Fraction(9))
    assert so_far.share is None


@pytest.mark.parametrize("parts", [[], [part("open")], [part("met", weight="0")]])
def test_nothing_judged_is_no_score(parts: list[Part]) -> None:
    assert score_of(parts).share is None


@pytest.mark.parametrize(
    ("statuses", "is_kept", "missing"),
    [
        (("met",), True, None),
        (("breached",), False, None),
        (("open",), None, "open"),
        (("no_data",), None, "no_data"),
        (("met", "breached"), False, None),
        (("open", "breached"), False, None),
        (("met", "open"), None, "open"),
        (("met", "no_data"), True, None),
        (("no_data", "open"), None, "open"),
    ],
)
def test_several_targets_are_kept_together(statuses: tuple[Status, ...], is_kept: bool | None, missing: str) -> None:
    assert (part(*statuses).is_kept, part(*statuses).missing) == (is_kept, missing)


def test_what_may_be_ignored_is_not_even_missing() -> None:
    assert part("no_data", when_no_data="ignore").missing is None
    assert part("open", when_no_data="ignore").missing == "open"
