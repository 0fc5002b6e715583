"""Names that people have for an occurrence, whose key is made for programs; and for one in a text that the platform wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time

from dashboards.language import Language, language, typeset
from dashboards.moments import Moments
from dashboards.recurrences import ENGLISH_DAYS
from dashboards.words import bound_words, duration_words, period_words
from domain.durations import parse_duration
from domain.kinds.face import NamedAfter
from domain.kinds.faces import named_after
from domain.slicing import WEEKDAYS
from domain.terms import ContractTerms

SHORT_DAYS = tuple(day[:3] for day in ENGLISH_DAYS)
CHOSEN_VALUES = frozenset(
    {
        *(
            "each_miss",
            "chaque défaut",
            "owed_by",
            "dû par",
            "on_closed_day",
            "jour fermé",
            "when_no_data",
            "sans données",
        ),
        *("on_cancel", "si annulé", "without_due", "sans échéance"),
        *("follow", "external", "aggregate"),
    }
)
"""Clauses of which files choose the value among a few words, in both languages."""
_ONE_TARGET = re.compile(r"target ([a-z_]+) per (.+)")
"""The name that one of several targets has in files."""
NAMED_VALUES = frozenset({"kind", "nature", "every", "jours"})
"""Clauses whose values are words of files."""
DATE, DATE_TIME = r"\d{4}-\d\d-\d\d", r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)"


@dataclass(frozen=True, slots=True)
class Name:
    """`words` as one says it; `id` is the key where the words do not show it."""

    words: str
    id: str = ""


def occurrence_name(key: str, kind: str, due: int | None, clock: Moments) -> Name:
    """`Mon 9 Nov 2026`, `event of Tue 20 Jan, 11:42`, `phone-line from Sat 22 Nov, 09:55`, `week 47 of 2026`; the name of a case
    stays as it is."""
    return name_after(key, named_after(kind), due, clock)


def name_after(key: str, after: NamedAfter, due: int | None, clock: Moments) -> Name:
    """The same, where one knows what occurrences are named after."""
    language = clock.language
    try:
        if re.fullmatch(DATE, key):
            return Name(language.day(date.fromisoformat(key), year=True), key)
        if found := re.fullmatch(DATE_TIME, key):
            day = language.day(date.fromisoformat(found[1]), year=True)
            return Name(f"{day}, {language.clock(time.fromisoformat(found[2]))}", key)
    except ValueError:
        return Name(key)
    if after == "period":
        return Name(period_words(key.partition("#")[0], language), key)
    if after == "start" and due is not None:
        subject = key.rpartition("@")[0]
        word = "named.stretch_of" if subject else "named.stretch"
        return Name(language.text(word, subject=subject, moment=clock.moment(due, seconds=True)), key)
    if after == "event" and "#" in key and due is not None:
        return Name(language.text("named.item", moment=clock.moment(due, seconds=True)), key)
    return Name(key)


def said_of_misses(text: str, title_of: Callable[[str], str | None], clock: Moments) -> str:
    """The text with which the platform proposes an excuse (`contract/deliverable/criterion key: verdict, …`) with titles, dates
    and words; any other text, and what cannot be named, as it is."""
    parts = [re.fullmatch(r"([^ /]+/[^ /]+/[^ /]+) (.+): ([a-z]+)", part) for part in text.split(", ")]
    said = []
    for found in parts:
        missed, key, said_of_it = found.groups() if found else ("", "", "")
        title = title_of(missed) if found else None
        if title is None or not clock.language.has(f"verdict.{said_of_it}"):
            return text
        name = occurrence_name(key, "", None, clock)
        verdict = clock.language.text(f"verdict.{said_of_it}")
        said.append(clock.language.text("named.missed", what=title, key=name.words, verdict=verdict))
    return clock.language.apart(said)


def change_words(sentence: str, terms: ContractTerms, code: str) -> str:
    """A change of a version (`weekly-sales / on-time / due / at: 10:00 → 09:30`), with the titles of its clauses and its values
    as people say them: `Sales per product · On time / due / at: 10:00 → 09:30`."""
    titles = {owed.id: owed.title.to(code) for owed in terms.deliverables}
    for owed in terms.deliverables:
        titles |= {
            f"{owed.id} / {criterion.id}": f"{titles[owed.id]} · {criterion.title.to(code)}"
            for criterion in owed.criteria
        }
    return titled_change(sentence, titles, code)


def titled_change(sentence: str, titles: Mapping[str, str], code: str) -> str:
    """The same with the titles of clauses by their ids: `weekly-sales`, `weekly-sales / on-time`."""
    for clause in sorted(titles, key=len, reverse=True):
        if sentence.startswith((f"{clause} / ", f"{clause}: ", f"{clause} : ")):
            return f"{titles[clause]}{_said_change(sentence.removeprefix(clause), code)}"
    return _said_change(sentence, code)


def _said_change(sentence: str, code: str) -> str:
    """A change with its values in words, where they are of the language of files: `at_least 95 % per quarter` is
    `at least 95 % a quarter`."""
    said = language(code)
    clause, colon, values = _parted(sentence)
    *_, key = parts = clause.split(" / ")
    clause = " / ".join(_clause_words(part, said) for part in parts).replace("_", " ")
    values = _named_values(key, values, said)
    for before, after in (("added, ", ""), ("ajouté, ", ""), ("removed (", ")"), ("retiré (", ")")):
        if values.startswith(before):
            value = values.removeprefix(before).removesuffix(after)
            return typeset(f"{clause}{colon}{before}{_value_words(value, said)}{after}", code)
    return typeset(clause + colon, code) + " → ".join(_value_words(one, said) for one in values.split(" → "))


def _parted(sentence: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([^:]*?)( ?: )(.*)", sentence, re.DOTALL)
    return (found[1], found[2], found[3]) if found else ("", "", sentence)


def _clause_words(part: str, said: Language) -> str:
    """A part of a clause's place that files name and the history's sentences leave as it is: those are signed."""
    days = part.split("-")
    if all(day in SHORT_DAYS for day in days):
        return " – ".join(said.weekday(SHORT_DAYS.index(day)) for day in days)
    if found := _ONE_TARGET.fullmatch(part):
        return f"{said.text('clause.target')} ({said.text(f'clause.{found[1]}')}, {_per_words(found[2], said)})"
    return said.text(f"clause.{part}") if said.has(f"clause.{part}") else part


def _named_values(key: str, values: str, said: Language) -> str:
    """The values of clauses that name a kind or a day, in words."""

    def named(found: re.Match[str]) -> str:
        if said.has(f"kind.{found[0]}"):
            return re.split(r"\s*:", said.text(f"kind.{found[0]}"))[0]
        return said.weekday(ENGLISH_DAYS.index(found[0])) if found[0] in ENGLISH_DAYS else found[0]

    def chosen(found: re.Match[str]) -> str:
        word = f"clause_value.{found[0].replace(' ', '_')}"
        return said.text(word) if said.has(word) else found[0]

    if key in CHOSEN_VALUES:
        return re.sub(r"\b[a-z]+\b", chosen, values)
    if key in ("tolerance", "tolérance"):
        return re.sub("end of day", chosen, values)
    return re.sub(r"\b[a-z]+\b", named, values) if key in NAMED_VALUES else values


def _per_words(per: str, said: Language) -> str:
    rolling = re.fullmatch(r"(\d+) days?", per)
    return said.counted("per.rolling", int(rolling[1])) if rolling else said.text(f"per.{per.split()[0]}")


def _value_words(value: str, said: Language) -> str:
    if found := re.fullmatch(r"((?:at|max)_[a-z_]+ .+) per (.+)", value):
        return f"{bound_words(found[1], said)} {_per_words(found[2], said)}"
    try:
        if re.fullmatch(DATE, value):
            return said.short_date(date.fromisoformat(value))
        if re.fullmatch(r"\d\d:\d\d(, \d\d:\d\d)*", value):
            return said.listing([said.clock(time.fromisoformat(one)) for one in value.split(", ")])
        return value if value.startswith("0 ") else duration_words(parse_duration(value), said)
    except ValueError:
        return value


def group_words(group: str | None, by: str, language: Language) -> str:
    """The name of a group that was cut by weekday, hour or a field: `Monday`, `9 to 10 h`; None is
    the group of those that have none."""
    if group is None:
        return language.text("slice.none")
    if by == "weekday":
        return language.weekday(WEEKDAYS.index(group))
    if by == "hour":
        hour = int(group[:2])
        return language.text("slice.band", first=str(hour), last=str(hour + 1))
    return group
