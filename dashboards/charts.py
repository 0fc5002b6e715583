"""Charts as inline SVG: the same drawing in page, pack and mail. Colours through CSS classes, texts at real size.

Each chart comes in a wide and a narrow drawing; the style sheet shows one. Each has a sentence as its name; its data
stands in a table on the same page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from markupsafe import Markup

from dashboards.language import Language
from dashboards.marks import Drawing, number, picture, words

COUNTED = ("met", "late", "missing", "failed", "measured", "excused", "unknown", "pending")
CELLS_A_ROW = 60
"""Over this many, a row is a bar with counts."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing owed: when it is due, locally, and its mark."""

    day: date
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """One period of a strip. `marks` in due order, or None where there are too many to draw one by one."""

    label: str
    counts: Mapping[str, int]
    figure: str
    marks: tuple[str, ...] | None
    is_current: bool = False
    is_missed: bool = False


def counts_sentence(counts: Mapping[str, int], language: Language, kind: str = "") -> str:
    """`7 kept, 1 late, 8 to come`; in the words of its kind where it has some: `2 outages`."""
    shown = []
    for name in COUNTED:
        if n := counts.get(name, 0):
            own = f"counts_of.{kind}.{name}"
            shown.append(language.counted(own if language.has(f"{own}.other") else f"counts.{name}", n))
    return ", ".join(shown) or language.text("counts.none")


def count_marks(marks: Sequence[str]) -> dict[str, int]:
    """How many of each verdict; at risk is one to come."""
    counts: dict[str, int] = {}
    for name in marks:
        verdict = "pending" if name == "at-risk" else name
        counts[verdict] = counts.get(verdict, 0) + 1
    return counts


def cells(marks: Sequence[str], language: Language, *, size: int = 11, a_row: int = 30, css: str = "cells") -> Markup:
    """Marks in due order, wrapped after so many."""
    pitch, drawing = size + 3, Drawing()
    for index, name in enumerate(marks):
        drawing.place(name, index % a_row * pitch, index // a_row * pitch, size)
    rows = max(1, -(-len(marks) // a_row))
    width = max(1, min(len(marks), a_row)) * pitch - 3
    return picture(
        width, rows * pitch - 3, drawing.markup(), css=css, name=counts_sentence(count_marks(marks), language)
    )


def discs(names: Sequence[str], sentence: str, *, size: int = 12, gap: int = 4) -> Markup:
    """Targets of consecutive periods, oldest first."""
    drawing = Drawing()
    for index, name in enumerate(names):
        drawing.place(name, index * (size + gap), 0, size)
    return picture(max(1, len(names) * (size + gap) - gap), size, drawing.markup(), css="discs", name=sentence)


def count_bar(counts: Mapping[str, int], language: Language, *, width: int = 420, of: int | None = None) -> Markup:
    """Counts as one bar, whose full width stands for `of` things (default: their sum)."""
    content = _bar(counts, 0, 0, width, 11, of or sum(counts.values()))
    return picture(width, 11, content, css="cells bar", name=counts_sentence(counts, language))


def _bar(counts: Mapping[str, int], x: float, y: float, width: float, height: float, of: int) -> Markup:
    parts = []
    for name in COUNTED:
        n = counts.get(name, 0)
        if n and of:
            part = max(1.5, width * n / of)
            place = Markup('x="{}" y="{}" width="{}" height="{}"').format(*map(number, (x, y, part, height)))
            parts.append(Markup('<rect class="b-{}" {}/>').format(name, place))
            x += part + 0.75
    return Markup("").join(parts)


# strips


def has_day_rhythm(days: Sequence[date]) -> bool:
    """Says whether most weeks have a due date on the same weekdays, and no day has two."""
    if len(days) < 4 or len(set(days)) < len(days):
        return False
    weeks = (_monday(max(days)) - _monday(min(days))).days // 7 + 1
    weekdays = {day.weekday() for day in days}
    return len(days) >= 0.4 * weeks * len(weekdays)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def calendar_strip(strip: Sequence[Cell], today: date | None, language: Language, *, width: int = 1152) -> Markup:
    """One cell a due date: columns are weeks, rows the weekdays that ever have one. The latest weeks that fit."""
    pitch, size, left = 18, 15, 36
    last = _monday(max(cell.day for cell in strip))
    columns = min((width - left) // pitch, (last - _monday(min(cell.day for cell in strip))).days // 7 + 1)
    first = last - timedelta(weeks=columns - 1)
    shown = [cell for cell in strip if cell.day >= first]
    weekdays = sorted({cell.day.weekday() for cell in shown})
    drawing, filled = Drawing(), set()
    for cell in shown:
        x, y = left + (cell.day - first).days // 7 * pitch, 20 + weekdays.index(cell.day.weekday()) * pitch
        drawing.place(cell.mark, x, y, size)
        filled.add((x, y))
        if cell.day == today:
            drawing.ring(x, y, size)
    _dots(drawing, filled, columns, len(weekdays), left, pitch, size)
    labels = [words(language.weekday(day, short=True), 0, 20 + row * pitch + 12) for row, day in enumerate(weekdays)]
    content = Markup("").join([*labels, *_months(first, columns, left, pitch, language), drawing.markup()])
    name = counts_sentence(count_marks([cell.mark for cell in shown]), language)
    return picture(left + columns * pitch, 20 + len(weekdays) * pitch, content, css="wide", name=name)


def _dots(
    drawing: Drawing, filled: set[tuple[int, int]], columns: int, rows: int, left: int, pitch: int, size: int
) -> None:
    for column in range(columns):
        for row in range(rows):
            if (place := (left + column * pitch, 20 + row * pitch)) not in filled:
                drawing.place("not-due", *place, size)


def _months(first: date, columns: int, left: int, pitch: int, language: Language) -> list[Markup]:
    labels, free = [], 0

    def ends_in(column: int) -> tuple[int, int]:
        end = first + timedelta(weeks=column, days=6)
        return end.year, end.month

    for (year, month), group in groupby(range(columns), ends_in):
        column = next(group)
        x = left + column * pitch
        text = language.month(month, short=True)
        if column == 0 or month == 1:
            text += f" {year}"
        if x >= free:
            labels.append(words(text, x, 11))
            free = x + len(text) * 7 + 6
    return labels


def row_strip(rows: Sequence[Row], language: Language, *, css: str, width: int, size: int, label: int) -> Markup:
    """One row a period, newest first, the figure at its right."""
    pitch, room = size + 9, width - label - 64
    most = max((sum(row.counts.values()) for row in rows), default=1) or 1
    longest = max((len(row.marks) for row in rows if row.marks is not None), default=1) or 1
    step = min(size + 3, room / longest)
    parts, drawing = [], Drawing()
    for index, row in enumerate(rows):
        y = index * pitch
        parts.append(words(row.label, 0, y + size - 1, css="strong" if row.is_current else ""))
        if row.marks is None:
            parts.append(_bar(row.counts, label, y, room, size, most))
        else:
            for place, name in enumerate(row.marks):
                drawing.place(name, label + place * step, y + max(0, size - step + 1) / 2, min(size, step - 1))
        tone = "miss" if row.is_missed else "strong" if row.is_current else ""
        parts.append(words(row.figure, width, y + size - 1, css=tone, anchor="end"))
    total = {name: sum(row.counts.get(name, 0) for row in rows) for name in COUNTED}
    content = Markup("").join([*parts, drawing.markup()])
    return picture(width, max(1, len(rows) * pitch - 6), content, css=css, name=counts_sentence(total, language))


def week_bars(
    columns: Sequence[tuple[int, bool]], weeks: Sequence[tuple[int, date]], language: Language, name: str
) -> Markup:
    """Counts week by week, the wide and the narrow drawing, stretched to the width of the page; what is not known yet is pale. A
    month is named where it begins."""
    if not columns:
        return Markup("")
    return _week_bars(columns, weeks, language, name, 1152, "wide") + _week_bars(
        columns, weeks, language, name, 300, "narrow"
    )


def _week_bars(
    columns: Sequence[tuple[int, bool]],
    weeks: Sequence[tuple[int, date]],
    language: Language,
    name: str,
    width: float,
    css: str,
) -> Markup:
    height, most = 52, max(n for n, _ in columns) or 1
    step = width / len(columns)
    parts, free, month = [], 0.0, 0
    for at, (n, is_later) in enumerate(columns):
        tall = max(1.0, height * n / most) if n else 0.0
        place = (at * step, height - tall, step - 1, tall)
        box = Markup('x="{}" y="{}" width="{}" height="{}"').format(*map(number, place))
        parts.append(Markup('<rect class="{}" {}/>').format("b-week later" if is_later else "b-week", box))
    for at, day in weeks:
        x = at * step
        if day.month != month and x >= free and x < width - 60:
            text = language.month(day.month, short=True)
            label = f"{text} {day.year}" if month == 0 or day.month == 1 else text
            parts.append(words(label, x, height + 18))
            free = x + len(label) * 7 + 10
        month = day.month
    return picture(width, height + 24, Markup("").join(parts), css=f"weeks fluid {css}", name=name)
