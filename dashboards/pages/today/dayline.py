"""The day as a line: what falls due today, what one is owed above and what one owes below, and where now is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from markupsafe import Markup

from dashboards.marks import TONES, Drawing, number, picture, rule, words
from dashboards.moments import Moments
from dashboards.naming import occurrence_name
from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.standing import mark_of
from domain.kinds.faces import face
from domain.times import from_local
from services.figures.rows import OccurrenceRow
from services.reviews.reading import read_reviews
from services.reviews.rows import ReviewRow

FIRST, LAST = 7, 19
WIDTH, AXIS, SIZE = 1152, 98, 12
STACK = 3
"""Marks above each other; what falls due at the same time beyond that is a number."""
MOST = 24
"""Lines of the list."""
LOUD = ("missing", "failed", "at-risk", "late")
A_LETTER = 6.4
A_CLOCK = 48
"""Pixels that a time takes; where now stands, no hour is written beside it."""


@dataclass(frozen=True)
class Due:
    """One thing of today. What only the list says is found when it is listed."""

    row: Standing = field(repr=False)
    one: OccurrenceRow
    at: int
    mark: str
    title: str
    is_above: bool
    is_past: bool

    @property
    def clock(self) -> str:
        return self.row.view.moments().time(self.at)

    @property
    def path(self) -> str:
        return link(self.row.path, period=self.one.period, why=self.one.key) + "#why"

    @property
    def word(self) -> str:
        """The state of the due in words; what was due and is not judged yet does not read as still to come."""
        waits = self.is_past and self.one.verdict == "pending"
        return self.row.view.language.text("day.waits" if waits else f"verdict.{self.mark}")

    @property
    def parties(self) -> str:
        return self.row.view.language.text("word.owes_short", debtor=self.row.debtor, creditor=self.row.creditor)


@dataclass(frozen=True)
class DayLine:
    """`sides` name what stands above and below. `now_at`: the line of the list before which now is."""

    drawing: Markup
    dues: tuple[Due, ...]
    more: int
    now_at: int
    now: str
    sides: tuple[str, str]


def day_line(view: View, rows: Sequence[Standing], seen: Mapping[str, Sequence[OccurrenceRow]]) -> DayLine | None:
    """None where nothing falls due today."""
    now = view.known.watermark
    if now is None:
        return None
    clock = view.moments()
    today = clock.local_date(now)
    start, end = clock.span(today)
    dues = sorted(
        (
            _due(view, row, one, clock, now)
            for row in rows
            if face(row.row.criterion.indicator).has_limit
            for one in seen.get(row.row.id, ())
            if one.due is not None and start <= one.due < end
        ),
        key=lambda due: (due.at, due.title),
    )
    if not dues:
        return None
    key = "all" if view.who.sees_everything else "owed"
    sides = view.language.text(f"day.above_{key}"), view.language.text(f"day.below_{key}")
    reviews = [one for one in read_reviews(view.seen) if start <= one.starts < end]
    listed = _listed(dues)
    return DayLine(
        _drawn(view, dues, reviews, clock, now, today, sides),
        tuple(listed),
        len(dues) - len(listed),
        sum(due.is_past for due in listed),
        clock.time(now),
        sides,
    )


def _listed(dues: Sequence[Due]) -> list[Due]:
    """The dues that there is room for, in the order of time: what is loud or to come goes before what is kept."""
    wanted = sorted(dues, key=lambda due: (due.mark not in LOUD, due.is_past, due.at))[:MOST]
    return sorted(wanted, key=lambda due: due.at)


def _due(view: View, row: Standing, one: OccurrenceRow, clock: Moments, now: int) -> Due:
    assert one.due is not None
    kind = row.row.criterion.indicator.kind
    is_dated = face(row.row.criterion.indicator).is_known_ahead
    is_of_supplier = row.row.deliverable.owed_by == "supplier"
    is_above = is_of_supplier if view.who.sees_everything else not view.who.is_of(row.row.debtor)
    case = "" if is_dated else f", {occurrence_name(one.key, kind, one.due, clock).words}"
    return Due(row, one, one.due, mark_of(one), f"{row.deliverable}{case}", is_above, one.due <= now)


def _drawn(
    view: View,
    dues: Sequence[Due],
    reviews: Sequence[ReviewRow],
    clock: Moments,
    now: int,
    today: date,
    sides: tuple[str, str],
) -> Markup:
    start = from_local(datetime.combine(today, time(FIRST)), clock.zone)
    end = from_local(datetime.combine(today, time(LAST)), clock.zone)

    def x(at: int) -> float:
        return min(1.0, max(0.0, (at - start) / (end - start))) * WIDTH

    hours = [from_local(datetime.combine(today, time(hour)), clock.zone) for hour in range(FIRST, LAST + 1)]
    past = Markup('<rect class="weekend" x="0" y="{}" width="{}" height="52"/>').format(AXIS - 26, number(x(now)))
    parts = [past, *(rule(x(hour), AXIS - 26, x(hour), AXIS + 26, "grid") for hour in hours)]
    parts += [_hour(view, x(hour), hour, clock) for hour in hours if abs(x(hour) - x(now)) > A_CLOCK]
    parts.append(rule(0, AXIS, WIDTH, AXIS, "axis"))
    for one in reviews:
        box = (x(one.starts), AXIS - 3, max(6.0, x(one.ends) - x(one.starts)), 6)
        place = Markup('x="{}" y="{}" width="{}" height="{}"').format(*map(number, box))
        parts.append(Markup('<rect class="post" {}/>').format(place))
    at, anchor = (0, "start") if x(now) > 180 else (WIDTH, "end")
    above, below = sides
    parts += [words(above, at, AXIS - 30, anchor=anchor), words(below, at, AXIS + 40, anchor=anchor)]
    drawing = Drawing()
    for is_above in (True, False):
        parts += _side(view, [due for due in dues if due.is_above == is_above], x, drawing, is_above)
    parts.append(rule(x(now), AXIS - 40, x(now), AXIS + 34, "now"))
    parts.append(_hour(view, x(now), now, clock, css="now-word"))
    name = view.language.counted("day.name", len(dues))
    return picture(WIDTH, 196, Markup("").join(parts) + drawing.markup(), css="wide dayline", name=name)


def _hour(view: View, x: float, at: int, clock: Moments, css: str = "") -> Markup:
    anchor = "start" if x < A_CLOCK / 2 else "end" if x > WIDTH - A_CLOCK / 2 else "middle"
    return words(clock.time(at), x, 194, css=css, anchor=anchor)


def _side(view: View, dues: Sequence[Due], x: object, drawing: Drawing, is_above: bool) -> list[Markup]:
    """Marks in stacks, and the names of what is loud or comes next."""
    assert callable(x)
    parts: list[Markup] = []
    stacks: list[tuple[float, list[Due]]] = []
    for due in dues:
        place = float(x(due.at))
        begins, stack = stacks[-1] if stacks else (-math.inf, [])
        if place - begins < SIZE + 2:
            stack.append(due)
        else:
            stacks.append((place, [due]))
    labels = []
    next_comes = next((due for due in dues if not due.is_past), None)
    for place, stacked in stacks:
        shown = sorted(stacked, key=lambda due: due.mark not in LOUD)[:STACK]
        left = min(WIDTH - SIZE, max(0.0, place - SIZE / 2))
        for level, due in enumerate(shown):
            y = AXIS - (level + 1) * (SIZE + 2) if is_above else AXIS + 2 + level * (SIZE + 2)
            drawing.place(due.mark, left, y, SIZE)
        if len(stacked) > STACK:
            top = AXIS - STACK * (SIZE + 2) if is_above else AXIS + 2 + (STACK - 1) * (SIZE + 2)
            parts.append(words(f"+{len(stacked) - STACK}", left + SIZE + 3, top + SIZE - 2))
            continue
        named = next((due for due in shown if due.mark in LOUD or due is next_comes), None)
        if named is not None:
            labels.append((place, _label(view, named), named.mark, len(shown)))
    return parts + _labels(labels, is_above)


def _label(view: View, due: Due) -> str:
    if due.mark not in LOUD:
        return due.title
    return f"{due.title}, {view.language.text(f'verdict.{due.mark}')}"


def _labels(labels: Sequence[tuple[float, str, str, int]], is_above: bool) -> list[Markup]:
    """In two rows, from the right: of two crowded ones the left one takes the farther row, so that no leader crosses a label;
    what fits in neither is left out (the list has it)."""
    parts: list[Markup] = []
    near = far = WIDTH + 8.0
    for place, text, mark, high in reversed(labels):
        end = place + len(text) * A_LETTER + 12
        is_near = end < min(near, far)
        if not is_near and end >= far:
            continue
        row = 0 if is_near else 1
        y = (AXIS - 52 - row * 18) if is_above else (AXIS + 58 + row * 18)
        tip = (AXIS - 2 - high * (SIZE + 2)) if is_above else (AXIS + 2 + high * (SIZE + 2))
        parts.append(words(text, place - 4, y, css=f"w-{TONES[mark]}" if mark in LOUD else ""))
        parts.append(rule(place, y + 4 if is_above else y - 12, place, tip, "grid"))
        near, far = (place - 4, far) if is_near else (near, place - 4)
    return parts
