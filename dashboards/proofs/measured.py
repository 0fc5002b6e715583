"""How measured values are spread, against what was agreed of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from dashboards.attainment import round_step
from dashboards.histograms import Histogram, histogram, tones_told
from dashboards.language import Language
from dashboards.proofs.proof import Proof
from dashboards.values import bound_of, drawn_unit, number_words, value_of_figure
from dashboards.words import bound_words, period_words
from domain.terms import Measure
from services.figures.rows import FigureRow

BINS = 20
"""About as many."""
TICKS = 6
"""At most, and one more at the end."""


def measured(
    values: Sequence[Fraction], rule: Measure, target: str, figure: FigureRow | None, period: str, language: Language
) -> Proof:
    """`values`: one or more, ascending, in the unit of the rule; `target`: as figures write it; `figure`: that of the period, if it has
    one; `period`: the one in which the values were measured, or `all`."""
    axis = _axis(values, rule, target)
    middle = Fraction(median([value / axis.scale for value in values]))
    caption = language.text("proof.measure.caption", value=number_words(middle, language), unit=axis.unit or "")
    caption = caption.replace(" .", ".")
    note = language.counted("proof.values", len(values))
    note = f"{period_words(period, language)}, {note}" if period != "all" else note
    counts = axis.counts(values)
    lines = tuple(_lines(axis, rule, target, figure, language))
    drawing = histogram(Histogram(tones_told(counts, ["bar"] * len(counts)), axis.ticks(language), lines), caption)
    note += f", {axis.unit}" if axis.unit else ""
    return Proof(language.text("proof.measure.title"), note, drawing, caption, is_narrow=True)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Bins of one width, the first of them the one that begins `first` widths from zero. `unit`: the one that numbers are said in,
    `scale`: how many of the values' units it is; `bound`: what was agreed, in the unit that is said, where single values can be
    compared with it."""

    unit: str | None
    scale: Fraction
    bound: Fraction | None
    width: Fraction
    first: int
    bins: int

    def place(self, value: Fraction) -> float:
        """Bins from the left end, of a value in the unit that is said."""
        return float(value / self.width - self.first)

    def counts(self, values: Sequence[Fraction]) -> list[int]:
        counts = [0] * self.bins
        for value in values:
            counts[int(value / self.scale // self.width - self.first)] += 1
        return counts

    def ticks(self, language: Language) -> tuple[tuple[float, str], ...]:
        places = range(0, self.bins + 1, max(1, self.bins // TICKS))
        return tuple((float(place), number_words((self.first + place) * self.width, language)) for place in places)


def _axis(values: Sequence[Fraction], rule: Measure, target: str) -> _Axis:
    """Wide enough for all values, and for what was agreed."""
    unit = rule.unit if rule.aggregate != "count" else None
    bound = bound_of(target, unit) if _is_of_each(rule) else None
    said, scale = drawn_unit(bound if bound is not None else values[-1], unit)
    ends = [values[0] / scale, values[-1] / scale, *([bound / scale] if bound is not None else [])]
    low, high = min(ends), max(ends)
    width = round_step((high - low) / BINS or Fraction(1))
    first = low // width
    return _Axis(
        said, scale, bound / scale if bound is not None else None, width, first, int(high // width - first) + 1
    )


def _is_of_each(rule: Measure) -> bool:
    """Says whether single values can be compared with what is agreed: not where that is a sum or a number of values."""
    return rule.aggregate not in ("sum", "count")


def _lines(
    axis: _Axis, rule: Measure, target: str, figure: FigureRow | None, language: Language
) -> Iterator[tuple[float, str]]:
    if axis.bound is not None:
        yield axis.place(axis.bound), bound_words(target, language)
    come_to = value_of_figure(figure) if figure is not None else None
    if come_to is not None and _is_of_each(rule):
        value = number_words(come_to / axis.scale, language, axis.bound)
        yield axis.place(come_to / axis.scale), language.text(f"proof.measure.aggregate.{rule.aggregate}", value=value)
