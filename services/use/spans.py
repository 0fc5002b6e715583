"""The months over which use is asked for, in the zone of the offer (SHARED §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.offers.clients import WINDOW
from domain.offers.course import months_between
from domain.offers.terms import OfferTerms
from domain.periods import named_days, shifted
from domain.saying import said
from domain.times import Instant, local_date, zone
from services.deciding import within_bounds
from services.errors import Invalid

LAST: Final = "last-12-months"
"""The span that ends with the last complete month."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months, ascending, each named by its first day."""

    id: str
    months: tuple[date, ...]

    def is_window(self, running: date) -> bool:
        """Twelve months, all of them complete."""
        return len(self.months) == WINDOW and self.months[-1] < running


def running_month(terms: OfferTerms, watermark: Instant) -> date:
    """The month that holds the moment that time has reached: those before it are complete."""
    return local_date(watermark, zone(terms.timezone)).replace(day=1)


def month_span(month: date) -> Span:
    return Span(f"{month:%Y-%m}", (month,))


def window_before(running: date, months: int = WINDOW, until: date | None = None) -> Span:
    """So many months, the last of them before `running`; its id says the first and the last."""
    found = tuple(shifted(running, -back, "month") for back in range(months, 0, -1))
    return Span(f"{found[0]:%Y-%m}/{found[-1]:%Y-%m}" if found else "", found)


def span_named(name: str, running: date) -> Span:
    """A month, quarter, half or year, twelve months as `2025-10/2026-09`, or those that were complete last. Raises Invalid."""
    if name == LAST:
        return window_before(running)
    first_name, is_pair, last_name = name.partition("/")
    try:
        first, last = named_days(first_name)
        if name.count("-") > 2 or "W" in name or (not is_pair and name.count("-") == 2):
            raise ValueError
        last = named_days(last_name)[0] if is_pair else last
        within_bounds(first, "period")
        within_bounds(last, "period")
        months = tuple(months_between(first, last)) if (last.year - first.year) <= 1 else ()
        if is_pair and len(months) != WINDOW:
            raise ValueError
    except ValueError as error:
        what = said("“{period}” names no month, quarter, half or year", period=name)
        mend = said("such as 2026-03, 2026-Q1, 2026, 2025-10/2026-09 or {last}", last=LAST)
        raise Invalid(what, place="period", mend=mend) from error
    return Span(name, months)
