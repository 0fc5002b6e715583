"""Histograms, stretches and bands: what stands where, and what they are called."""

from __future__ import annotations

import re
from fractions import Fraction

from dashboards.bands import Amount, band_chart
from dashboards.histograms import Bin, Histogram, histogram, tones_told
from dashboards.language import language
from dashboards.stretches import Stretch, StretchRow, stretch_strip

EN = language("en")


def test_a_histogram_has_one_bar_a_bin_that_holds_something_and_says_what_it_shows() -> None:
    drawn = histogram(
        Histogram((Bin(3, "kept", True), Bin(0, "kept"), Bin(1, "late", True)), ((0, "0"), (3, "+3"))),
        "Half came early.",
    )
    wide, narrow = drawn.split("</svg>")[:2]
    for one in (wide, narrow):
        assert one.count('class="h-') == 2
        assert 'aria-label="Half came early."' in one
        assert ">3<" in one
        assert ">1<" in one


def test_the_greatest_bar_and_all_late_ones_carry_their_counts() -> None:
    assert [one.is_told for one in tones_told([2, 9, 1, 0], ["kept", "kept", "late", "late"])] == [
        False,
        True,
        True,
        False,
    ]


def test_of_two_lines_near_each_other_the_labels_stand_on_either_side() -> None:
    shown = Histogram(tuple(Bin(1, "bar") for _ in range(20)), (), ((12, "95th percentile 2.7"), (13, "at most 3 min")))
    wide = histogram(shown, "n").split("</svg>")[0]
    texts = re.findall(r'<text x="([\d.]+)"[^>]*?(text-anchor="end")?>(95th|at most)', wide)
    assert [(bool(anchor), word) for _, anchor, word in texts] == [(True, "95th"), (False, "at most")]


def test_what_is_tolerated_is_said_above_the_counts_of_the_highest_bars() -> None:
    bins = (Bin(1, "kept"), Bin(31, "kept", True), Bin(9, "kept"), Bin(6, "late", True), Bin(2, "late", True))
    shown = Histogram(bins, (), ((3, "échéance"),), (3, 4, "15 min tolérées"))
    for one in histogram(shown, "n").split("</svg>")[:2]:
        at = {text: float(y) for y, text in re.findall(r'<text x="[^"]*" y="([^"]*)"[^>]*>([^<]*)<', one)}
        assert at["échéance"] + 12 <= at["15 min tolérées"] <= at["31"] - 12


def test_the_count_of_a_period_outside_its_band_stands_above_the_words_of_the_axis() -> None:
    band = (Fraction(515), Fraction(605), Fraction(560))
    amounts = [Amount("W1", "2026", Fraction(300), "failed", *band), Amount("W2", "2026", Fraction(560), "met", *band)]
    for one in band_chart(amounts, "n", "b", EN).split("</svg>")[:3]:
        at = {text: float(y) for y, text in re.findall(r'<text x="[^"]*" y="([^"]*)"[^>]*>([^<]*)<', one)}
        assert at["300"] <= at["W1"] - 12


def test_an_outage_however_short_can_be_seen() -> None:
    rows = [StretchRow("Nov", "2026", 1, 0.5, (Stretch(0.25, 0.25001, "failed"),), "2 min", True)]
    wide = stretch_strip(rows, "1 outage").split("</svg>")[0]
    [width] = re.findall(r'class="x-failed" x="[\d.]+" y="[\d.]+" width="([\d.]+)"', wide)
    assert float(width) == 2.5
    assert wide.count("track-ahead") == 1
    assert "Nov 2026" in wide


def test_a_band_is_drawn_for_each_period_and_what_lies_outside_says_how_much() -> None:
    amounts = [
        Amount("W1", "2026", Fraction(560), "met", Fraction(515), Fraction(605), Fraction(560)),
        Amount("W2", "2026", Fraction(480), "failed", Fraction(515), Fraction(605), Fraction(560)),
        Amount("W3", "2026", None, "unknown", Fraction(515), Fraction(605), Fraction(560)),
    ]
    wide = band_chart(amounts, "Within the band in 1 of 2 periods", "expected 560", EN).split("</svg>")[0]
    assert wide.count('class="band"') == 3
    assert re.findall(r'class="miss"[^>]*>(\d+)<', wide) == ["480"]
