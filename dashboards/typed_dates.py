"""Dates as people type them when they look for something, and as the pages print them, in both languages (MORNING §3)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import get_day_names, get_month_names

from dashboards.language import LANGUAGES
from dashboards.plain import plain

NEAR: Final[Mapping[str, int]] = {
    "today": 0, "yesterday": -1, "tomorrow": 1, "aujourd'hui": 0, "aujourd’hui": 0, "hier": -1, "demain": 1,
    "this morning": 0, "ce matin": 0,
}  # fmt: skip
"""Words for days, and how many days they are from today."""
_PASSED_OVER: Final = frozenset({"le", "du", "of", "the", "on", "de"})
_NUMBERS: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY: Final = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?")
_YEAR: Final = re.compile(r"\d{4}")
_CLOCK: Final = re.compile(r",?(?: (?:a|at))? \d{1,2}(?::\d{2}(?::\d{2})?| h(?: \d{1,2})?(?: min)?(?: \d{1,2} s)?)$")
"""A time of day behind a day, as pages print it."""
_PAST: Final = frozenset({"last", "dernier", "derniere"})


def near_words(code: str) -> list[str]:
    """The words for days near today in that language."""
    own = {
        "en": ("today", "yesterday", "tomorrow", "this morning"),
        "fr": ("aujourd’hui", "hier", "demain", "ce matin"),
    }
    return [*own[code], *get_day_names("wide", "format", Locale(code)).values()]


def dates_of(text: str, today: date) -> list[date]:
    """The days that a text may mean, and that alone; none where it says something else. Without a year: that of this year and of the
    one before, the one that is over first."""
    said = _CLOCK.sub("", plain(" ".join(text.split())).strip(" .,"))
    if said in NEAR:
        return [today + timedelta(days=NEAR[said])]
    if _ISO.fullmatch(said):
        return _days(int(said[8:]), int(said[5:7]), int(said[:4]), today)
    if numbers := _NUMBERS.fullmatch(said):
        return _days(int(numbers[1]), int(numbers[2]), int(numbers[3]) if numbers[3] else None, today)
    words = [one for one in re.split(r"[\s,]+", said) if one]
    words = [word for one in words if (word := one.rstrip(".")) not in _PASSED_OVER]
    if (weekday := [one for one in words if one not in _PAST]) and len(weekday) == 1 and weekday[0] in _weekdays():
        return _within_a_week(_weekdays()[weekday[0]], today, is_past=len(words) > 1)
    return _in_words(_without_weekday(words), today)


def _within_a_week(weekday: int, today: date, *, is_past: bool) -> list[date]:
    """The last and the next day of that name, the one that is over first; today is the next one."""
    ahead = (weekday - today.weekday()) % 7
    last, coming = today + timedelta(days=ahead - 7), today + timedelta(days=ahead)
    return [last] if is_past else [last, coming]


def _without_weekday(words: list[str]) -> list[str]:
    """Without the day of the week; `mar` is Tuesday where another month follows, else March."""
    left = [one for one in words if one not in _weekdays() or one in _months()]
    months = [one for one in left if one in _months()]
    return [one for one in left if len(months) < 2 or one not in _weekdays() or one != months[0]]


def _in_words(words: list[str], today: date) -> list[date]:
    """A day, a month by its name, and perhaps a year, in any order of the first two."""
    months = [_months()[one] for one in words if one in _months()]
    years = [int(one) for one in words if _YEAR.fullmatch(one)]
    days = [int(found[1]) for one in words if one not in _months() and (found := _DAY.fullmatch(one))]
    if len(months) != 1 or len(days) != 1 or len(words) != 2 + len(years) or len(years) > 1:
        return []
    return _days(days[0], months[0], years[0] if years else None, today)


def _days(day: int, month: int, year: int | None, today: date) -> list[date]:
    found = []
    for one in (today.year, today.year - 1) if year is None else (year,):
        with contextlib.suppress(ValueError):
            found.append(date(one, month, day))
    return sorted(found, key=lambda one: (one > today, -one.toordinal()))


@cache
def _months() -> Mapping[str, int]:
    """By how they are called in any of the languages, short or long."""
    return {
        plain(name).rstrip("."): month
        for code in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for month, name in get_month_names(width, context, Locale.parse(code)).items()
    }


@cache
def _weekdays() -> Mapping[str, int]:
    """By how they are called in any of the languages, short or long; Monday is 0."""
    return {
        plain(name).rstrip("."): number
        for code in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_day_names(width, context, Locale.parse(code)).items()
    }
