"""The map: services around a ring, a line for each contract, with the mark of the worst of it.

Drawn the same from the same contracts: nothing is drawn by chance. Services that deal with each other stand near each other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.marks import Drawing, number, picture, words

MOST, MOST_LINES = 40, 120
"""Services and contracts; above that lines say nothing any more."""
WIDTH, RING, PITCH, LEAST = 1152, 300, 30, 260
"""The width of the picture; half of the ring's width; from one name to the next; the least height."""
NAME = 34
"""Letters of a name that have room."""
MARK = 14
LOUD = {"lost": "miss", "breached": "miss", "tight": "late"}


@dataclass(frozen=True, slots=True)
class Place:
    """A service: its name, and how much of what it owes is on track."""

    name: str
    figure: str
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A contract, by the ids of its services; `disc` is its worst commitment."""

    supplier: str
    client: str
    disc: str


@dataclass(frozen=True, slots=True)
class _Spot:
    x: float
    y: float
    is_left: bool


def service_map(places: Mapping[str, Place], lines: Sequence[Line], sentence: str) -> Markup:
    """Nothing where there is no line, or where there are too many."""
    ids = sorted({id for line in lines for id in (line.supplier, line.client)})
    if not ids or len(ids) > MOST or len(lines) > MOST_LINES:
        return Markup("")
    rows = max(2, -(-len(ids) // 2))
    height = max(LEAST, rows * PITCH + 20)
    spots = _spots(ring_order(ids, lines), height)
    drawing, content = Drawing(), []
    seen: dict[frozenset[str], int] = {}
    degree = Counter(id for line in lines for id in (line.supplier, line.client))
    for line in sorted(lines, key=lambda one: one.disc in LOUD):  # what is loud lies above
        pair = frozenset((line.supplier, line.client))
        beside = seen[pair] = seen.get(pair, -1) + 1
        few, many = sorted((line.supplier, line.client), key=lambda id: (degree[id], id))
        path, middle = _curve(spots[few], spots[many], height, beside)
        content.append(Markup('<path class="map-line {}" d="{}"/>').format(LOUD.get(line.disc, ""), path))
        content.append(Markup('<circle class="map-under" cx="{}" cy="{}" r="9"/>').format(*map(number, middle)))
        x, y = middle
        drawing.place(line.disc, x - MARK / 2, y - MARK / 2, MARK)
    content.append(drawing.markup())
    content += [_named(places[id], spots[id]) for id in ids]
    return picture(WIDTH, height, Markup("").join(content), css="map", name=sentence)


def ring_order(ids: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """Around the ring: each service moves to the middle of those that it deals with, a few times over."""
    near: dict[str, list[str]] = {id: [] for id in ids}
    for line in lines:
        near[line.supplier].append(line.client)
        near[line.client].append(line.supplier)
    order = sorted(ids, key=lambda id: (-len(near[id]), id))
    shortest, best = order, _length(order, lines)
    for _ in range(24):
        angle = {id: 2 * math.pi * at / len(order) for at, id in enumerate(order)}

        def middle(id: str, angle: dict[str, float] = angle) -> tuple[float, str]:
            around = [*near[id], id]
            x, y = sum(math.cos(angle[one]) for one in around), sum(math.sin(angle[one]) for one in around)
            return (math.atan2(y, x) % (2 * math.pi), id) if abs(x) + abs(y) > 1e-9 else (angle[id], id)

        order = sorted(order, key=middle)
        if (length := _length(order, lines)) < best:
            shortest, best = order, length
    return shortest


def _length(order: Sequence[str], lines: Sequence[Line]) -> int:
    """Steps around the ring that the lines bridge, together."""
    at = {id: place for place, id in enumerate(order)}
    steps = [abs(at[line.supplier] - at[line.client]) for line in lines]
    return sum(min(step, len(order) - step) for step in steps)


def _spots(order: Sequence[str], height: float) -> dict[str, _Spot]:
    """Down the right side, up the left one: every name has a line of its own."""
    right = -(-len(order) // 2)
    spots = {}
    for at, id in enumerate(order):
        is_left = at >= right
        row, rows = (len(order) - 1 - at, len(order) - right) if is_left else (at, right)
        y = height * (row + 0.5) / rows
        bow = math.sqrt(max(0.0, 1 - ((2 * y / height - 1) * 0.92) ** 2))
        spots[id] = _Spot(WIDTH / 2 + (-1 if is_left else 1) * RING * (0.45 + 0.55 * bow), y, is_left)
    return spots


def _curve(start: _Spot, end: _Spot, height: float, beside: int) -> tuple[str, tuple[float, float]]:
    """The line, bent towards the middle of the ring, the further the longer it is, and away from others of the same pair; and
    where its mark stands: nearer to the start, which has fewer lines, so that marks do not meet."""
    x, y = (start.x + end.x) / 2, (start.y + end.y) / 2
    pull = 0.2 + 0.75 * abs(end.y - start.y) / height if start.is_left == end.is_left else 0.12
    across = math.hypot(end.x - start.x, end.y - start.y) or 1
    aside = ((beside + 1) // 2) * (1 if beside % 2 else -1) * 34
    bend_x = x + (WIDTH / 2 - x) * pull - (end.y - start.y) / across * aside
    bend_y = y + (height / 2 - y) * pull + (end.x - start.x) / across * aside
    path = f"M{number(start.x)} {number(start.y)}Q{number(bend_x)} {number(bend_y)} {number(end.x)} {number(end.y)}"
    return path, (_on_curve(start.x, bend_x, end.x), _on_curve(start.y, bend_y, end.y))


def _on_curve(start: float, bend: float, end: float, t: float = 0.36) -> float:
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end


def _named(place: Place, spot: _Spot) -> Markup:
    name = place.name if len(place.name) <= NAME else f"{place.name[: NAME - 1].rstrip()}…"
    side, anchor = (-1, "end") if spot.is_left else (1, "start")
    css = "map-outside" if place.is_external else "map-place"
    dot = Markup('<circle class="{}" cx="{}" cy="{}" r="5"/>').format(css, number(spot.x), number(spot.y))
    figure = Markup("")
    if place.figure:
        figure = words(place.figure, spot.x + side * 12, spot.y + 17, anchor=anchor)
    up = 2 if place.figure else 4
    return dot + words(name, spot.x + side * 12, spot.y + up, css="strong", anchor=anchor) + figure
