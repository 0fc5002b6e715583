"""Whether clients use what they mean to use (SHARED §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.offers.corridor import Corridor, corridor, plan_of_month
from domain.offers.terms import BAND, Intention, IntentionKind, Quota
from tests.domain.offered import HOURS, course, offer, price, terms, used

OFFER = offer(price("48.00"))
APRIL = date(2026, 4, 1)


def at(today: date, units: dict[tuple[int, int], str], **more: Any) -> Corridor:
    found = corridor(course(OFFER, terms(**more)), today, used(units))
    assert found is not None
    return found


def intends(kind: IntentionKind, at: int | None = None, band: Fraction = BAND) -> Intention:
    return Intention(kind, HOURS, None if at is None else Decimal(at), band)


@pytest.mark.parametrize(
    ("kind", "used_so_far", "state"),
    [
        ("hold", "270", "within"), ("hold", "330", "within"), ("hold", "330.01", "above"), ("hold", "269.99", "below"),
        ("grow", "270", "growing"), ("grow", "269.99", "behind"), ("grow", "999", "growing"),
        ("shrink", "330", "shrinking"), ("shrink", "330.01", "behind"), ("shrink", "1", "shrinking"),
    ],
)  # fmt: skip
def test_ends_of_a_band_are_inside(kind: IntentionKind, used_so_far: str, state: str) -> None:
    found = at(APRIL, {(2026, 2): used_so_far}, intention=intends(kind), plan=(1200,))
    assert (found.to_date, found.used, found.state) == (Fraction(300), Fraction(used_so_far), state)


def test_nothing_is_said_before_three_complete_months() -> None:
    early = at(date(2026, 3, 31), {(2026, 1): "200"}, intention=intends("hold"), plan=(1200,))
    assert (early.months, early.ratio, early.state) == (2, Fraction(1), None)


@pytest.mark.parametrize(
    ("units", "state"),
    [("0", "within"), ("89.99", "within"), ("90", "near-cap"), ("100", "near-cap"), ("100.01", "over-cap")],
)
def test_a_cap_has_a_state_from_the_first_day(units: str, state: str) -> None:
    found = at(date(2026, 1, 1), {(2026, 1): units}, intention=intends("cap", 100))
    assert (found.ratio, found.to_date, found.state) == (None, Fraction(0), state)


def test_the_plan_of_a_year_without_one_is_what_is_held_or_the_ceiling() -> None:
    assert at(APRIL, {}, intention=intends("hold", 1200)).to_date == 300
    assert at(APRIL, {}, intention=intends("cap", 120)).to_date == 30
    second = at(date(2027, 4, 1), {(2027, 1): "300"}, intention=intends("hold", 1200), plan=(600,))
    assert (second.year, second.to_date, second.state) == (2, Fraction(300), "within")
    for kind in ("grow", "shrink"):
        found = at(APRIL, {(2026, 1): "5"}, intention=intends(kind))
        assert (found.plan, found.to_date, found.ratio, found.state) == (None, None, None, None)


def test_a_profile_begins_with_january() -> None:
    profile = (8, 8, 8, 8, 8, 6, 2, 4, 14, 12, 12, 10)
    july = terms(date(2026, 7, 1), plan=(900,), profile=profile, intention=intends("grow"))
    of = course(OFFER, july, begins=date(2026, 7, 1))
    assert [plan_of_month(of, date(2026, month, 1)) for month in (7, 8, 9)] == [18, 36, 126]
    found = corridor(of, date(2026, 10, 1), used({(2026, 9): "180"}))
    assert found is not None
    assert (found.to_date, found.ratio) == (Fraction(180), Fraction(1))


def test_a_version_in_mid_year_counts_from_the_first_month_that_it_begins() -> None:
    versions = (
        terms(plan=(1200,), intention=intends("grow")),
        terms(date(2026, 3, 15), plan=(2400,), intention=intends("grow")),
    )
    found = corridor(course(OFFER, *versions), date(2026, 5, 1), used({}))
    assert found is not None
    assert found.to_date == 3 * 100 + 200


def test_charter_years_run_through_all_versions() -> None:
    versions = (
        terms(date(2025, 7, 1), plan=(120, 240), intention=intends("grow")),
        terms(plan=(120, 240), intention=intends("grow")),
    )
    found = corridor(course(OFFER, *versions, begins=date(2025, 7, 1)), date(2026, 8, 15), used({}))
    assert found is not None
    assert (found.year, found.first, found.to_date) == (2, date(2026, 7, 1), Fraction(20))


@pytest.mark.parametrize(
    ("units", "left", "flags"),
    [
        ("79.9", "20.1", ()),
        ("80", "20", ("use-80",)),
        ("100", "0", ("use-80", "use-100")),
        ("120", "-20", ("use-80", "use-100")),
    ],
)
def test_what_is_left_of_a_quota(units: str, left: str, flags: tuple[str, ...]) -> None:
    found = at(date(2026, 1, 20), {(2026, 1): units}, quota=Quota(Decimal(100), "allowed"))
    assert (found.left, found.flags) == (Fraction(left), flags)


def test_outside_its_time_a_charter_has_no_corridor() -> None:
    ended = course(OFFER, terms(), until=date(2026, 3, 31))
    assert corridor(ended, APRIL, used({})) is None
    assert corridor(ended, date(2025, 12, 31), used({})) is None
