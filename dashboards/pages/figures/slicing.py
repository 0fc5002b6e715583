"""A commitment's occurrences cut by weekday, hour or a field: “Monday deliveries are late” is one click."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from dashboards import charts
from dashboards.language import Language, first_up
from dashboards.naming import group_words
from dashboards.pages.house.frame import View
from dashboards.values import bound_of, value_words
from dashboards.words import path_words, share_of
from domain.kinds.faces import face
from domain.slicing import BY_TIME
from domain.terms import Criterion
from services.figures.reading import read_slices
from services.figures.slice_rows import SliceRow, summed

MOST_GROUPS = 40
BAR = 320


@dataclass(frozen=True)
class Group:
    words: str
    figure: str
    value: str
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
    of_events = criterion.slices if face(criterion.indicator).counts != "seconds" else ()
    names = list(dict.fromkeys((*BY_TIME, *of_events)))
    choices = tuple((name, _by_words(name, language)) for name in names)
    if by not in names:
        return Slices(choices, "", (), 0, "")
    rows = read_slices(view.seen, by, commitment=commitment, period=None if period == "all" else period)
    cut = summed(row for row in rows if row.figure.target_index == 0)
    largest = sorted(cut, key=lambda one: -one.judged)[:MOST_GROUPS]
    shown = [one for one in cut if one in largest]
    most = max((one.tally.known for one in shown), default=0)
    worst = _worst(shown)
    groups = tuple(_group(one, language, most, is_worst=one is worst) for one in shown)
    return Slices(choices, by, groups, len(cut) - len(shown), _sentence(groups, language))


def _group(row: SliceRow, language: Language, most: int, *, is_worst: bool) -> Group:
    counts = {verdict.value: count for verdict, count in row.tally.counts.items()}
    bar = charts.count_bar(counts, language, width=BAR, of=most) if most else Markup("")
    figure, value = "—", "—"
    if row.figure.counted == "occurrences" and row.tally.total:
        figure = language.text("word.of", good=row.tally.good, total=row.tally.total)
    elif row.judged:
        figure = str(row.judged) if row.figure.counted == "values" else language.span(int(row.judged) * 1_000_000)
    if row.value is not None:
        is_share = row.aggregate is None or row.figure.target.endswith("%")
        target, unit = row.figure.target, row.figure.unit
        value = (
            language.percent(row.value, against=share_of(target))
            if is_share
            else value_words(row.value, unit, language, bound_of(target, unit))
        )
    return Group(group_words(row.group, row.by, language), figure, value, bar, is_worst)


def _worst(rows: list[SliceRow]) -> SliceRow | None:
    """The group with the lowest share, if it stands out: some group does better. Values say nothing of good and bad here."""
    judged = [(one, one.share) for one in rows if one.share is not None]
    shares = [share for _, share in judged if share is not None]
    if not shares or min(shares) == max(shares):
        return None
    worst, _ = judged[shares.index(min(shares))]
    return worst


def _sentence(groups: tuple[Group, ...], language: Language) -> str:
    for one in groups:
        if one.is_worst:
            return language.text("slice.worst", group=first_up(one.words), figure=f"{one.value} ({one.figure})")
    return ""


def _by_words(by: str, language: Language) -> str:
    return language.text(f"slice.{by}") if by in BY_TIME else path_words(by)
