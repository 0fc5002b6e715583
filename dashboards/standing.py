"""How a commitment stands, from its figures: which disc, which words, which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dashboards.attainment import Point
from dashboards.charts import COUNTED
from dashboards.language import Language, first_up
from dashboards.values import (
    bad_time,
    bound_of,
    drawn_unit,
    is_less_better,
    number_words,
    time_words,
    value_of_figure,
    value_words,
)
from dashboards.words import bound_words, misses_of, period_short, share_of, value_of
from domain.sums import Amount, good_share
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow, PressingRow

Pair = tuple[Amount | None, Amount | None]
"""Good and total; a measure has neither."""
FEW = 20
"""Under this many judged a share is never shown without its counts."""
EXPOSURE = ("lost", "breached", "tight", "no-data", "safe", "kept")


def disc(figure: FigureRow) -> str:
    """The target's mark: filled for a period that is over; lost where nothing can keep it before its end."""
    if figure.status == "met":
        return "kept"
    if figure.status == "breached":
        return "breached" if _is_over(figure) else "lost"
    if figure.status == "no_data" or (figure.judged == 0 and figure.outlook != "tight"):
        return "no-data"
    if figure.outlook is None and is_outside(figure):
        return "tight"
    return {"tight": "tight", "lost": "lost"}.get(figure.outlook or "safe", "safe")


def is_outside(figure: FigureRow) -> bool:
    """Says whether values come to something beyond their bound so far; what is to come may still bring them back."""
    value, bound = value_of_figure(figure), bound_of(figure.target, figure.unit)
    if not is_about_values(figure) or value is None or bound is None:
        return False
    return value > bound if is_less_better(figure.target) else value < bound


def _is_over(figure: FigureRow) -> bool:
    if figure.state != "open":
        return True
    return figure.until is not None and figure.watermark is not None and figure.watermark >= figure.until


def worst(figures: Sequence[FigureRow]) -> str:
    """The mark of a commitment with several targets."""
    return min((disc(figure) for figure in figures), key=EXPOSURE.index, default="no-data")


def exposure(row: CommitmentRow, disc: str = "") -> tuple[int, bool, int, int, str]:
    """Sorts the most exposed first. `disc`: the worst mark, where it is known already."""
    rank = EXPOSURE.index(disc or worst(row.current))
    return (rank, not row.at_risk, -row.breaches_open, -row.overdue, row.id)


def is_on_track(name: str) -> bool:
    return name in ("safe", "kept")


def share(pair: Pair) -> Fraction | None:
    return good_share(*pair)


def fraction_words(figure: FigureRow, pair: Pair, language: Language) -> str:
    """Good and total as `7 of 8`; service time as its share, a measure as its value."""
    if figure.counted == "occurrences" and not is_about_values(figure):
        good, total = pair
        return language.text("word.of", good=good, total=total)
    return pair_words(figure, language, pair)


def unknown_words(figure: FigureRow, language: Language) -> str:
    """`1 unknown`, `3 h unknown`: what there was and cannot be judged; empty where there is none."""
    if not figure.unknown:
        return ""
    if figure.counted == "seconds":
        return language.text("unknown.time", time=time_words(figure.unknown, language))
    return language.counted("counts.unknown", int(figure.unknown))


def beside(words: str, unknown: str) -> str:
    """`7 of 8 · 1 unknown`"""
    return f"{words} · {unknown}" if unknown else words


def figure_words(figure: FigureRow, language: Language) -> str:
    """The figure in words, and beside it what is unknown: `7 of 8 · 1 unknown`."""
    return beside(pair_words(figure, language, figure.adjusted), unknown_words(figure, language))


def pair_words(figure: FigureRow, language: Language, pair: Pair) -> str:
    """Counts where they are few, a share where they are many: `7 of 8`, `98.8 %`; what a measure comes to: `4.2`."""
    good, total = pair
    if figure.judged == 0 or total == 0:
        return language.text("disc.no-data")
    if is_about_values(figure):
        value, bound = value_of_figure(figure), bound_of(figure.target, figure.unit)
        return value_words(value, figure.unit, language, bound) if value is not None else language.text("disc.no-data")
    if figure.counted == "occurrences" and total is not None and total < 100:
        return language.text("word.of", good=good, total=total)
    reached = share((good, total))
    return language.percent(reached, against=share_of(figure.target)) if reached is not None else "—"


def reached_words(value: Fraction | None, figure: FigureRow, language: Language) -> str:
    """The value of a figure, or of a part of it, on its side of the target: `88.9 %`, `1 min 51 s`; never a count."""
    if value is None:
        return language.text("disc.no-data")
    if is_about_values(figure):
        return value_words(value, figure.unit, language, bound_of(figure.target, figure.unit))
    return language.percent(value, against=share_of(figure.target))


def is_about_values(figure: FigureRow) -> bool:
    """Says whether the target bounds a value: what a measure, or a mean of scores, comes to."""
    return figure.counted == "values" or (figure.mean is not None and value_of(figure.target) is not None)


def is_rolling(figure: FigureRow) -> bool:
    return figure.period.startswith("rolling-")


def short_figure(figure: FigureRow, pair: Pair, language: Language) -> str:
    """`7/8` for a chart; a share where the counts are long, a value where there are none. Behind what is judged stands how much
    is unknown: `7/8 · 1 ?`."""
    words = _short_pair(figure, pair, language)
    if not figure.unknown or pair != figure.adjusted:
        return words
    is_time = figure.counted == "seconds"
    n = time_words(figure.unknown, language) if is_time else language.number(int(figure.unknown))
    return beside(words, language.text("unknown.short", n=n))


def _short_pair(figure: FigureRow, pair: Pair, language: Language) -> str:
    good, total = pair
    if figure.counted == "occurrences" and total and total < 100 and not is_about_values(figure):
        return f"{good}/{total}"
    return pair_words(figure, language, pair)


def state_sentence(figure: FigureRow, period: str, language: Language) -> str:
    """The sentence that is true now: `November 2026 stands at 7 of 8; one more miss loses it.`"""
    name = disc(figure)
    if figure.judged == 0:
        key = "state.nothing_expected" if figure.expected == 0 else "state.nothing_judged"
        if unknown := unknown_words(figure, language):
            return language.text("state.all_unknown", period=period, unknown=unknown)
        return language.text(key, period=period)
    if is_rolling(figure):
        figured = _said(figure, language)
        return first_up(language.text(f"rolling.{name}", figure=figured, period=period))
    if name == "tight" and is_about_values(figure):
        name = "outside" if is_outside(figure) else "safe"
    elif name == "tight" and is_below(figure):
        name = "below"
    if name == "below" and figure.must_keep:
        figured = _said(figure, language)
        return first_up(language.counted("state.below_by", figure.must_keep, period=period, figure=figured))
    return first_up(language.text(f"state.{name}", period=period, figure=_said(figure, language)))


def _said(figure: FigureRow, language: Language) -> str:
    """Within a sentence: `7 of 8 (1 unknown)`."""
    words, unknown = fraction_words(figure, figure.adjusted, language), unknown_words(figure, language)
    return f"{words} ({unknown})" if unknown else words


def disc_words(figure: FigureRow, language: Language) -> str:
    """What the mark says of this figure: `tight` where one more miss loses it, not where it is off its target already."""
    name = disc(figure)
    is_off = name == "tight" and not is_rolling(figure) and (is_below(figure) or is_outside(figure))
    return language.text("disc.off" if is_off else f"disc.{name}")


def is_below(figure: FigureRow) -> bool:
    """Says whether the share so far is under its target while what may still come has no number (cases, items)."""
    if figure.misses_left is not None:
        return False
    reached, bound = share(figure.adjusted), share_of(figure.target)
    return reached is not None and bound is not None and reached < bound


def due_words(figure: FigureRow, language: Language) -> str:
    """The part of the period that has been judged: `8 of 17 due`."""
    if figure.counted == "seconds":
        hours = int(figure.judged) // 3600
        if figure.expected is None:
            return language.counted("figure.hours_only", hours)
        return language.text("figure.hours_of", judged=hours, expected=int(figure.expected) // 3600)
    if figure.counted == "values":
        return language.counted("figure.values", int(figure.judged))
    if figure.expected is None:
        return language.counted("figure.judged_only", int(figure.judged))
    return language.counted("figure.judged_of", int(figure.judged), judged=figure.judged, expected=figure.expected)


def was_words(figure: FigureRow, language: Language) -> str:
    """The final figure before a restatement: `13/17`; empty where nothing was restated, or the figure reads as it did."""
    if figure.state != "restated" or figure.final is None:
        return ""
    final = figure.final
    was = _counted_words(figure, final["value"], (final["good"], final["total"]), language)
    return was if was != _counted_words(figure, figure.value, figure.adjusted, language) else ""


def verdicts_changed(was: Mapping[str, int] | None, now: Mapping[str, int], language: Language) -> str:
    """The verdicts that a restatement changed where its figure reads as before: `3 late instead of 2`; empty where it changed none."""
    if was is None:
        return ""
    changed = [name for name in COUNTED if was.get(name, 0) != now.get(name, 0)]
    return language.listing(
        [
            language.text(
                "chart.instead", now=language.counted(f"counts.{name}", now.get(name, 0)), before=was.get(name, 0)
            )
            for name in changed
        ]
    )


def counts_words(good: Amount | None, total: Amount | None, language: Language) -> str:
    """`13/17`, `13 sur 17`."""
    return language.text("figure.counts", good=str(good), total=str(total))


def _counted_words(figure: FigureRow, value: str | None, counts: Pair, language: Language) -> str:
    """What such a figure comes to, as counts where it is counted in occurrences."""
    if figure.counted == "occurrences" and not is_about_values(figure):
        return counts_words(*counts, language)
    if value is None:
        return language.text("disc.no-data")
    if is_about_values(figure):
        return value_words(Fraction(value), figure.unit, language, bound_of(figure.target, figure.unit))
    return language.percent(Fraction(value), against=share_of(figure.target))


def mark_of(row: OccurrenceRow | PressingRow) -> str:
    return "at-risk" if row.verdict == "pending" and row.at_risk else row.verdict


def cell_counts(figure: FigureRow) -> int:
    return sum(figure.counts.values())


def bad_time_words(figure: FigureRow, kind: str, language: Language) -> str:
    """`Down for 1 h 12 min of 154 h of service time.`; empty where no time is counted, or nothing is known."""
    bad, total = bad_time(figure) or (0, 0)
    if not total:
        return ""
    total_words = time_words(total, language)
    if not bad:
        return language.text(f"time.{kind}.none", total=total_words)
    return language.text(f"time.{kind}.some", bad=time_words(bad, language), total=total_words)


def point(
    figure: FigureRow, language: Language, *, is_current: bool, label: tuple[str, str] | None = None
) -> Point | None:
    """This period in the attainment chart; None for a target that the chart cannot place."""
    share_bound, misses = share_of(figure.target), misses_of(figure.target)
    if is_about_values(figure):
        return _point_of_value(figure, language, is_current=is_current, label=label)
    if share_bound is None and misses is None:
        return None
    name, year = label or period_short(figure.period, language)
    adjusted, raw = (_placed(pair, by_share=share_bound is not None) for pair in (figure.adjusted, figure.raw))
    return Point(
        name,
        year,
        disc(figure),
        adjusted,
        share_bound if share_bound is not None else Fraction(-(misses or 0)),
        bound_words(figure.target, language),
        chart_figure(figure, language),
        raw=raw if figure.raw != figure.adjusted else None,
        raw_text=language.text("chart.raw", figure=short_figure(figure, figure.raw, language)),
        was=was_words(figure, language),
        is_current=is_current,
    )


def chart_figure(figure: FigureRow, language: Language) -> str:
    """The words at a point of the chart: `7/8`, `98.8`, the value in the chart's unit."""
    if is_about_values(figure):
        value, bound = value_of_figure(figure), bound_of(figure.target, figure.unit)
        if value is None or bound is None:
            return language.text("disc.no-data")
        _, scale = drawn_unit(bound, figure.unit)
        return number_words(value / scale, language, bound / scale)
    if figure.judged == 0:
        return language.text("disc.no-data")
    return short_figure(figure, figure.adjusted, language)


def _point_of_value(
    figure: FigureRow, language: Language, *, is_current: bool, label: tuple[str, str] | None
) -> Point | None:
    """Up is better here too: of what is to stay small the chart places the negative."""
    bound, value = bound_of(figure.target, figure.unit), value_of_figure(figure)
    if bound is None:
        return None
    sign, (_, scale) = -1 if is_less_better(figure.target) else 1, drawn_unit(bound, figure.unit)
    name, year = label or period_short(figure.period, language)
    return Point(
        name,
        year,
        disc(figure),
        sign * value / scale if value is not None else None,
        sign * bound / scale,
        bound_words(figure.target, language),
        chart_figure(figure, language),
        was=was_words(figure, language),
        is_current=is_current,
        is_value=True,
    )


def _placed(pair: Pair, *, by_share: bool) -> Fraction | None:
    good, total = pair
    if not total or good is None:
        return None
    return share(pair) if by_share else Fraction(good) - Fraction(total)
