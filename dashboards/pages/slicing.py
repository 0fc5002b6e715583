"""A commitment's occurrences cut by weekday, hour or a field: “Monday deliveries are late” is one click."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from dashboards import charts
from dashboards.language import Language, first_up
from dashboards.pages.frame import View
from dashboards.words import path_words
from domain.figures import Tally
from domain.slicing import BY_TIME, WEEKDAYS
from domain.terms import Criterion
from services.reading.slice_rows import summed

MOST_GROUPS = 40
BAR = 320


@dataclass(frozen=True)
class Group:
    words: str
    good: int
    total: int
    share: str
    bar: Markup
    is_worst: bool


@dataclass(frozen=True)
class Slices:
    """`choices` are what it can be cut by, with their words; `by` is the chosen one. `left_out`: groups that are not shown,
    the smallest."""

    choices: tuple[tuple[str, str], ...]
    by: str
    groups: tuple[Group, ...]
    left_out: int
    sentence: str


def slices(view: View, commitment: str, criterion: Criterion, by: str, period: str) -> Slices:
    """The periods asked for together (`all`, or one), by the first target's periods."""
    language = view.language
    names = list(dict.fromkeys((*BY_TIME, *criterion.slices)))
    choices = tuple((name, _by_words(name, language)) for name in names)
    if by not in names:
        return Slices(choices, "", (), 0, "")
    rows = view.reading.slices(view.who, by, commitment=commitment, period=None if period == "all" else period)
    tallies = summed(row for row in rows if row.figure.target_index == 0)
    largest = sorted(tallies, key=lambda one: -tallies[one].known)[:MOST_GROUPS]
    shown = {group: tally for group, tally in tallies.items() if group in largest}
    most = max((tally.known for tally in shown.values()), default=0)
    worst = _worst(list(shown.values()))
    groups = tuple(_group(group, tally, by, language, most, is_worst=tally is worst) for group, tally in shown.items())
    return Slices(choices, by, groups, len(tallies) - len(shown), _sentence(groups, language))


def _group(group: str | None, tally: Tally, by: str, language: Language, most: int, *, is_worst: bool) -> Group:
    counts = {verdict.value: count for verdict, count in tally.counts.items()}
    share = language.percent(Fraction(tally.good, tally.total)) if tally.total else "—"
    bar = charts.count_bar(counts, language, width=BAR, of=most)
    return Group(_group_words(group, by, language), tally.good, tally.total, share, bar, is_worst)


def _worst(tallies: list[Tally]) -> Tally | None:
    """The group with the lowest share, if it stands out: some group does better."""
    judged = [one for one in tallies if one.total]
    shares = [Fraction(one.good, one.total) for one in judged]
    return judged[shares.index(min(shares))] if shares and min(shares) < max(shares) else None


def _sentence(groups: tuple[Group, ...], language: Language) -> str:
    for one in groups:
        if one.is_worst:
            figure = language.text("word.of", good=one.good, total=one.total)
            return language.text("slice.worst", group=first_up(one.words), figure=figure)
    return ""


def _by_words(by: str, language: Language) -> str:
    return language.text(f"slice.{by}") if by in BY_TIME else path_words(by)


def _group_words(group: str | None, by: str, language: Language) -> str:
    if group is None:
        return language.text("slice.none")
    if by == "weekday":
        return language.weekday(WEEKDAYS.index(group))
    if by == "hour":
        hour = int(group[:2])
        return language.text("slice.band", first=str(hour), last=str(hour + 1))
    return group
