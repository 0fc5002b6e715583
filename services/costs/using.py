"""The units that money is reckoned with: those of the book of use (SHARED §2), each month looked up once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from domain.offers.course import month_of
from domain.offers.metering import UNATTRIBUTED
from domain.offers.pricing import Units
from domain.periods import shifted
from services.history.entries import Position
from services.use.counting import OfferUse


class UnitsUsed:
    """What the clients of one offer used, by local months and days; `at`: as it stood at that position, of months that were final
    then."""

    def __init__(self, use: OfferUse, at: Position | None = None):
        self.use = use
        self._at = at
        self._months: dict[tuple[str, date], Mapping[str, Fraction]] = {}

    def as_of(self, at: Position) -> UnitsUsed:
        return UnitsUsed(self.use, at)

    def by_client(self, meter: str, month: date) -> Mapping[str, Fraction]:
        """Attributed units of a month."""
        found = self._months.get((meter, month))
        if found is None:
            used = self.use.by_client(meter, [month], self._at)
            found = {client: one.units for client, one in used.items() if client != UNATTRIBUTED}
            self._months[meter, month] = found
        return found

    def over(self, meter: str, months: tuple[date, ...]) -> dict[str, Fraction]:
        """Attributed units of these months together."""
        found: dict[str, Fraction] = {}
        for month in months:
            for client, units in self.by_client(meter, month).items():
                found[client] = found.get(client, Fraction(0)) + units
        return found

    def of(self, client: str) -> Units:
        """The units of one client, by meter, from a day until before another."""
        one = self.use.level(client)

        def units(meter: str, first: date, after: date) -> Fraction:
            total, day = Fraction(0), first
            while day < after:
                end = shifted(month_of(day), 1, "month")
                if day.day == 1 and end <= after:
                    total += self.by_client(meter, day).get(one, Fraction(0))
                else:
                    total += self.use.between(meter, one, day, min(end, after), self._at)
                day = min(end, after)
            return total

        return units
