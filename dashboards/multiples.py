"""Small multiples: the last periods of one commitment, drawn small, all of them on the same scale.

Many judged a period: a line of shares, the target dashed, a cross where it was missed, the last value at the end. Few: the discs
of the periods and the count, for a share of seven would lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from dashboards.marks import Drawing, number, picture, rule, words

WIDTH, HEIGHT, PLOT = 264, 66, 200
TOP, BOTTOM = 6, 40


@dataclass(frozen=True, slots=True)
class Small:
    """The share of each period (None: nothing was judged) and its mark, oldest first. `low`: where all scales begin. `ends`: the
    names of the first and the last period. Without `target`, or with few judged, discs are drawn."""

    shares: tuple[Fraction | None, ...]
    discs: tuple[str, ...]
    target: Fraction | None
    low: Fraction
    figure: str
    ends: tuple[str, str]
    is_line: bool


def small_multiple(shown: Small, name: str) -> Markup:
    content = _line(shown) if shown.is_line and shown.target is not None else _discs(shown)
    first, last = shown.ends
    ends = [words(first, 0, HEIGHT - 4)]
    if len(shown.discs) > 1:
        ends.append(words(last, PLOT, HEIGHT - 4, anchor="end"))
    return picture(WIDTH, HEIGHT, Markup("").join([content, *ends]), css="fluid-left", name=name)


def _line(shown: Small) -> Markup:
    assert shown.target is not None
    room = max(Fraction(1, 100), 1 - shown.low)

    def y(value: Fraction) -> float:
        return TOP + float((1 - max(shown.low, value)) / room) * (BOTTOM - TOP)

    step = PLOT / max(1, len(shown.shares) - 1)
    runs: list[list[str]] = [[]]
    drawing, crosses = Drawing(), []
    for at, value in enumerate(shown.shares):
        if value is None:
            runs.append([])
            continue
        runs[-1].append(f"{number(at * step)} {number(y(value))}")
        if at == len(shown.shares) - 1:
            drawing.place(shown.discs[at], at * step - 5.5, y(value) - 5.5, 11)
        elif shown.discs[at] in ("breached", "lost"):
            crosses.append(_cross(at * step, y(value)))
    path = "".join("M" + "L".join(run) for run in runs if len(run) > 1)
    line = Markup('<path class="series" d="{}"/>').format(path) if path else Markup("")
    last = next((value for value in reversed(shown.shares) if value is not None), shown.target)
    label = words(shown.figure, PLOT + 10, y(last) + 4, css="strong")
    target = rule(0, y(shown.target), PLOT, y(shown.target), "target-dash")
    return Markup("").join([target, line, *crosses, drawing.markup(), label])


def _cross(x: float, y: float) -> Markup:
    points = (x - 3, y - 3, x + 3, y + 3, x + 3, y - 3, x - 3, y + 3)
    return Markup('<path class="p-miss-line" d="M{} {}L{} {}M{} {}L{} {}"/>').format(*map(number, points))


def _discs(shown: Small) -> Markup:
    drawing = Drawing()
    for at, name in enumerate(shown.discs):
        drawing.place(name, at * 15.5, 18, 12)
    return drawing.markup() + words(shown.figure, PLOT + 10, 28, css="strong")
