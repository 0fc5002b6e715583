"""The offer and the charter of the worked examples (SHARED §4), and the use that a charter makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.offers.course import Agreed, Course
from domain.offers.pricing import Units
from domain.offers.terms import CharterTerms, ClientRule, Level, Meter, OfferTerms, Price
from domain.terms import Selector, Text

HOURS = "hours"
BEGINS = date(2026, 1, 1)


def text(words: str) -> Text:
    return Text((("", words),))


def meter(id: str = HOURS) -> Meter:
    return Meter(
        id, text(id), "h", Selector(types=("work.logged",), sources=("helpdesk/tickets",)), ClientRule("client")
    )


def offer(*prices: Price, index: str | None = None, meters: tuple[str, ...] = (HOURS,), **more: Any) -> OfferTerms:
    return OfferTerms(
        "it-support",
        text("Computer support"),
        "digital-syndicate",
        "Europe/Paris",
        "EUR",
        tuple(meter(id) for id in meters),
        levels=(Level("standard", text("Standard"), prices),),
        index=None if index is None else Fraction(index),
        **more,
    )


def price(unit_price: str, fixed: int | None = None, since: date = BEGINS, meter: str = HOURS) -> Price:
    """`unit_price` in euros, `fixed` in cents."""
    return Price(since, meter, Fraction(unit_price) * 100, fixed)


def terms(effective: date = BEGINS, plan: tuple[int, ...] = (), **more: Any) -> CharterTerms:
    return CharterTerms(
        "c", text("c"), "it-support", "education", effective, "standard", plan=tuple(map(Decimal, plan)), **more
    )


def course(of: OfferTerms, *versions: CharterTerms, begins: date = BEGINS, until: date | None = None) -> Course:
    agreed = [Agreed(one.effective, one, ((date.min, of),)) for one in versions]
    return Course("c", "education", begins, tuple(agreed), until)


def used(by_month: Mapping[tuple[int, int], str | int | Fraction]) -> Units:
    """Units of *hours* by year and month, all of them on the first day."""

    def units(meter: str, first: date, after: date) -> Fraction:
        days = {date(year, month, 1): Fraction(value) for (year, month), value in by_month.items()}
        return sum((value for day, value in days.items() if first <= day < after and meter == HOURS), Fraction(0))

    return units
