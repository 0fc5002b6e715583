"""Marks and charts: every form drawn once, small, named by a sentence, and placed where the figures say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dashboards import charts, marks
from dashboards.attainment import Point, attainment
from dashboards.language import language

EN, FR = language("en"), language("fr")
MARKS_SHEET = Path(marks.__file__).with_name("pages").joinpath("static", "marks.css").read_text("utf-8")


def parsed(markup: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<all>{markup}</all>"))


def point(
    label: str, value: Fraction | None, target: Fraction = Fraction(9, 10), disc: str = "kept", **more: object
) -> Point:
    return Point(label, "2026", disc, value, target, "at least 90 %", "7/8", **more)  # type: ignore[arg-type]


def test_every_verdict_and_every_state_of_a_target_has_its_own_form() -> None:
    drawn = {name: str(marks.mark(name)) for name in (*marks.VERDICTS, *marks.DISCS)}
    assert len(set(drawn.values())) == len(drawn)
    assert set(drawn) == set(marks.MARKS) == set(marks.TONES)


def test_every_paint_has_a_rule_and_no_mark_a_colour() -> None:
    for paint in (*marks.PAINTS, "now", "inside"):
        assert f".p-{paint}" in MARKS_SHEET
    for name in marks.MARKS:
        assert not re.search(r"#[0-9a-f]{3}|style=|fill=|stroke=", str(marks.mark(name)))


def test_a_mark_in_text_is_decoration_and_a_drawing_has_a_name() -> None:
    assert 'aria-hidden="true"' in marks.mark("met")
    assert 'role="img" aria-label="2 kept, 1 to come"' in charts.cells(["met", "met", "at-risk"], EN)


def test_names_of_drawings_are_escaped() -> None:
    assert "<script>" not in charts.discs(["kept"], '"><script>')


def test_a_strip_of_four_hundred_cells_stays_small() -> None:
    days = [date(2026, 1, 1) + timedelta(n) for n in range(400)]
    strip = charts.calendar_strip([charts.Cell(day, "met") for day in days], None, EN)
    assert len(strip) < 20_000
    assert len(parsed(strip)) == 1


def test_a_calendar_has_rows_only_for_weekdays_that_have_a_due_date() -> None:
    mondays = [charts.Cell(date(2026, 11, 2) + timedelta(weeks=n), "met") for n in range(4)]
    strip = charts.calendar_strip(mondays, date(2026, 11, 16), FR)
    assert "lun." in strip
    assert "mar." not in strip
    assert 'class="p-now"' in strip
    assert 'aria-label="4 tenues"' in strip


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ([date(2026, 11, 2) + timedelta(weeks=n) for n in range(8)], True),
        ([date(2026, month, 20) for month in range(1, 13)], False),
        ([date(2026, 11, 2)] * 8, False),
        ([], False),
    ],
)
def test_a_day_rhythm_is_one_due_date_in_most_weeks(days: list[date], wanted: bool) -> None:
    assert charts.has_day_rhythm(days) is wanted


def test_a_row_of_too_many_is_a_bar_with_its_counts() -> None:
    row = charts.Row("Nov", {"met": 99_000, "late": 1_000}, "99 %", None)
    drawn = charts.row_strip([row], EN, css="wide", width=1152, size=12, label=72)
    assert "99\u202f000 kept, 1\u202f000 late" in drawn
    assert len(drawn) < 1_500


def test_the_best_value_is_never_below_the_worst() -> None:
    drawn = attainment([point("a", Fraction(1)), point("b", Fraction(1, 2), disc="breached")], "name", EN)
    assert [picture.get("class") for picture in parsed(drawn)] == ["wide", "narrow fluid"]
    wide = parsed(drawn)[0]
    stems = [path.get("d", "") for path in wide.iter("path") if (path.get("class") or "").startswith("stem")]
    up, down = (tuple(float(n) for n in re.findall(r"[\d.]+", stem)) for stem in stems)
    assert up[3] < up[1] == down[1] < down[3]


def test_every_value_stays_inside_its_chart() -> None:
    for values in ([Fraction(0), Fraction(1)], [Fraction(999, 1000)], [Fraction(1, 3), None]):
        drawn = attainment([point(str(n), value) for n, value in enumerate(values)], "name", EN)
        for picture in parsed(drawn):
            height = float(picture.get("height", 0))
            assert all(0 <= float(text.get("y", 0)) <= height for text in picture.iter("text"))


def test_an_amendment_is_a_step_of_the_target_and_named() -> None:
    before = Point("Aug", "2026", "kept", Fraction(1), Fraction(85, 100), "at least 85 %", "8/8")
    drawn = attainment([before, point("Sep", Fraction(1))], "name", EN)
    [target] = [path.get("d", "") for path in parsed(drawn)[0].iter("path") if path.get("class") == "target"]
    assert target.count("V") == 1
    assert "Target at least 85 %" in drawn
    assert "target at least 85 %, then at least 90 %" in drawn


def test_misses_have_their_zero_at_the_top() -> None:
    points = [
        Point("Q1", "2026", "kept", Fraction(0), Fraction(-1), "at most 1 miss", "4/4"),
        Point("Q2", "2026", "breached", Fraction(-3), Fraction(-1), "at most 1 miss", "1/4"),
    ]
    wide = parsed(attainment(points, "name", EN))[0]
    axis = {text.text: float(text.get("y", 0)) for text in wide.iter("text") if text.get("text-anchor") == "end"}
    assert axis["0"] < axis["1"] < axis["3"]


def test_a_restated_period_says_what_it_was() -> None:
    drawn = attainment([point("Sep", Fraction(14, 17), disc="breached", was="13/17")], "name", FR)
    assert "était 13/17" in drawn


def test_the_words_of_a_target_have_room_beside_the_wide_drawing() -> None:
    long = Point(
        "Q1", "2026", "kept", Fraction(0), Fraction(-2), "au plus 2 manquements de suite · les 28 jours", "4/4"
    )
    wide = parsed(attainment([long] * 4, "name", FR))[0]
    beside = [text for text in wide.iter("text") if float(text.get("x", 0)) > 684]
    assert [(text.text or "").strip() for text in beside] == [
        "Objectif",
        "au plus 2",
        "manquements de",
        "suite",
        "les 28 jours",
    ]
    assert [float(text.get("y", 0)) for text in beside] == sorted({float(text.get("y", 0)) for text in beside})


def test_no_count_stands_on_the_words_of_the_axis() -> None:
    for count in (4, 13):
        missed = [point(f"{n}", Fraction(1, 2), disc="breached") for n in range(count)]
        for picture in parsed(attainment(missed, "name", EN)):
            axis = float(picture.get("height", 0)) - 18
            counts = [float(text.get("y", 0)) for text in picture.iter("text") if text.text == "7/8"]
            assert counts
            assert max(counts) <= axis - 13


def test_the_count_of_the_first_period_stands_clear_of_the_axis() -> None:
    late = Point("Nov", "2026", "breached", Fraction(94, 100), Fraction(98, 100), "at least 98 %", "94.2\u202f%")
    for picture in parsed(attainment([late] * 13, "name", EN)):
        axis = max(
            float(one.get("x", 0))
            for one in picture.iter("text")
            if (one.text or "").isdigit() and one.get("text-anchor") == "end"
        )
        counts = [
            float(one.get("x", 0)) - 3.3 * len(late.text) for one in picture.iter("text") if one.text == late.text
        ]
        assert counts
        assert min(counts) > axis


def test_without_periods_there_is_no_chart() -> None:
    assert attainment([], "name", EN) == ""
