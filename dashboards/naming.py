"""What people call an occurrence, whose key is made for programs; and a text that the platform wrote with such keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from dashboards.moments import Moments
from dashboards.words import period_words
from domain.terms import ContractTerms

ITEMS = frozenset({"conformity", "measure", "satisfaction"})
"""Kinds whose occurrences are events, and are named after one where no key is agreed."""
STRETCHES = frozenset({"availability", "freshness"})
DATE, DATE_TIME = r"\d{4}-\d\d-\d\d", r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)"


@dataclass(frozen=True, slots=True)
class Name:
    """`words` as one says it; `id` is the key where the words do not show it."""

    words: str
    id: str = ""


def occurrence_name(key: str, kind: str, due: int | None, clock: Moments) -> Name:
    """`Mon 9 Nov 2026`, `event of Tue 20 Jan, 11:42`, `phone-line from Sat 22 Nov, 09:55`, `week 47 of 2026`; the name of a case
    stays as it is."""
    language = clock.language
    try:
        if re.fullmatch(DATE, key):
            return Name(language.day(date.fromisoformat(key), year=True), key)
        if found := re.fullmatch(DATE_TIME, key):
            day = language.day(date.fromisoformat(found[1]), year=True)
            return Name(f"{day}, {language.clock(time.fromisoformat(found[2]))}", key)
    except ValueError:
        return Name(key)
    if kind == "volume":
        return Name(period_words(key.partition("#")[0], language), key)
    if kind in STRETCHES and due is not None:
        subject = key.rpartition("@")[0]
        word = "named.stretch_of" if subject else "named.stretch"
        return Name(language.text(word, subject=subject, moment=clock.moment(due)), key)
    if kind in ITEMS and "#" in key and due is not None:
        return Name(language.text("named.item", moment=clock.moment(due)), key)
    return Name(key)


def said_of_misses(text: str, title_of: Callable[[str], str | None], clock: Moments) -> str:
    """The text with which the platform proposes an excuse (`contract/deliverable/criterion key: verdict, …`) with titles, dates
    and words; any other text, and what cannot be named, as it is."""
    parts = [re.fullmatch(r"([^ /]+/[^ /]+/[^ /]+) (.+): ([a-z]+)", part) for part in text.split(", ")]
    said = []
    for found in parts:
        title = title_of(found[1]) if found else None
        if found is None or title is None or not clock.language.has(f"verdict.{found[3]}"):
            return text
        name = occurrence_name(found[2], "", None, clock)
        verdict = clock.language.text(f"verdict.{found[3]}")
        said.append(clock.language.text("named.missed", what=title, key=name.words, verdict=verdict))
    return "; ".join(said)


def change_words(sentence: str, terms: ContractTerms, code: str) -> str:
    """What a version changes (`weekly-sales / on-time / due / at: 10:00 → 09:30`), with the titles of its clauses."""
    for owed in terms.deliverables:
        rest = sentence.removeprefix(f"{owed.id} / ")
        if rest == sentence:
            continue
        for criterion in owed.criteria:
            if rest.startswith((f"{criterion.id} / ", f"{criterion.id}: ", f"{criterion.id} : ")):
                return f"{owed.title.to(code)} · {criterion.title.to(code)}{rest.removeprefix(criterion.id)}"
        return f"{owed.title.to(code)} / {rest}"
    return sentence
