"""The course of a charter: which version of it, and which version of its offer, holds on a day; its years and months (SHARED §4).

A month is named by its first day. Days are local to the offer's zone. A charter year is twelve months from the first `effective`,
through all versions; the first is year 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.offers.terms import CharterTerms, OfferTerms
from domain.periods import shifted

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Agreed:
    """A version that holds from that day on. `offers`: the versions of the offer that price it, each with the day from which it does,
    the earliest first; a charter that follows its offer has all of them, another one that which it was signed on."""

    effective: date
    terms: CharterTerms
    offers: tuple[tuple[date, OfferTerms], ...]

    def offer_on(self, day: date) -> OfferTerms:
        """The last one that reaches the day, else the first."""
        return next((offer for since, offer in reversed(self.offers) if since <= day), self.offers[0][1])


@dataclass(frozen=True, slots=True)
class Course:
    """`versions` by the day from which they hold, of one day the last counts. `until`: the last day of all, where there is one."""

    charter: str
    client: str
    begins: date
    versions: tuple[Agreed, ...]
    until: date | None = None

    def on(self, day: date) -> Agreed | None:
        """The version that holds on the day; None before the first one, and after its end."""
        if self.until is not None and day > self.until:
            return None
        return next((one for one in reversed(self.versions) if one.effective <= day), None)

    def year_of(self, day: date) -> int:
        """The number of the charter year that holds the day; 0 and less before it begins."""
        return (_count(day) - _count(self.begins)) // MONTHS + 1

    def year_start(self, year: int) -> date:
        """The first day of that charter year."""
        return shifted(self.begins, (year - 1) * MONTHS, "month")

    def months_of(self, year: int) -> tuple[date, ...]:
        """Its twelve months, in their order."""
        first = self.year_start(year)
        return tuple(shifted(first, count, "month") for count in range(MONTHS))

    def stretches(self, month: date) -> Iterator[tuple[date, date, Agreed]]:
        """The parts of a month in each of which one version, one version of the offer and one list of prices hold: the first day, the
        day after the last, the version."""
        after = shifted(month, 1, "month")
        if self.until is not None and self.until < after:
            after = min(after, date.fromordinal(self.until.toordinal() + 1))
        days = sorted({month, *(day for day in self._changes() if month < day < after)})
        for first, next_first in zip(days, [*days[1:], after], strict=True):
            version = self.on(first)
            if version is not None and first < next_first:
                yield first, next_first, version

    def _changes(self) -> Iterator[date]:
        for version in self.versions:
            yield version.effective
            for since, offer in version.offers:
                yield since
                yield from (price.since for level in offer.levels for price in level.prices)


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The months from the one to the other, both included."""
    while first <= last:
        yield first
        first = shifted(first, 1, "month")


def planned_meter(version: Agreed, day: date) -> str | None:
    """The meter of which a plan and a quota speak: that of the intention, else the first of the offer that the level has a price of;
    None where it has none."""
    if version.terms.intention is not None:
        return version.terms.intention.meter
    offer = version.offer_on(day)
    priced = {price.meter for price in offer.level(version.terms.level).prices}
    return next((meter.id for meter in offer.meters if meter.id in priced), None)


def part_of_year(terms: CharterTerms, month: date) -> Fraction:
    """The part of a year's plan that falls on the month: its part of the profile, which begins with January, else a twelfth."""
    if terms.profile is None:
        return Fraction(1, MONTHS)
    return Fraction(terms.profile[month.month - 1], sum(terms.profile))


def _count(day: date) -> int:
    return day.year * MONTHS + day.month - 1
