"""What a charter has to pay: prices in force, the index, lines of a month, the cost of its years (SHARED §4).

Money is in minor units, unit prices may be parts of one; a line is rounded half to even, and nothing else is but an indexed price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from domain.money import divided
from domain.offers.course import MONTHS, Agreed, Course, month_of, planned_meter
from domain.offers.terms import Price

What = Literal["unit", "over", "fixed", "one-off", "difference"]
Units = Callable[[str, date, date], Fraction]
"""The units of a meter that one client used from a day until before another."""


@dataclass(frozen=True, slots=True)
class Line:
    """`month`: the one in which it was used, or for which it is due. `meter`, `quantity`, `unit_price`: None where it is of no units.
    `amount`: minor units."""

    month: date
    what: What
    amount: int
    meter: str | None = None
    quantity: Fraction | None = None
    unit_price: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Units within the quota of a charter year or beyond it, and the price of one; None where it has none."""

    what: Literal["unit", "over"]
    quantity: Fraction
    unit_price: Fraction | None


def price_on(version: Agreed, meter: str, day: date) -> Price | None:
    """The price of the charter's level in force on the day; None before the first one."""
    prices = version.offer_on(day).level(version.terms.level).prices
    return next((one for one in reversed(prices) if one.meter == meter and one.since <= day), None)


def indexed(base: Fraction, index: Fraction | None, years: int) -> Fraction:
    """The base price after so many years, half to even to the minor unit; a base that is finer keeps as many decimals as it has. It is
    of the base, never of a price that was rounded."""
    if index is None or years <= 0:
        return base
    fineness = 1
    while base * fineness != int(base * fineness):
        fineness *= 10
    return Fraction(round(base * (1 + index) ** years * fineness), fineness)


def years_between(first: date, last: date) -> int:
    """Whole years from the one day to the other; 0 where it lies before."""
    return max(0, last.year - first.year - ((last.month, last.day) < (first.month, first.day)))


def unit_price_on(course: Course, version: Agreed, meter: str, day: date) -> Fraction | None:
    """The price of one unit that is used on that day. A new row of the list begins anew; the index grows with charter years."""
    price = price_on(version, meter, day)
    return None if price is None else _indexed(course, version, price, price.unit_price, day)


def fee_on(course: Course, version: Agreed, day: date) -> int:
    """The fixed fee of the charter year, as it is on the day: of all meters of the level together."""
    meters = [meter.id for meter in version.offer_on(day).meters]
    prices = [price for meter in meters if (price := price_on(version, meter, day)) is not None]
    return sum(int(_indexed(course, version, price, Fraction(price.fixed or 0), day)) for price in prices)


def fee_of_month(course: Course, month: date) -> int:
    """The month's part of the fee: twelve parts by largest remainder, of what the version in force on its first day says."""
    version = course.on(month)
    if version is None:
        return 0
    place = (month.month - course.begins.month) % MONTHS
    return divided(fee_on(course, version, month), [Fraction(1)] * MONTHS)[place]


def within_quota(
    course: Course, version: Agreed, meter: str, day: date, before: Fraction, quantity: Fraction
) -> Iterator[Part]:
    """Cuts units that are used from that day on at the quota of the charter year, of which `before` were used before. Parts of nothing
    are left out; units that are taken back leave first what they were beyond."""
    unit_price, quota = unit_price_on(course, version, meter, day), version.terms.quota
    beyond = Fraction(0)
    if quota is not None and meter == planned_meter(version, day):
        ceiling = Fraction(quota.quantity)
        beyond = max(Fraction(0), before + quantity - ceiling) - max(Fraction(0), before - ceiling)
    if quantity - beyond:
        yield Part("unit", quantity - beyond, unit_price)
    if beyond and quota is not None:
        price = unit_price if quota.price is None else quota.price
        yield Part("over", beyond, price if quota.over == "billed" else Fraction(0))


def lines_of(course: Course, month: date, units: Units) -> list[Line]:
    """What the charter pays for a month: one line for each meter and unit price, what is beyond the quota apart; the fee; what is paid
    once in the first month. Units without a price have no line."""
    found: dict[tuple[str, Literal["unit", "over"], Fraction], Fraction] = {}
    for first, after, version in course.stretches(month):
        year_start = course.year_start(course.year_of(month))
        for meter in (one.id for one in version.offer_on(first).meters):
            quantity = units(meter, first, after)
            before = units(meter, year_start, first) if version.terms.quota is not None else Fraction(0)
            for part in within_quota(course, version, meter, first, before, quantity):
                if part.unit_price is not None:
                    key = (meter, part.what, part.unit_price)
                    found[key] = found.get(key, Fraction(0)) + part.quantity
    lines = [
        Line(month, what, round(quantity * price), meter, quantity, price)
        for (meter, what, price), quantity in found.items()
        if quantity
    ]
    return [*lines, *_fees(course, month)]


def _fees(course: Course, month: date) -> Iterator[Line]:
    version = course.on(month)
    if version is None:
        return
    if fee := fee_of_month(course, month):
        yield Line(month, "fixed", fee)
    if month == month_of(course.begins) and version.terms.one_off:
        yield Line(month, "one-off", version.terms.one_off)


def _indexed(course: Course, version: Agreed, price: Price, base: Fraction, day: date) -> Fraction:
    years = years_between(price.since, course.year_start(course.year_of(day)))
    return indexed(base, version.offer_on(day).index, years)
