"""What repeats, as a drawing: a bar for each group, which begins where the one above it ends, up to all that was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from markupsafe import Markup

from dashboards.marks import PAPER, number, picture, rule, words
from dashboards.plain import shortened

MOST_BARS: Final = 12
WIDEST_LABELS: Final = 430
"""How wide the column of labels gets."""
A_LETTER: Final = 6.8
"""How wide a letter is, about."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A group: what it is called, and how many of all were missed after the groups above it, and after it. `is_few`: it is one of the
    fewest that hold most."""

    label: str
    misses: int
    before: int
    after: int
    is_few: bool


def pareto(bars: Sequence[Bar], most: str, name: str) -> Markup:
    """The wide and the narrow drawing, and the one for paper. `most`: what the line says that stands at three quarters."""
    shown = bars[:MOST_BARS]
    every = bars[-1].after if bars else 0
    return (
        _draw(shown, every, most, 784, name, "wide")
        + _draw(shown, every, most, 300, name, "narrow fluid")
        + _draw(shown, every, most, PAPER, name, "paper fluid")
    )


def _draw(bars: Sequence[Bar], every: int, most: str, width: int, name: str, css: str) -> Markup:
    """Labels beside the bars where there is room, else each above its bar, where the line lets them be read."""
    is_wide = css == "wide"
    longest = max((len(one.label) for one in bars), default=0)
    left, right, top = (min(WIDEST_LABELS, 12 + ceil(longest * A_LETTER)) if is_wide else 0), width - 36, 24
    pitch, drop = (26, 0) if is_wide else (40, 16)
    letters = int(((left - 12) if is_wide else right) / A_LETTER)
    line, parts = left + (right - left) * 3 / 4, []
    for index, bar in enumerate(bars):
        y = top + index * pitch
        start, end = (left + (right - left) * at / max(1, every) for at in (bar.before, bar.after))
        label = shortened(bar.label, letters)
        parts.append(words(label, left - 10, y + 13, anchor="end") if is_wide else words(label, 0, y + 11))
        parts.append(_box("h-miss" if bar.is_few else "h-bar", start, y + drop + 2, max(2, end - start)))
        parts.append(rule(line, y + drop, line, y + drop + (pitch if is_wide else 18), "due"))
        parts.append(words(str(bar.misses), max(end, start + 2) + 6, y + drop + 13, css="strong"))
    bottom = top + len(bars) * pitch
    parts.append(words(most, line, 12, css="second", anchor="middle"))
    parts.append(rule(left, bottom, right, bottom, "axis"))
    return picture(width, bottom + 4, Markup("").join(parts), css=css, name=name)


def _box(css: str, x: float, y: float, width: float) -> Markup:
    place = Markup('x="{}" y="{}" width="{}" height="14"').format(*map(number, (x, y, width)))
    return Markup('<rect class="{}" {}/>').format(css, place)
