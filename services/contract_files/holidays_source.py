"""Public holidays, asked of the library only when a calendar is published (DESIGN §3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays


class HolidaysUnknown(ValueError):
    """The library does not know the holidays of that country, part or year."""


def expand_holidays(country: str, years: Iterable[int], subdivision: str | None = None) -> list[date]:
    """The dates of all public holidays of those years, ascending. Raises HolidaysUnknown."""
    wanted = sorted(set(years))
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=wanted)
    except (NotImplementedError, KeyError, ValueError, AttributeError):
        whose = f"{country}, {subdivision}" if subdivision else country
        raise HolidaysUnknown(f"the holidays of “{whose}” are not known") from None
    dates = sorted(found)
    without = set(wanted) - {one.year for one in dates}
    if without:
        raise HolidaysUnknown(f"no holidays of “{country}” are known for {min(without)}")
    return dates
