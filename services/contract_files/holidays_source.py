"""Public holidays, asked of the library only when a calendar is published (DESIGN §3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache

import holidays

from domain.saying import said


class HolidaysUnknown(ValueError):
    """The library does not know the holidays of that country, part or year. `key`: what is to be mended, and how."""

    def __init__(self, what: str, key: str, mend: str):
        super().__init__(what)
        self.key = key
        self.mend = mend


def expand_holidays(country: str, years: Iterable[int], subdivision: str | None = None) -> list[date]:
    """The dates of all public holidays of those years, ascending. Raises HolidaysUnknown."""
    return list(_expanded(country, tuple(sorted(set(years))), subdivision))


@lru_cache(maxsize=128)
def _expanded(country: str, years: tuple[int, ...], subdivision: str | None) -> tuple[date, ...]:
    _require_names_of_the_library(country, subdivision)
    try:
        if country in _markets():
            found: Iterable[date] = holidays.financial_holidays(country, subdiv=subdivision, years=years)
        else:
            found = holidays.country_holidays(country, subdiv=subdivision, years=years)
        dates = tuple(sorted(found))
    except (NotImplementedError, KeyError, ValueError):
        raise _unknown(
            said("the holidays of {country} are not known for these years", country=_shown(country)), "years"
        ) from None
    if without := set(years) - {one.year for one in dates}:
        raise _unknown(
            said("no holidays of {country} are known for {without}", country=_shown(country), without=min(without)),
            "years",
        )
    return dates


def _require_names_of_the_library(country: str, subdivision: str | None) -> None:
    """It looks for what it is asked by the names of its own modules: nothing else may be asked."""
    known = _countries() | _markets()
    if country not in known:
        raise HolidaysUnknown(
            said("the holidays of {country} are not known", country=_shown(country)),
            "country",
            said("an ISO 3166 code such as FR"),
        )
    parts = known[country]
    if subdivision is not None and subdivision not in parts:
        right = (
            said("one of {parts}", parts=", ".join(sorted(parts)[:60]))
            if parts
            else said("leave it out: there are none")
        )
        raise HolidaysUnknown(
            said("{subdivision} is no part of {country}", subdivision=_shown(subdivision), country=country),
            "subdivision",
            right,
        )


@cache
def _countries() -> dict[str, frozenset[str]]:
    return {code: frozenset(parts) for code, parts in holidays.list_supported_countries(include_aliases=True).items()}


@cache
def _markets() -> dict[str, frozenset[str]]:
    """Days on which stock exchanges and payment systems are closed, such as `XECB`."""
    return {code: frozenset(parts) for code, parts in holidays.list_supported_financial(include_aliases=True).items()}


def _unknown(what: str, key: str) -> HolidaysUnknown:
    return HolidaysUnknown(what, key, said("years that the library knows, or `dates: […]`"))


def _shown(name: str) -> str:
    return said("“{value}”", value=name[:60])
