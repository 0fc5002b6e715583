"""Tells the tags that name a language: two letters of ISO 639-1, perhaps with a country of ISO 3166 behind them."""

from __future__ import annotations

from functools import cache

from babel import Locale

_PRIVATE = frozenset({"ZZ", "XA", "XB", "QO", "EZ", "EU", "UN"})
"""Codes that name no country."""


def is_language(tag: str) -> bool:
    """`en`, `pt-BR`."""
    language, _, country = tag.partition("-")
    languages, countries = _known()
    return language in languages and (not country or country in countries)


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    english = Locale("en")
    languages = frozenset(code for code in map(str, english.languages) if len(code) == 2)
    return languages, frozenset(map(str, english.territories)) - _PRIVATE
