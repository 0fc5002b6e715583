"""`/style`: the design system as it is: marks, colours, type, controls and every chart, drawn by what draws the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards import charts, marks
from dashboards.attainment import Point, attainment
from dashboards.bands import Amount, band_chart
from dashboards.histograms import Bin, Histogram, histogram
from dashboards.language import LANGUAGES, Language, language
from dashboards.maps import Line, Place, service_map
from dashboards.multiples import Small, small_multiple
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.stretches import Stretch, StretchRow, stretch_strip
from dashboards.words import bound_words

TOKENS = (
    "ink",
    "ink-2",
    "ink-3",
    "line-strong",
    "line",
    "sunken",
    "paper",
    "accent",
    "kept",
    "kept-fill",
    "late",
    "late-fill",
    "miss",
    "miss-fill",
    "excused",
    "bar",
)
TYPE = (
    ("figure", "40/44 600"),
    ("title", "30/36 600"),
    ("lede", "17/25 400"),
    ("section", "17/24 600"),
    ("text", "15/22 400"),
    ("table", "13/20 400"),
    ("label", "12/16 400"),
)
MONDAY = date(2026, 8, 3)
VERDICTS = (
    "met",
    "met",
    "met",
    "late",
    "met",
    "met",
    "missing",
    "met",
    "met",
    "excused",
    "met",
    "met",
    "met",
    "unknown",
)


@dataclass(frozen=True)
class Sample:
    """A chart, under the name that the design gives it."""

    name: str
    drawing: Markup


def add_style(router: APIRouter, pages: Pages) -> None:
    @router.get("/style")
    def style(request: Request) -> Response:
        view = View(pages, request)
        others = {code: language(code) for code in LANGUAGES}
        return view.render(
            "style.html",
            verdicts=_named(marks.VERDICTS, "verdict", others),
            discs=_named(marks.DISCS, "disc", others),
            unmonitored=[(code, one.text("word.unmonitored")) for code, one in others.items()],
            tokens=TOKENS,
            types=TYPE,
            samples=samples(view.language),
        )


def _named(
    names: tuple[str, ...], kind: str, languages: dict[str, Language]
) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(name, [(code, one.text(f"{kind}.{name}")) for code, one in languages.items()]) for name in names]


def samples(words: Language) -> list[Sample]:
    """Every chart of the pages, with figures made up for it."""
    drawn = {
        "attainment": attainment(_points(words), words.text("style.sample.attainment"), words),
        "calendar": charts.calendar_strip(_cells(), MONDAY + timedelta(days=82), words),
        "rows": _rows(words),
        "lateness": histogram(_lateness(words), words.text("style.sample.lateness")),
        "band": band_chart(_amounts(words), words.text("style.sample.band"), words.percent(Fraction(1, 10)), words),
        "stretches": stretch_strip(_stretches(words), words.text("style.sample.stretches")),
        "multiples": _multiples(words),
        "cells": charts.cells((*VERDICTS, "at-risk", "pending", "pending"), words),
        "discs": charts.discs(("kept", "kept", "breached", "no-data", "tight"), words.text("style.sample.discs")),
        "bar": charts.count_bar({"met": 181, "late": 12, "missing": 3, "pending": 20}, words),
        "weeks": _weeks(words),
        "map": _map(words),
    }
    return [Sample(words.text(f"style.sample.{name}"), drawing) for name, drawing in drawn.items()]


def _points(words: Language) -> list[Point]:
    shares = (96, 92, 100, 88, 95, 97, None, 91, 94, 85, 96, 93, 90)
    target = Fraction(9, 10)
    points = []
    for at, share in enumerate(shares):
        value = Fraction(share, 100) if share is not None else None
        is_last = at == len(shares) - 1
        name = "no-data" if value is None else "tight" if is_last else "kept" if value >= target else "breached"
        month = (10 + at) % 12 + 1
        text = words.percent(value) if value is not None else words.text("disc.no-data")
        raw = Fraction(82, 100) if at == 9 else None
        points.append(
            Point(
                words.month(month, short=True),
                "2025" if at < 2 else "2026",
                name,
                value,
                target,
                bound_words("at_least 90 %", words),
                text,
                raw=raw,
                raw_text=words.text("chart.raw", figure=words.percent(raw)) if raw is not None else "",
                is_current=is_last,
            )
        )
    return points


def _cells() -> list[charts.Cell]:
    days = [MONDAY + timedelta(weeks=week, days=day) for week in range(16) for day in (0, 1, 3, 4)]
    today = MONDAY + timedelta(days=82)
    return [
        charts.Cell(day, "pending" if day > today else "at-risk" if day == today else VERDICTS[at % len(VERDICTS)])
        for at, day in enumerate(days)
        if at % 17 != 5
    ]


def _rows(words: Language) -> Markup:
    rows = [
        charts.Row(
            words.month(11, short=True),
            {"met": 4, "late": 1, "pending": 2},
            "4/5",
            ("met", "late", "met", "met", "met", "pending", "pending"),
            True,
        ),
        charts.Row(
            words.month(10, short=True),
            {"met": 5, "missing": 2},
            "5/7",
            ("met", "missing", *("met",) * 4, "missing"),
            False,
            True,
        ),
        charts.Row(words.month(9, short=True), {"met": 171, "late": 12}, words.percent(Fraction(171, 183)), None),
    ]
    wide = charts.row_strip(rows, words, css="wide", width=1152, size=12, label=72)
    return wide + charts.row_strip(rows, words, css="narrow fluid", width=300, size=11, label=40)


def _lateness(words: Language) -> Histogram:
    counts = (2, 6, 14, 31, 22, 9, 4, 2, 1)
    tones = ("kept",) * 6 + ("late",) * 3
    bins = tuple(Bin(n, tone, n == 31 or tone == "late") for n, tone in zip(counts, tones, strict=True))
    due, tolerated = words.text("style.sample.due"), words.text("style.sample.tolerated")
    ticks = tuple((float(at), words.span((at - 5) * 5 * 60_000_000)) for at in (1, 3, 7))
    return Histogram(bins, ticks, ((5.0, due),), (5.0, 6.0, tolerated))


def _amounts(words: Language) -> list[Amount]:
    values = (102, 98, 95, 88, 104, 111, 97)
    low, high, expected = Fraction(90), Fraction(110), Fraction(100)

    def verdict(value: int) -> str:
        return "met" if low <= value <= high else "failed"

    return [
        Amount(
            words.month(5 + at, short=True),
            "2026",
            Fraction(value),
            "met" if low <= value <= high else "failed",
            low,
            high,
            expected,
        )
        for at, value in enumerate(values)
    ]


def _stretches(words: Language) -> list[StretchRow]:
    now, before = words.percent(Fraction(991, 1000)), words.percent(Fraction(974, 1000))
    return [
        StretchRow("2026-11", "", 1.0, 0.6, (Stretch(0.21, 0.23, "failed"), Stretch(0.44, 0.442, "met")), now, True),
        StretchRow("2026-10", "", 1.0, 1.0, (Stretch(0.52, 0.6, "failed"),), before, False, True),
    ]


def _multiples(words: Language) -> Markup:
    shares = tuple(Fraction(one, 100) for one in (96, 94, 97, 88, 92, 95, 96, 91, 85, 94, 96, 97, 93))
    names = tuple("breached" if one < Fraction(9, 10) else "kept" for one in shares)
    ends = (words.month(11, short=True) + " 2025", words.month(11, short=True) + " 2026")
    line = Small(shares, (*names[:-1], "safe"), Fraction(9, 10), Fraction(4, 5), words.percent(shares[-1]), ends, True)
    few = Small(shares, (*names[:-1], "tight"), Fraction(9, 10), Fraction(4, 5), "7/8", ends, False)
    name = words.text("style.sample.multiples")
    return small_multiple(line, name) + small_multiple(few, name)


def _map(words: Language) -> Markup:
    names = {one: words.text(f"style.sample.service_{one}") for one in "abcd"}
    places = {id: Place(name, words.text("map.owes", on_track=2, total=3), id == "d") for id, name in names.items()}
    lines = [Line("a", "b", "tight"), Line("c", "b", "kept"), Line("d", "c", "breached"), Line("a", "c", "safe")]
    name = words.text("style.sample.map")
    drawn = service_map(places, lines, name)
    return Markup('<div class="scroll" role="region" aria-label="{}" tabindex="0">{}</div>').format(name, drawn)


def _weeks(words: Language) -> Markup:
    first = date(2025, 11, 3)
    columns = [(40 + (at * 7) % 23, at > 44) for at in range(53)]
    days = [(at, first + timedelta(weeks=at)) for at in range(53)]
    return charts.week_bars(columns, days, words, words.text("style.sample.weeks"))
