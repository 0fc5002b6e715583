"""What a charter has to pay: prices, index, three years, lines of a month, what is closed (SHARED §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import divided
from domain.offers.budget import calendar_years, charter_years, total_of
from domain.offers.charging import AsKnown, Closing, charged_in
from domain.offers.course import Course, months_between
from domain.offers.pricing import Line, fee_of_month, indexed, lines_of, years_between
from domain.offers.terms import Intention, OfferTerms, Quota
from domain.periods import shifted
from tests.domain.offered import BEGINS, HOURS, course, offer, price, terms, used

STANDARD = offer(price("48.00", 1_200_000), index="2/100")
GROWING = Intention("grow", HOURS, to=Decimal(1100))
EDUCATION = terms(
    plan=(900, 1000, 1100),
    intention=GROWING,
    profile=(8, 8, 8, 8, 8, 6, 2, 4, 14, 12, 12, 10),
    quota=Quota(Decimal(900), "billed"),
    one_off=350_000,
)


def test_b2_three_years() -> None:
    years = charter_years(course(STANDARD, EDUCATION), 3)
    assert [one.total for one in years] == [5_870_000, 6_120_000, 6_741_880]
    assert total_of(one.total for one in years) == 18_731_880
    assert [(line.what, line.quantity, line.unit_price, line.amount) for line in years[0].lines] == [
        ("unit", 900, 4800, 4_320_000),
        ("fixed", None, None, 1_200_000),
        ("one-off", None, None, 350_000),
    ]
    assert [(line.what, line.quantity, line.unit_price, line.amount) for line in years[1].lines] == [
        ("unit", 900, 4896, 4_406_400),
        ("over", 100, 4896, 489_600),
        ("fixed", None, None, 1_224_000),
    ]
    assert [(line.what, line.unit_price, line.amount) for line in years[2].lines] == [
        ("unit", 4994, 4_494_600), ("over", 4994, 998_800), ("fixed", None, 1_248_480),
    ]  # fmt: skip


def test_b2_without_a_quota_it_is_the_same_sum() -> None:
    plain = terms(plan=(900, 1000, 1100), intention=GROWING, one_off=350_000)
    years = charter_years(course(STANDARD, plain), 3)
    assert total_of(one.total for one in years) == 18_731_880
    assert [line.quantity for line in years[1].lines if line.what == "unit"] == [1000]


def test_an_index_is_of_the_base_and_never_of_a_rounded_price() -> None:
    cents = [indexed(Fraction(15), Fraction(4, 100), years) for years in range(3)]
    assert cents == [15, 16, 16]


def test_a_price_finer_than_a_cent_stays_so_under_its_index() -> None:
    assert indexed(Fraction("0.42"), Fraction(2, 100), 1) == Fraction("0.43")
    assert indexed(Fraction("0.42"), None, 5) == Fraction("0.42")


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 0),
        (date(2026, 1, 1), date(2027, 1, 1), 1),
        (date(2026, 3, 15), date(2028, 3, 14), 1),
        (date(2026, 3, 15), date(2028, 3, 15), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2027, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_whole_years(first: date, last: date, years: int) -> None:
    assert years_between(first, last) == years


def test_a_newer_row_of_prices_begins_its_index_anew() -> None:
    of = offer(price("48.00"), price("60.00", since=date(2027, 1, 1)), index="2/100")
    prices = [year.lines[0].unit_price for year in charter_years(course(of, terms(plan=(100,), intention=GROWING)), 3)]
    assert prices == [4800, 6000, 6120]


def test_without_a_plan_what_is_held_is_reckoned_with_and_else_nothing_is_said() -> None:
    held = terms(intention=Intention("cap", HOURS, at=Decimal(10)))
    assert [year.total for year in charter_years(course(STANDARD, held), 2)] == [1_248_000, 1_272_960]
    unknown = charter_years(course(STANDARD, terms(intention=GROWING)), 1)
    assert [(line.what, line.amount) for line in unknown[0].lines] == [("unit", None), ("fixed", 1_200_000)]
    assert (unknown[0].total, calendar_years(unknown)[0].total) == (None, None)


def test_the_fee_falls_by_months_and_sums_to_the_fee() -> None:
    of = offer(price("48.00", 1_000_000))
    parts = [fee_of_month(course(of, EDUCATION), month) for month in course(of, EDUCATION).months_of(1)]
    assert parts == [83_334] * 4 + [83_333] * 8


def test_a_budget_by_calendar_year_has_the_months_of_each() -> None:
    july = terms(date(2026, 7, 1), plan=(100, 200), intention=GROWING, one_off=5)
    years = charter_years(course(offer(price("10.00", 1_200)), july, begins=date(2026, 7, 1)), 2)
    assert [one.total for one in years] == [101_205, 201_200]
    assert [(one.year, one.total) for one in calendar_years(years)] == [
        (2026, 50_605),
        (2027, 151_200),
        (2028, 100_600),
    ]


amounts = st.integers(0, 10**7)
courses = st.builds(
    lambda month, unit, fee, plan, index, profile, quota, once: course(
        offer(price(f"{unit / 1000:.3f}", fee), index=f"{index}/1000"),
        terms(
            date(2026, month, 1),
            plan=tuple(plan),
            intention=GROWING,
            profile=profile,
            one_off=once,
            quota=None if quota is None else Quota(Decimal(quota), "billed"),
        ),
        begins=date(2026, month, 1),
    ),
    st.integers(1, 12), st.integers(1, 99_999), amounts, st.lists(st.integers(0, 5000), min_size=1, max_size=5),
    st.integers(0, 200), st.none() | st.lists(st.integers(0, 20), min_size=12, max_size=12).filter(any).map(tuple),
    st.none() | st.integers(0, 6000), amounts,
)  # fmt: skip


@settings(max_examples=40)
@given(courses)
def test_calendar_years_sum_to_charter_years(drawn: Course) -> None:
    years = charter_years(drawn, 3)
    assert total_of(one.total for one in calendar_years(years)) == total_of(one.total for one in years)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-50, 50).map(Fraction), min_size=1, max_size=8))
def test_the_parts_of_an_amount_sum_to_it(amount: int, weights: list[Fraction]) -> None:
    if sum(weights) > 0:
        parts = divided(amount, weights)
        assert sum(parts) == amount
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - amount * weight / sum(weights)) < 1


# lines of a month


def by_what(lines: list[Line]) -> list[tuple[str, object, object, int]]:
    return [(line.what, line.quantity, line.unit_price, line.amount) for line in lines]


def of_month(of: OfferTerms, month: date, units: dict[tuple[int, int], str], **more: object) -> list[Line]:
    return lines_of(course(of, terms(**more)), month, used(units))  # type: ignore[arg-type]


def test_a_month_has_a_line_of_units_and_one_of_the_fee() -> None:
    lines = of_month(STANDARD, BEGINS, {(2026, 1): "10.125"}, one_off=7)
    assert by_what(lines) == [
        ("unit", Fraction("10.125"), 4800, 48_600), ("fixed", None, None, 100_000), ("one-off", None, None, 7),
    ]  # fmt: skip
    february = of_month(STANDARD, date(2026, 2, 1), {(2026, 1): "10"}, one_off=7)
    assert by_what(february) == [("fixed", None, None, 100_000)]


@pytest.mark.parametrize(
    ("over", "price_of_it", "amount"), [("billed", None, 24_000), ("billed", "50.00", 25_000), ("allowed", None, 0)]
)
def test_beyond_the_quota_is_a_line_of_its_own(over: str, price_of_it: str | None, amount: int) -> None:
    beyond = None if price_of_it is None else Fraction(price_of_it) * 100
    quota = Quota(Decimal(20), over, beyond)  # type: ignore[arg-type]
    units = {(2026, 1): "15", (2026, 2): "10", (2026, 3): "-7"}
    of = offer(price("48.00"))
    february = by_what(of_month(of, date(2026, 2, 1), units, quota=quota))
    assert [(what, quantity, it) for what, quantity, _, it in february] == [("unit", 5, 24_000), ("over", 5, amount)]
    march = by_what(of_month(of, date(2026, 3, 1), units, quota=quota))
    assert [(what, quantity, it) for what, quantity, _, it in march] == [("unit", -2, -9_600), ("over", -5, -amount)]


def test_a_price_that_changes_within_a_month_gives_two_lines() -> None:
    of = offer(price("48.00"), price("50.00", since=date(2026, 1, 15)))
    lines = lines_of(course(of, terms()), BEGINS, lambda _, first, after: Fraction((after - first).days))
    assert by_what(lines) == [("unit", 14, 4800, 67_200), ("unit", 17, 5000, 85_000)]


def test_after_its_last_day_nothing_is_charged() -> None:
    ended = course(offer(price("1.00", 1200)), terms(), until=date(2026, 1, 10))
    daily = lambda _, first, after: Fraction((after - first).days)  # noqa: E731
    assert by_what(lines_of(ended, BEGINS, daily)) == [("unit", 10, 100, 1000), ("fixed", None, None, 100)]
    assert lines_of(ended, date(2026, 2, 1), daily) == []


# what is closed


def known(units: dict[tuple[int, int], str], signed: date = BEGINS, unit_price: str = "10.00") -> AsKnown:
    return AsKnown(course(offer(price(unit_price)), terms()), signed, used(units))


FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


def test_a_closed_month_stays_and_the_difference_is_a_line_of_the_next() -> None:
    closing = Closing(frozenset({BEGINS}), known({(2026, 1): "5"}))
    now = known({(2026, 1): "7.5", (2026, 2): "1"})
    assert by_what(charged_in(BEGINS, now, [closing])) == [("unit", 5, 1000, 5000)]
    february = charged_in(FEBRUARY, now, [closing])
    assert [(line.month, line.what, line.quantity, line.amount) for line in february] == [
        (BEGINS, "difference", Fraction("2.5"), 2500), (FEBRUARY, "unit", 1, 1000),
    ]  # fmt: skip
    assert [line.what for line in charged_in(MARCH, now, [closing])] == []


def test_what_was_charged_as_a_difference_is_not_charged_again() -> None:
    first = Closing(frozenset({BEGINS}), known({(2026, 1): "5"}))
    second = Closing(frozenset({FEBRUARY}), known({(2026, 1): "6", (2026, 2): "1"}))
    now = known({(2026, 1): "4", (2026, 2): "3"})
    assert [(line.month, line.what, line.amount) for line in charged_in(FEBRUARY, now, [first, second])] == [
        (BEGINS, "difference", 1000), (FEBRUARY, "unit", 1000),
    ]  # fmt: skip
    assert [(line.month, line.what, line.amount) for line in charged_in(MARCH, now, [first, second])] == [
        (BEGINS, "difference", -2000), (FEBRUARY, "difference", 2000),
    ]  # fmt: skip


def test_another_price_of_a_closed_month_is_two_differences() -> None:
    closing = Closing(frozenset({BEGINS}), known({(2026, 1): "5"}))
    now = known({(2026, 1): "5"}, unit_price="12.00")
    assert by_what(charged_in(FEBRUARY, now, [closing])) == [
        ("difference", -5, 1000, -5000), ("difference", 5, 1200, 6000),
    ]  # fmt: skip


def test_a_charter_signed_late_has_its_lines_in_the_month_of_signing() -> None:
    late = known({(2026, 1): "5", (2026, 3): "1"}, signed=date(2026, 3, 20))
    assert charged_in(BEGINS, late) == []
    assert [(line.month, line.what, line.amount) for line in charged_in(MARCH, late)] == [
        (BEGINS, "unit", 5000), (MARCH, "unit", 1000),
    ]  # fmt: skip
    closed = [Closing(frozenset({BEGINS, FEBRUARY}), None)]
    assert [line.amount for line in charged_in(MARCH, late, closed)] == [5000, 1000]
    assert charged_in(APRIL, late, closed) == []


months = st.sampled_from([(2026, number) for number in range(1, 7)])
uses = st.dictionaries(months, st.integers(-50, 50).map(str))


@settings(max_examples=30)
@given(st.lists(uses, min_size=1, max_size=4), uses)
def test_whenever_months_are_closed_all_of_it_is_charged_once(
    stages: list[dict[tuple[int, int], str]], last: dict[tuple[int, int], str]
) -> None:
    closings = [
        Closing(frozenset({shifted(BEGINS, place, "month")}), known(units)) for place, units in enumerate(stages)
    ]
    now, end = known(last), date(2026, 7, 1)
    charged = sum(line.amount for period in months_between(BEGINS, end) for line in charged_in(period, now, closings))
    assert charged == sum(int(value) * 1000 for value in last.values())
