"""Outages and stale data on the periods in which they fell: one row a period, with how long it was bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.marks import PAPER, number, picture, words


@dataclass(frozen=True, slots=True)
class Stretch:
    """From and until, as shares of its row's length. `verdict` as of an occurrence."""

    start: float
    end: float
    verdict: str


@dataclass(frozen=True, slots=True)
class StretchRow:
    """`length` is the row's share of the longest one; `known` is up to where there is news."""

    label: str
    year: str
    length: float
    known: float
    stretches: tuple[Stretch, ...]
    figure: str
    is_current: bool = False
    is_missed: bool = False


def stretch_strip(rows: Sequence[StretchRow], name: str) -> Markup:
    """The wide and the narrow drawing, and the one for paper; newest first."""
    return (
        _draw(rows, name, 1152, 72, 120, 22, "wide")
        + _draw(rows, name, 300, 40, 76, 24, "narrow fluid")
        + _draw(rows, name, PAPER, 72, 96, 20, "paper fluid")
    )


def _draw(rows: Sequence[StretchRow], name: str, width: int, left: int, right: int, pitch: int, css: str) -> Markup:
    parts, room = [], width - left - right
    for index, row in enumerate(rows):
        y, long = index * pitch, room * row.length
        label = f"{row.label} {row.year}".strip() if left > 40 else row.label
        parts.append(words(label, 0, y + 12, css="strong" if row.is_current else ""))
        parts.append(_box("track", left, y + 6.5, long * row.known, 3))
        if row.known < 1:
            parts.append(_box("track-ahead", left + long * row.known, y + 7.5, long * (1 - row.known), 1))
        for stretch in row.stretches:
            x, wide = left + long * stretch.start, max(2.5, long * (stretch.end - stretch.start))
            high = 14 if stretch.verdict == "failed" else 9
            parts.append(_box(f"x-{stretch.verdict}", x, y + 8 - high / 2, wide, high))
        tone = "miss" if row.is_missed else "strong" if row.is_current else "second"
        parts.append(words(row.figure, width, y + 12, css=tone, anchor="end"))
    return picture(width, max(1, len(rows) * pitch - 4), Markup("").join(parts), css=css, name=name)


def _box(css: str, x: float, y: float, width: float, height: float) -> Markup:
    place = Markup('x="{}" y="{}" width="{}" height="{}"').format(*map(number, (x, y, width, height)))
    return Markup('<rect class="{}" {}/>').format(css, place)
