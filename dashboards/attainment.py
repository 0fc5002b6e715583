"""The attainment chart: what each period reached, measured from its target.

Up is better for every target: a share grows upwards, a number of misses has its zero at the top, and so has a value that is
to stay small. A stem goes from the
target to the value and ends in the target's disc, so that the chart shows first how far from the promise each period
was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from textwrap import wrap

from markupsafe import Markup

from dashboards.language import Language
from dashboards.marks import TONES, Drawing, number, picture, rule, words
from dashboards.values import number_words

BESIDE = 15
"""Letters that have room beside the target line of the wide drawing."""


@dataclass(frozen=True, slots=True)
class Point:
    """One period. `value` is None where nothing could be judged; `raw` only where it differs. Misses are negative, and so
    are values that are to stay small; `is_value` tells them from misses."""

    label: str
    year: str
    disc: str
    value: Fraction | None
    target: Fraction
    target_words: str
    text: str
    raw: Fraction | None = None
    raw_text: str = ""
    was: str = ""
    is_current: bool = False
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to heights."""

    low: Fraction
    high: Fraction
    ticks: tuple[Fraction, ...]
    shown: Callable[[Fraction], str]
    top: float
    bottom: float

    def y(self, value: Fraction) -> float:
        return self.top + float((self.high - value) / (self.high - self.low)) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Layout:
    width: int
    height: int
    left: int
    right: int
    step: float
    is_wide: bool

    def x(self, index: int) -> float:
        return self.left + (index + 0.5) * self.step


def attainment(points: Sequence[Point], name: str, language: Language) -> Markup:
    """The wide and the narrow drawing. Without points, nothing."""
    if not points:
        return Markup("")
    count = max(len(points), 4)
    wide = Layout(784, 252, 40, 104, (784 - 144) / count, True)
    narrow = Layout(300, 200, 28, 8, (300 - 36) / count, False)
    return _draw(points, wide, name, language, "wide") + _draw(points, narrow, name, language, "narrow fluid")


def _draw(points: Sequence[Point], layout: Layout, name: str, language: Language, css: str) -> Markup:
    scale = _scale(points, 40, layout.height - 70, language)
    drawing, parts = Drawing(), [_grid(layout, scale, layout.x(len(points) - 1) + layout.step / 2)]
    parts.append(_target_line(points, layout, scale, language))
    discs = [
        (layout.x(at), scale.y(point.value) + 4, 6.0) for at, point in enumerate(points) if point.value is not None
    ]
    labels = Labels(discs)
    for index, point in enumerate(points):
        if point.value is None:
            parts.append(_no_data(points, index, layout, scale))
        else:
            parts += _value(point, layout.x(index), scale, layout, drawing, labels, language)
    parts += _axis(points, layout)
    return picture(layout.width, layout.height, Markup("").join([*parts, drawing.markup()]), css=css, name=name)


# scale and axis


def _scale(points: Sequence[Point], top: float, bottom: float, language: Language) -> Scale:
    values = [v for point in points for v in (point.value, point.raw, point.target) if v is not None]
    worst = min(values, default=Fraction(0))
    if any(point.is_value for point in points):
        return _value_scale(values, top, bottom, language)
    if all(point.target <= 0 for point in points):
        low = min(worst, Fraction(-3))
        step = max(1, -(-int(-low) // 3))
        ticks = tuple(Fraction(-n) for n in range(0, int(-low) + 1, step))
        return Scale(low, Fraction(0), ticks, lambda value: number(float(-value)), top, bottom)
    foot = _foot(worst, min(point.target for point in points))
    step = next(step for step in (1, 2, 3, 5, 10, 20, 40, 50) if (100 - foot) / step <= 3)
    ticks = tuple(Fraction(percent, 100) for percent in range(100, foot - 1, -step))
    return Scale(Fraction(foot, 100), Fraction(1), ticks, lambda value: number(float(value * 100)), top, bottom)


def _foot(worst: Fraction, target: Fraction) -> int:
    """The percent at which the axis of a share begins: a multiple of ten, or nearer where so much is asked that tens would hide it."""
    if target >= Fraction(97, 100) and worst >= Fraction(90, 100):
        return min(97, int(worst * 100) - 1)
    return min(80, int(worst * 10) * 10)


def _value_scale(values: Sequence[Fraction], top: float, bottom: float, language: Language) -> Scale:
    """Around the values, at most four lines at round numbers."""
    low, high = min(values), max(values)
    room = (high - low) / 8 or abs(high) / 8 or Fraction(1)
    low, high = low - room, high + room
    if min(values) >= 0:
        low = max(low, Fraction(0))
    if max(values) <= 0:
        high = min(high, Fraction(0))
    step = round_step((high - low) / 3)
    first, last = -(-low // step), high // step
    ticks = tuple(step * n for n in range(int(first), int(last) + 1))
    return Scale(low, high, ticks, lambda value: number_words(abs(value), language), top, bottom)


def round_step(least: Fraction) -> Fraction:
    """The next of 1, 2, 5, 10, 20…"""
    size = Fraction(1)
    while size * 10 <= least:
        size *= 10
    while size > least:
        size /= 10
    return next(size * times for times in (1, 2, 5, 10) if size * times >= least)


def _grid(layout: Layout, scale: Scale, end: float) -> Markup:
    lines = [rule(layout.left, scale.y(tick), end, scale.y(tick), "grid") for tick in scale.ticks]
    texts = [words(scale.shown(tick), layout.left - 8, scale.y(tick) + 4, anchor="end") for tick in scale.ticks]
    return Markup("").join(lines + texts)


def _axis(points: Sequence[Point], layout: Layout) -> list[Markup]:
    y, labels, year = layout.height - 18, [], ""
    longest = max(len(point.label) for point in points)
    is_roomy = layout.is_wide or layout.step >= 26
    every = 1 if is_roomy else 2 if longest <= 5 else int(longest * 6.8 / layout.step) + 1
    for index, point in enumerate(points):
        css = "strong" if point.is_current else ""
        if index % every == (len(points) - 1) % every:
            text = point.label if is_roomy or longest > 5 else point.label[:4].rstrip(".")
            labels.append(words(text, layout.x(index), y, css=css, anchor="middle"))
        if point.year and point.year != year:
            year = point.year
            labels.append(words(year, layout.x(index), y + 15, css=css, anchor="middle"))
    return labels


# the target, a line with steps


def _target_line(points: Sequence[Point], layout: Layout, scale: Scale, language: Language) -> Markup:
    steps = [f"M{number(layout.left)} {number(scale.y(points[0].target))}"]
    texts = []
    for index, (before, after) in enumerate(pairwise(points)):
        if before.target != after.target:
            x = layout.left + (index + 1) * layout.step
            steps.append(f"H{number(x)}V{number(scale.y(after.target))}")
            if layout.is_wide:
                label = language.text("chart.target", target=before.target_words)
                texts.append(words(label, x - 6, scale.y(before.target) + 15, css="second", anchor="end"))
    end = layout.x(len(points) - 1) + layout.step / 2
    steps.append(f"H{number(end)}")
    texts.append(_target_label(points, end, scale, layout, language))
    return Markup('<path class="target" d="{}"/>').format("".join(steps)) + Markup("").join(texts)


def _target_label(points: Sequence[Point], end: float, scale: Scale, layout: Layout, language: Language) -> Markup:
    last = points[-1]
    if layout.is_wide:
        y = scale.y(last.target)
        first, _, second = last.target_words.partition(" · ")
        said = [(line, "second") for line in wrap(first, BESIDE, break_long_words=False)]
        said += [(line, "") for line in wrap(second, BESIDE, break_long_words=False)]
        label = words(language.text("chart.target", target=""), end + 8, y - 3, css="strong")
        lines = (words(line, end + 8, y + 12 + 15 * at, css=css) for at, (line, css) in enumerate(said))
        return label + Markup("").join(lines)
    ways = list(dict.fromkeys(point.target_words for point in points))
    text = language.text("chart.target_then", before=ways[-2], after=ways[-1]) if len(ways) > 1 else ways[0]
    return words(text, 0, 12, css="second")


# values


@dataclass
class Labels:
    """The places that labels and discs have taken, so that neighbours step aside instead of crossing."""

    taken: list[tuple[float, float, float]] = field(default_factory=list)

    def fits(self, x: float, y: float, text: str) -> bool:
        """Takes the place for a text that starts there, and says whether it could: False where it would cross a label or a disc."""
        half = len(text) * 3.3 + 1
        is_free = all(abs(x + half - other) >= half + room or abs(y - line) >= 12 for other, line, room in self.taken)
        if is_free:
            self.taken.append((x + half, y, half))
        return is_free

    def free(self, x: float, y: float, text: str, direction: int, foot: float) -> float | None:
        """The next free line from `y` on in that direction; none where that is below the foot, at the words of the axis."""
        half = len(text) * 3.3 + 1
        while any(abs(x - other) < half + room and abs(y - line) < 12 for other, line, room in self.taken):
            y += 13 * direction
        if y > foot:
            return None
        self.taken.append((x, y, half))
        return y


def _value(
    point: Point, x: float, scale: Scale, layout: Layout, drawing: Drawing, labels: Labels, language: Language
) -> list[Markup]:
    assert point.value is not None
    size = 14 if layout.is_wide else 12
    y, target = scale.y(point.value), scale.y(point.target)
    tone, parts = TONES[point.disc], []
    if point.raw is not None:
        parts += _raw(point, x, y, scale, layout, labels)
    if abs(y - target) > size / 2:
        parts.append(rule(x, target, x, y + (-size / 2 if y > target else size / 2), f"stem-{tone}"))
    drawing.place(point.disc, x - size / 2, y - size / 2, size)
    return parts + _label(point, x, y, size, layout, labels, language)


def _no_data(points: Sequence[Point], index: int, layout: Layout, scale: Scale) -> Markup:
    """At the foot: in words where there is room for them."""
    beside = points[max(0, index - 1) : index + 2]
    is_alone = sum(point.value is None for point in beside) == 1
    text = points[index].text if layout.is_wide and (is_alone or layout.step >= 60) else "–"
    return words(text, layout.x(index), scale.bottom + 22, anchor="middle")


def _raw(point: Point, x: float, y: float, scale: Scale, layout: Layout, labels: Labels) -> list[Markup]:
    assert point.raw is not None
    raw = scale.y(point.raw)
    if abs(raw - y) < 8:
        return []
    dot = Markup('<circle class="raw-dot" cx="{}" cy="{}" r="2.5"/>').format(number(x), number(raw))
    labels.taken.append((x, raw + 4, 4))
    parts = [rule(x, y, x, raw - 2.5, "raw"), dot]
    if layout.is_wide and abs(raw - y) > 26 and labels.fits(x + 7, raw + 4, point.raw_text):
        parts.append(words(point.raw_text, x + 7, raw + 4))
    return parts


def _label(
    point: Point, x: float, y: float, size: float, layout: Layout, labels: Labels, language: Language
) -> list[Markup]:
    assert point.value is not None
    is_missed = point.value < point.target
    if not (layout.is_wide or is_missed or point.is_current):
        return []
    tone = "miss" if TONES[point.disc] == "miss" else "strong" if point.is_current else "second"
    direction = 1 if is_missed else -1
    x = max(x, layout.left - 6 + len(point.text) * 3.3)  # clear of the words of the axis
    below = y + (size / 2 + 13 if is_missed else -size / 2 - 5)
    first = labels.free(x, below, point.text, direction, layout.height - 31)
    if first is None:
        return []
    parts = [words(point.text, x, first, css=tone, anchor="middle")]
    was = language.text("chart.was", figure=point.was)
    line = first + direction * 14
    if point.was and layout.is_wide and labels.fits(x - len(was) * 3.3 - 1, line, was):
        parts.append(words(was, x, line, anchor="middle"))
    return parts
