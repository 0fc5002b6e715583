"""Outages, and the times when data was out of date, drawn on their periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.moments import Moments
from dashboards.proofs.proof import Proof
from dashboards.standing import disc, is_rolling
from dashboards.stretches import Stretch, StretchRow, stretch_strip
from dashboards.values import bad_time, time_words
from dashboards.words import period_short
from domain.times import Instant
from services.figures.rows import FigureRow, OccurrenceRow


def outages(
    kind: str, figures: Sequence[FigureRow], stretches: Sequence[OccurrenceRow], now: Instant, clock: Moments
) -> Proof:
    """`figures`: one or more periods of one target, ascending, the last of them the current one; `stretches`: what fell into them,
    from `due` to `closed`, or until now."""
    language = clock.language
    longest = max((figure.until or now) - figure.start for figure in figures) or 1
    _, year = period_short(figures[-1].period, language)
    scale = _Scale(now, longest, year)
    rows = [_row(figure, stretches, scale, clock, is_current=figure is figures[-1]) for figure in reversed(figures)]
    failed = sum(stretch.verdict == "failed" for stretch in stretches)
    drawing = stretch_strip(rows, language.counted(f"proof.{kind}.name", failed))
    title, note = language.text(f"proof.{kind}.title"), language.text(f"proof.{kind}.note")
    return Proof(title, note, drawing, _longest_words(kind, stretches, now, clock))


def _longest_words(kind: str, stretches: Sequence[OccurrenceRow], now: Instant, clock: Moments) -> str:
    """How long the longest was, and when it began; empty where that one was not a failure."""
    longest = max(stretches, key=lambda stretch: (stretch.closed or now) - (stretch.due or now), default=None)
    if longest is None or longest.verdict != "failed" or longest.due is None:
        return ""
    span = clock.language.span((longest.closed or now) - longest.due, seconds=False)
    return clock.language.text(f"proof.{kind}.longest", span=span, day=clock.moment(longest.due))


@dataclass(frozen=True, slots=True)
class _Scale:
    """`longest`: microseconds of the longest period, which fills its line; `newest`: the year that is written once only."""

    now: Instant
    longest: int
    newest: str


def _row(
    figure: FigureRow, stretches: Sequence[OccurrenceRow], scale: _Scale, clock: Moments, *, is_current: bool
) -> StretchRow:
    end = figure.until if figure.until is not None else max(scale.now, figure.start + 1)
    long = max(1, end - figure.start)
    label, year = period_short(figure.period, clock.language) if not is_rolling(figure) else ("", "")
    return StretchRow(
        label,
        year if year != scale.newest else "",
        long / scale.longest,
        min(1, max(0, scale.now - figure.start) / long),
        _placed(figure.start, end, stretches, scale.now),
        _bad_time_words(figure, clock),
        is_current,
        disc(figure) in ("lost", "breached"),
    )


def _placed(start: Instant, end: Instant, stretches: Sequence[OccurrenceRow], now: Instant) -> tuple[Stretch, ...]:
    """The stretches that reach into [start, end), cut at its ends, as parts of it."""
    long = max(1, end - start)
    return tuple(
        Stretch(
            max(0, stretch.due - start) / long,
            min(long, min(stretch.closed or now, now) - start) / long,
            stretch.verdict,
        )
        for stretch in stretches
        if stretch.due is not None and stretch.due < end and (stretch.closed or now) > start
    )


def _bad_time_words(figure: FigureRow, clock: Moments) -> str:
    """`1 h 12 min`, `0`; a dash where nothing is known."""
    bad, total = bad_time(figure) or (0, 0)
    if not total:
        return "—"
    return time_words(bad, clock.language) if bad else "0"
