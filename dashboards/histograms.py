"""Histograms: how early and how late things came, how values and scores are spread, against what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.marks import Drawing, number, picture, rule, words

MOST_BINS = 25


@dataclass(frozen=True, slots=True)
class Bin:
    """`tone` is kept, late, miss or bar; `is_told`: its count stands above it."""

    count: int
    tone: str
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Histogram:
    """Positions are in bins from the left end. `lines` stand at what was agreed, `ticks` below the axis. `band` is what is
    tolerated. `aside`: a mark with its count and word, of what has no place on the axis."""

    bins: tuple[Bin, ...]
    ticks: tuple[tuple[float, str], ...]
    lines: tuple[tuple[float, str], ...] = ()
    band: tuple[float, float, str] | None = None
    aside: tuple[str, str] | None = None
    labels_in_middle: bool = False


def histogram(shown: Histogram, name: str) -> Markup:
    """The wide and the narrow drawing."""
    return _draw(shown, 784, 200, name, "wide") + _draw(shown, 300, 172, name, "narrow fluid")


def _draw(shown: Histogram, width: int, height: int, name: str, css: str) -> Markup:
    is_wide = css == "wide"
    _, beside_words = shown.aside or ("", "")
    beside = len(beside_words.partition(" ")[2]) * 6.6 + 8 if shown.aside else 0
    aside = (
        max(96 if is_wide else 64, beside) if shown.aside else (88 if is_wide else 60) if len(shown.lines) > 1 else 0
    )
    left, right, top, bottom = 8, width - 8 - aside, 46, height - 28
    step = (right - left) / max(1, len(shown.bins))
    most = max((bar.count for bar in shown.bins), default=1) or 1
    parts = []
    if shown.band:
        start, end, _ = shown.band
        parts.append(_box("tolerated", left + start * step, 30, (end - start) * step, bottom - 30))
    free = 0.0
    for index, bar in enumerate(shown.bins):
        high = (bottom - top) * bar.count / most
        if bar.count:
            x, y, wide = left + index * step + 0.75, bottom - max(2, high), step - 1.5
            parts.append(_box(f"h-{bar.tone}", x, y, wide, max(2, high)))
            half = len(str(bar.count)) * 3.6
            if bar.is_told and x + wide / 2 - half > free:
                parts.append(words(f"{bar.count}", x + wide / 2, y - 5, css="second", anchor="middle"))
                free = x + wide / 2 + half + 3
    parts.append(rule(left, bottom, right, bottom, "axis"))
    parts += _lines(shown, left, step, bottom, right)
    parts += _ticks(shown, left, step, bottom + 17, is_wide, right)
    drawing = Drawing()
    if shown.aside:
        mark, text = shown.aside
        count, _, word = text.partition(" ")
        drawing.place(mark, right + 14, bottom - 13, 13)
        parts.append(words(count, right + 32, bottom - 2, css="strong"))
        parts.append(words(word, right + 14, bottom + 17))
    return picture(width, height, Markup("").join(parts) + drawing.markup(), css=css, name=name)


def _box(css: str, x: float, y: float, width: float, height: float) -> Markup:
    place = Markup('x="{}" y="{}" width="{}" height="{}"').format(*map(number, (x, y, max(0.5, width), height)))
    return Markup('<rect class="{}" {}/>').format(css, place)


def _lines(shown: Histogram, left: float, step: float, bottom: float, right: float) -> list[Markup]:
    """Draws the lines with their labels. The left one of two carries its label on its left, if there is room, so that neither crosses
    the other."""
    parts = []
    ordered = sorted(shown.lines)
    for row, (place, text) in enumerate(ordered):
        x, y, long = left + place * step, 10 if shown.band else 24, len(text) * 6.6 + 6
        is_left = row == 0 and len(ordered) > 1 and x - long > 0
        anchor = "end" if is_left or x + long > right + 80 else "start"
        if row and anchor == "end":
            y = 10
        parts.append(rule(x, y - 8, x, bottom, "due"))
        parts.append(words(text, x + (6 if anchor == "start" else -6), y, css="strong", anchor=anchor))
    if shown.band:
        start, end, text = shown.band
        x = left + end * step + 6
        anchor = "start" if x + len(text) * 6.4 < right else "end"
        parts.append(words(text, x if anchor == "start" else left + start * step - 6, 24, css="late", anchor=anchor))
    return parts


def _ticks(shown: Histogram, left: float, step: float, y: float, is_wide: bool, right: float) -> list[Markup]:
    parts, free = [], -99.0
    for place, text in shown.ticks:
        half = len(text) * 3.3
        x = max(left + (place + (0.5 if shown.labels_in_middle else 0)) * step, half)
        if x - half > free + (6 if is_wide else 3) and x + half <= right + 12:
            parts.append(words(text, x, y, anchor="middle"))
            free = x + half
    return parts


def tones_told(counts: Sequence[int], tones: Sequence[str]) -> tuple[Bin, ...]:
    """The greatest bin carries its count, and so do all that were late or missed."""
    most = max(counts, default=0)
    return tuple(
        Bin(count, tone, (count == most or tone in ("late", "miss")) and count > 0)
        for count, tone in zip(counts, tones, strict=True)
    )
