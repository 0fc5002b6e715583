"""The targets of a commitment as its page shows them: chart, table of periods, what is left in the current one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from dashboards import charts
from dashboards.attainment import Point, attainment
from dashboards.kinds.faces import face
from dashboards.language import first_up
from dashboards.pages.figures.standings import Standing, trend, until_current
from dashboards.pages.house.frame import View
from dashboards.standing import (
    Pair,
    bad_time_words,
    beside,
    counts_words,
    disc,
    disc_words,
    due_words,
    figure_words,
    is_about_values,
    is_rolling,
    pair_words,
    point,
    share,
    short_figure,
    state_sentence,
    unknown_words,
    verdicts_changed,
    was_words,
)
from dashboards.values import is_less_better, time_words
from dashboards.words import misses_of, period_short, period_words, periods_title, share_of, target_words
from domain.kinds.faces import face as domain_face
from domain.sums import Amount
from domain.terms import Target
from services.figures.reading import read_rolling_trend
from services.figures.rows import FigureRow

LONGEST_BUDGET = 12


@dataclass(frozen=True)
class PeriodLine:
    """One row of the table under a chart."""

    figure: FigureRow
    disc: str
    period: str
    adjusted: str
    raw: str
    was: str


@dataclass(frozen=True)
class Sums:
    """The table of what a figure is made of: adjusted and raw; of values, how many there are."""

    heads: tuple[str, ...] = ()
    lines: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class TargetView:
    """One target of the criterion with what its chart, its table and its budget show."""

    target: Target
    title: str
    measured_by: str
    words: str
    figure: FigureRow | None
    disc: str
    word: str
    sentence: str
    chart: Markup
    series: tuple[PeriodLine, ...]
    note: str
    sums: Sums


@dataclass(frozen=True)
class Budget:
    """The misses that the period still allows; of a lost one those that it has, which are more than allowed (`too_many`). `head`
    with `head_words` stands in their place where misses are not what is counted."""

    left: int | None
    too_many: int | None
    allowed: int | None
    used: tuple[str, ...]
    due: str
    counts: str
    head: str = ""
    head_words: str = ""
    is_over: bool = False


def target_view(view: View, row: Standing, index: int, target: Target, figures: Sequence[FigureRow]) -> TargetView:
    language = view.language
    current = next((one for one in row.row.current if one.target_index == index), None)
    mine = [one for one in figures if one.target_index == index]
    rolls = any(is_rolling(one) for one in mine)
    series = (
        [one for one in read_rolling_trend(view.seen, row.row.id) if one.target_index == index]
        if rolls
        else until_current(mine, current)
    )
    points = [_point(view, row, one, current, rolls=rolls) for one in series]
    placed = [one for one in points if one is not None]
    return TargetView(
        target,
        periods_title(target.per, language),
        _measured_by(view, row, target, rolls=rolls),
        target_words(target, language),
        current,
        disc(current) if current else "no-data",
        disc_words(current, language) if current else language.text("disc.no-data"),
        _sentence(view, row, current) if current else "",
        _chart(view, row, series, placed),
        tuple(_period_line(view, row, one) for one in reversed(series)),
        _note(view, series) if not rolls else "",
        _sums(view, current) if current else Sums(),
    )


def _point(view: View, row: Standing, figure: FigureRow, current: FigureRow | None, *, rolls: bool) -> Point | None:
    is_current = figure is current or (current is not None and figure.until == current.until)
    if rolls:
        return point(figure, view.language, is_current=is_current, label=_week_label(view, row, figure))
    is_current = is_current or figure.period == (current and current.period)
    return point(figure, view.language, is_current=is_current)


def _week_label(view: View, row: Standing, figure: FigureRow) -> tuple[str, str]:
    """A window is named by the day on which it ends."""
    assert figure.until is not None
    day = view.moments(row.row.terms.timezone).local_date(figure.until - 1)
    return view.language.short_day(day), str(day.year)


def _period_line(view: View, row: Standing, one: FigureRow) -> PeriodLine:
    language = view.language
    if is_rolling(one) and one.until is not None:
        day = view.moments(row.row.terms.timezone).day(one.until - 1)
        period = language.text("period.until", day=day)
    else:
        period = period_words(one.period, language)
    was = was_words(one, language)
    return PeriodLine(
        one,
        disc(one),
        period,
        beside(slashed(view, one, one.adjusted), unknown_words(one, language)),
        "—" if one.counted == "values" else slashed(view, one, one.raw),
        language.text("chart.was", figure=was) if was else verdicts_changed(one.was_counts, one.counts, language),
    )


def slashed(view: View, figure: FigureRow, pair: Pair) -> str:
    """`7/8`, the share of service time, a value; a dash of nothing."""
    good, total = pair
    if figure.judged == 0 or (figure.counted != "values" and not total):
        return "—"
    if is_about_values(figure) and figure.value is None:
        return "—"
    if figure.counted == "occurrences" and not is_about_values(figure):
        return f"{good}/{total}"
    return pair_words(figure, view.language, pair)


def _measured_by(view: View, row: Standing, target: Target, *, rolls: bool) -> str:
    language, indicator = view.language, row.row.criterion.indicator
    parts = [face(indicator).measured_by(indicator, target, language)]
    if is_less_better(str(target)):
        parts.append(language.text("chart.less_is_better"))
    if rolls:
        parts.append(language.text("chart.week_by_week"))
    return language.apart(parts)


def _sentence(view: View, row: Standing, figure: FigureRow) -> str:
    language = view.language
    first = state_sentence(figure, period_words(figure.period, language), language)
    kind = row.row.criterion.indicator.kind
    return " ".join(part for part in (first, bad_time_words(figure, kind, language)) if part)


def _chart(view: View, row: Standing, series: Sequence[FigureRow], points: Sequence[Point]) -> Markup:
    """The chart of the target; for one that is not about a sum, its discs."""
    if any(one.value is not None for one in points):
        return attainment(points, _chart_name(view, row, series), view.language)
    return trend(view, series) if series and not points else Markup("")


def _share(view: View, pair: Pair, figure: FigureRow) -> str:
    if is_about_values(figure):
        return pair_words(figure, view.language, pair)
    value = share(pair)
    return view.language.percent(value, against=share_of(figure.target)) if value is not None else "—"


def _sums(view: View, figure: FigureRow) -> Sums:
    language = view.language
    heads = ("unknown",) if figure.unknown else ()
    if figure.counted == "values":
        cells = [language.number(int(one)) for one in (figure.judged, *([figure.unknown] if heads else []))]
        return Sums(("values", *heads, "value"), (("of_values", (*cells, slashed(view, figure, figure.adjusted))),))

    def shown(amount: Amount | None) -> str:
        if amount is None:
            return "—"
        return time_words(amount, language) if figure.counted == "seconds" else language.number(int(amount))

    pairs = (("adjusted", figure.adjusted), ("raw", figure.raw))
    unknown = [shown(figure.unknown)] if heads else []
    lines = tuple((name, (*map(shown, pair), *unknown, _share(view, pair, figure))) for name, pair in pairs)
    is_of_time = figure.counted == "seconds"
    names = ("good_time", "known_time") if is_of_time else ("good", "judged")
    return Sums((*names, *heads, "share"), lines)


def _chart_name(view: View, row: Standing, series: Sequence[FigureRow]) -> str:
    language = view.language
    parts = []
    for one in series:
        label = _week_label(view, row, one) if is_rolling(one) else period_short(one.period, language)
        parts.append(f"{' '.join(label)} {short_figure(one, one.adjusted, language)}")
    return language.text("chart.attainment_name", periods=", ".join(parts))


def _note(view: View, series: Sequence[FigureRow]) -> str:
    """Which periods missed the target, and which were restated."""
    language = view.language
    missed = [period_words(one.period, language) for one in series if one.status == "breached"]
    restated = [_restated(view, one) for one in series if one.state == "restated"]
    first = language.counted("chart.missed", len(missed), periods=language.listing(missed)) if missed else ""
    return " ".join(first_up(part) for part in (first, *restated) if part)


def _restated(view: View, one: FigureRow) -> str:
    """The words for what a restatement changed: the figure, else verdicts; empty where neither reads otherwise."""
    language, period = view.language, period_words(one.period, view.language)
    is_counted = one.counted == "occurrences" and not is_about_values(one) and one.judged
    now = counts_words(*one.adjusted, language) if is_counted else slashed(view, one, one.adjusted)
    if was := was_words(one, language):
        return language.text("chart.restated", period=period, before=was, after=now)
    changed = verdicts_changed(one.was_counts, one.counts, language)
    return language.text("chart.restated_verdicts", period=period, figure=now, changed=changed) if changed else ""


# what is left


def budget(view: View, row: Standing, figure: FigureRow) -> Budget:
    kind = row.row.criterion.indicator.kind
    used = tuple(name for name in ("late", "missing", "failed") for _ in range(figure.counts.get(name, 0)))
    is_lost = disc(figure) in ("lost", "breached")
    due = due_words(figure, view.language)
    of_kind = domain_face(row.row.criterion.indicator)
    # Of what is made of values or seconds there may be no occurrence at all, and all is well.
    has_some = any(figure.counts.values()) or of_kind.counts == "occurrences"
    counts = charts.counts_sentence(figure.counts, view.language, kind) if has_some else ""
    if figure.counted == "seconds" or is_about_values(figure) or is_rolling(figure) or of_kind.is_scored:
        head, words, is_over = _head(view, row, figure)
        return Budget(None, None, None, (), due, counts, head, words, is_over)
    allowed = misses_of(figure.target)
    if allowed is None and figure.misses_left is not None and not is_lost:
        allowed = len(used) + figure.misses_left
    return Budget(
        None if is_lost else figure.misses_left,
        sum(figure.counts.get(name, 0) for name in ("late", "missing", "failed")) if is_lost else None,
        allowed if allowed is not None and allowed <= LONGEST_BUDGET else None,
        used if len(used) <= LONGEST_BUDGET else (),
        due,
        counts,
    )


def _head(view: View, row: Standing, figure: FigureRow) -> tuple[str, str, bool]:
    """The figure that stands large, what it is, and whether it is beyond what was agreed."""
    language, kind = view.language, row.row.criterion.indicator.kind
    asked = share_of(figure.target)
    left, allowed = figure.time_left, figure.time_allowed
    if left is not None and allowed is not None and figure.expected is not None and not is_rolling(figure):
        key = "over" if left < 0 else "left"
        of = time_words(allowed, language)
        return time_words(abs(Fraction(left)), language), language.text(f"time.{key}.{kind}", allowed=of), left < 0
    target = row.row.criterion.targets[figure.target_index]
    words = language.text("commitment.asked", target=target_words(target, language))
    reached = share(figure.adjusted)
    is_share = not is_about_values(figure) and reached is not None
    shown = language.percent(Fraction(reached or 0), against=asked) if is_share else figure_words(figure, language)
    return shown, words, disc(figure) in ("lost", "breached")
