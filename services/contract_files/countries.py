"""Countries by their letters (ISO 3166-1 alpha-2), and the group of them that files may name."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale

EU: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The members of the European Union since 2020-02-01. A change of it is a change of the rules (SHARED §8)."""
EU_SINCE: Final = "2020-02-01"
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Letters that CLDR has for groups and for what is unknown."""


@cache
def countries() -> frozenset[str]:
    """All of them, by CLDR."""
    found = (str(one) for one in Locale("en").territories)
    return frozenset(one for one in found if re.fullmatch("[A-Z]{2}", one)) - _NO_COUNTRIES


def is_inside(country: str, residence: tuple[str, ...]) -> bool:
    """Whether what lies in the country lies where the residence allows it."""
    return country in residence or ("EU" in residence and country in EU)
