"""Pools of costs divided among clients (SHARED §4): the sum stays, whatever divides it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.offers.allocating import MonthOfUse, allocated, coverage, unit_cost
from domain.offers.terms import Driver

MARCH = date(2026, 3, 1)
BY_HOURS = Driver("hours")
B1 = {"education": 450, "human-resources": 225, "legal": 50, "social-care": 25}


def parts(
    amount: int, driver: Driver | None, units: dict[str, int], clients: tuple[str, ...] = ()
) -> dict[str | None, int]:
    use = MonthOfUse({"hours": {client: Fraction(value) for client, value in units.items()}}, clients)
    return {one.client: one.amount for one in allocated("staff", MARCH, amount, driver, use)}


def test_b1_pool_of_one_month() -> None:
    assert list(parts(10_000_000, BY_HOURS, B1).values()) == [6_000_000, 3_000_000, 666_667, 333_333]
    assert list(parts(10_000_001, BY_HOURS, B1).values()) == [6_000_001, 3_000_000, 666_667, 333_333]


def test_b1_three_equal_shares() -> None:
    equal = {"a": 3_333_334, "b": 3_333_333, "c": 3_333_333}
    assert parts(10_000_000, BY_HOURS, {"b": 7, "a": 7, "c": 7}) == equal
    assert parts(10_000_000, Driver(), {}, ("c", "a", "b")) == equal
    assert parts(10_000_000, Driver(keys=(("a", 2), ("b", 2), ("c", 2))), {}) == equal
    assert parts(-10_000_000, Driver(), {}, ("a", "b", "c")) == {name: -part for name, part in equal.items()}


def test_b1_a_window_is_the_sum_of_its_months() -> None:
    months = [833_333] * 8 + [833_334] * 4
    assert sum(months) == 10_000_000
    found = [parts(amount, BY_HOURS, B1) for amount in months]
    assert sum(sum(one.values()) for one in found) == 10_000_000


def test_b1_a_unit_cost_and_a_month_without_units() -> None:
    assert unit_cost([10_000_000], Fraction(9000)) == Fraction(10_000, 9)
    assert unit_cost([10_000_000], Fraction(0)) is None
    assert parts(50_000, BY_HOURS, {}) == {None: 50_000}


@pytest.mark.parametrize(
    ("driver", "units"),
    [(None, B1), (BY_HOURS, {"a": 5, "b": -5}), (BY_HOURS, {"a": -5}), (Driver(keys=(("a", 0),)), {}), (Driver(), {})],
)
def test_what_no_driver_divides_stays_as_unallocated(driver: Driver | None, units: dict[str, int]) -> None:
    assert parts(50_000, driver, units) == {None: 50_000}


def test_a_client_whose_units_are_taken_back_gets_money_back() -> None:
    assert parts(100, BY_HOURS, {"a": 4, "b": -1}) == {"a": 133, "b": -33}


def test_how_much_of_what_was_allocated_is_charged() -> None:
    assert (coverage(50, 200), coverage(50, 0)) == (Fraction(1, 4), None)


@given(
    st.integers(-(10**12), 10**12),
    st.dictionaries(st.text("abc", min_size=1), st.fractions(-1000, 1000, max_denominator=1000), max_size=9),
)
def test_whatever_divides_a_pool_its_parts_sum_to_it(amount: int, units: dict[str, Fraction]) -> None:
    found = allocated("staff", MARCH, amount, BY_HOURS, MonthOfUse({"hours": units}))
    assert sum(one.amount for one in found) == amount
    assert (found[0].client is None) == (sum(units.values()) <= 0)
