"""The status marks: squares for one thing owed, discs for a target. Drawn here and nowhere else.

A mark is a few paths in a box of 14 units; its paint is a CSS class (`static/marks.css`), never a colour. Many marks in
one drawing are merged into one path a paint, so that a strip of four hundred cells stays a few kilobytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from markupsafe import Markup, escape

Step = tuple[str, tuple[float, ...]]
Path = tuple[float, float, tuple[Step, ...]]
"""The start of a path in the box, and its relative steps."""
Mark = tuple[tuple[str, tuple[Path, ...]], ...]
"""Paints with what they draw."""

BOX = 14


def _square(inset: float) -> Path:
    side = BOX - 2 * inset
    return (inset, inset, (("h", (side,)), ("v", (side,)), ("h", (-side,)), ("z", ())))


def _disc(radius: float) -> Path:
    arc = (radius, radius, 0, 1, 1)
    return (7 - radius, 7, (("a", (*arc, 2 * radius, 0)), ("a", (*arc, -2 * radius, 0)), ("z", ())))


def _line(x: float, y: float, *steps: tuple[float, float]) -> Path:
    return (x, y, tuple(("l", step) for step in steps))


def _cross(reach: float) -> tuple[Path, Path]:
    low, width = 7 - reach, 2 * reach
    return _line(low, low, (width, width)), _line(low, 7 + reach, (width, -width))


_HALF = (1.5, 12.5, (("l", (11.0, -11.0)), ("v", (11.0,)), ("z", ())))
_RIGHT = (7.0, 1.25, (("a", (5.75, 5.75, 0, 0, 1, 0, 11.5)), ("z", ())))
_ASKED = (5.1, 5.3, (("a", (1.9, 1.9, 0, 1, 1, 2.7, 1.8)), ("q", (-0.8, 0.4, -0.8, 1.4))))
_CHECK = _line(4, 7.2, (2.1, 2.1), (3.9, -4.4))

MARKS: MappingProxyType[str, Mark] = MappingProxyType(
    {
        # squares: verdicts
        "met": (("kept-solid", (_square(1.5),)),),
        "late": (("late-fill", (_HALF,)), ("late-line", (_square(1.25),))),
        "missing": (("miss-thick", (_square(1.6),)),),
        "failed": (("miss-solid", (_square(1.5),)), ("inside", _cross(2.6))),
        "excused": (("excused-line", (_square(1.1), _line(3.4, 10.6, (7.2, -7.2)))),),
        "unknown": (("unknown-dashed", (_square(1.1),)), ("quiet-line", (_ASKED, _line(7, 10.4, (0, 0.1))))),
        "pending": (("open-line", (_square(1.1),)),),
        "at-risk": (("late-line", (_square(1.25),)), ("late-fill", (_disc(2.1),))),
        "measured": (("open-line", (_square(1.1),)), ("quiet-line", (_line(4.2, 7, (5.6, 0)),))),
        "dropped": (("unknown-dashed", (_square(1.1),)), ("quiet-line", (_line(3.4, 10.6, (7.2, -7.2)),))),
        "without-due": (("unknown-dashed", (_square(1.1),)), ("quiet-dot", (_disc(1),))),
        "not-due": (("quiet-dot", (_disc(1),)),),
        # discs: targets
        "safe": (("kept-line", (_disc(5.75),)), ("kept-fill", (_disc(2.3),))),
        "tight": (("late-line", (_disc(5.75),)), ("late-fill", (_RIGHT,))),
        "lost": (("miss-line", (_disc(5.75), *_cross(2.2))),),
        "kept": (("kept-fill", (_disc(6.5),)), ("inside", (_CHECK,))),
        "breached": (("miss-fill", (_disc(6.5),)), ("inside", _cross(2.4))),
        "no-data": (("quiet-line", (_disc(5.75), _line(4.4, 7, (5.2, 0)))),),
    }
)
VERDICTS = (
    "met", "late", "missing", "failed", "excused", "unknown", "pending", "at-risk", "measured", "dropped", "without-due",
    "not-due",
)  # fmt: skip
DISCS = ("safe", "tight", "lost", "kept", "breached", "no-data")
TONES = MappingProxyType(
    {
        **dict.fromkeys(("met", "safe", "kept"), "kept"),
        **dict.fromkeys(("late", "at-risk", "tight"), "late"),
        **dict.fromkeys(("missing", "failed", "lost", "breached"), "miss"),
        **dict.fromkeys(("unknown", "pending", "measured", "dropped", "without-due", "no-data", "not-due"), "quiet"),
        "excused": "excused",
    }
)
"""The colour of the word beside a mark."""
PAINTS = tuple(dict.fromkeys(paint for mark in MARKS.values() for paint, _ in mark if paint != "inside"))
ORDER = (*sorted(PAINTS, key=lambda paint: ("-line" in paint, paint)), "now", "inside")


def number(value: float) -> str:
    """A coordinate, as short as it can be written."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _joined(values: Iterable[float]) -> str:
    return " ".join(number(value) for value in values)


def _step(step: Step, scale: float) -> str:
    command, values = step
    if command == "a":
        rx, ry, turn, large, sweep, dx, dy = values
        return f"a{_joined((rx * scale, ry * scale, turn, large, sweep, dx * scale, dy * scale))}"
    return command + _joined(value * scale for value in values)


def _path(path: Path, x: float, y: float, scale: float) -> str:
    start_x, start_y, steps = path
    return f"M{_joined((x + start_x * scale, y + start_y * scale))}" + "".join(_step(step, scale) for step in steps)


@dataclass
class Drawing:
    """Marks placed in one picture, merged by paint."""

    paths: dict[str, list[str]] = field(default_factory=dict)

    def place(self, name: str, x: float, y: float, size: float) -> None:
        """Draws the mark with its upper left corner there. Raises KeyError for an unknown mark."""
        scale = size / BOX
        for paint, paths in MARKS[name]:
            self.paths.setdefault(paint, []).extend(_path(path, x, y, scale) for path in paths)

    def ring(self, x: float, y: float, size: float) -> None:
        """The accent ring around the mark of today."""
        path = _path(_square(-2.5 * BOX / size), x, y, size / BOX)
        self.paths.setdefault("now", []).append(path)

    def markup(self) -> Markup:
        painted = [(paint, self.paths[paint]) for paint in ORDER if paint in self.paths]
        return Markup("").join(Markup('<path class="p-{}" d="{}"/>').format(paint, "".join(d)) for paint, d in painted)


PAPER = 640
"""Width of a drawing that fills a sheet of A4 at the size of its text."""


def mark(name: str, size: int = 14) -> Markup:
    """One mark for text; the word beside it says what it means."""
    drawing = Drawing()
    drawing.place(name, 0, 0, size)
    return picture(size, size, drawing.markup(), css="mark")


def sheet(names: Iterable[str]) -> Markup:
    """Marks that are drawn once, unseen, for a page that shows each of them many times (see `copy`)."""
    drawn = []
    for name in names:
        drawing = Drawing()
        drawing.place(name, 0, 0, BOX)
        drawn.append(Markup('<g id="mark-{}">{}</g>').format(name, drawing.markup()))
    return Markup('<svg class="sheet" width="0" height="0" aria-hidden="true"><defs>{}</defs></svg>').format(
        Markup("").join(drawn)
    )


def copy(name: str) -> Markup:
    """One mark for text, of the sheet of its page."""
    size = number(BOX)
    return Markup('<svg class="mark" width="{0}" height="{0}" aria-hidden="true"><use href="#mark-{1}"/></svg>').format(
        size, name
    )


def picture(width: float, height: float, content: Markup, *, css: str, name: str | None = None) -> Markup:
    """An inline SVG of that many units; with a name it is an image to those who do not see it, else decoration."""
    role = Markup('role="img" aria-label="{}"').format(name) if name else Markup('aria-hidden="true"')
    size = Markup('width="{0}" height="{1}" viewBox="0 0 {0} {1}"').format(number(width), number(height))
    return Markup('<svg class="{}" {} {}>{}</svg>').format(css, size, role, content)


def words(text: str, x: float, y: float, *, css: str = "", anchor: str = "start") -> Markup:
    """A text in a picture."""
    place = Markup('x="{}" y="{}"').format(number(x), number(y))
    kind = Markup(' class="{}"').format(css) if css else Markup("")
    where = Markup(' text-anchor="{}"').format(anchor) if anchor != "start" else Markup("")
    return Markup("<text {}{}{}>{}</text>").format(place, kind, where, escape(text))


def rule(x1: float, y1: float, x2: float, y2: float, css: str) -> Markup:
    """A straight line."""
    return Markup('<path class="{}" d="M{}L{}"/>').format(css, _joined((x1, y1)), _joined((x2, y2)))
