"""What stands behind a figure, drawn: what is counted, what is left out, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dashboards.language import language
from dashboards.moments import Moments
from dashboards.proofs.delays import delays
from dashboards.proofs.measured import measured
from dashboards.proofs.outages import outages
from dashboards.proofs.proof import FEWEST, Proof
from dashboards.proofs.scores import scores
from dashboards.proofs.volumes import volumes
from domain.durations import Elapsed
from domain.terms import Measure, Satisfaction, Selector, Volume
from services.figures.rows import OccurrenceRow
from tests.dashboards.rows_by_hand import NOON, SECOND, figure

EN = language("en")
PARIS = Moments.of(EN, "Europe/Paris", NOON)
MEALS = Volume(Selector(("meal",)), "week", Decimal(10), Fraction(1, 10))
ANSWERS = Satisfaction(Selector(("answer",)), "data.score", (Decimal(1), Decimal(5)), Decimal(4))
CALLS = Measure(Selector(("call",)), "data.seconds", "mean", "s")
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND


def row(verdict: str = "met", **changes: Any) -> OccurrenceRow:
    empty = OccurrenceRow("c/d/k", "k", "2026-Q1", NOON, None, None, None, verdict, 1, (), None, False, ())
    return replace(empty, **changes)


def counts(proof: Proof) -> list[int]:
    """The counts that stand above the bins of the wide drawing."""
    wide = proof.drawing.partition("</svg>")[0]
    return [int(n) for n in re.findall(r'class="second" text-anchor="middle">(\d+)<', wide)]


def plain(text: str) -> str:
    """With common spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def came(*minutes: int, verdict: str = "met") -> list[OccurrenceRow]:
    return [row(verdict, closed=NOON + minute * MINUTE) for minute in minutes]


def test_fewer_delays_than_say_anything_are_not_drawn() -> None:
    assert delays(came(*range(FEWEST - 1)), None, EN) is None
    assert delays(came(*range(FEWEST)), None, EN) is not None


def test_what_never_came_has_its_place_aside_and_is_not_spread() -> None:
    proof = delays([*came(*[-5] * 9), *came(3, verdict="late"), row("missing"), row("excused", closed=NOON)], None, EN)
    assert proof is not None
    assert proof.note == "10 that came, from the due time"
    assert plain(proof.caption) == "Half came more than 5 min early. 1 came too late."
    assert re.search(r">1</text><text [^>]*>never came<", proof.drawing)
    assert sorted(counts(proof)) == [1, 9]


def test_a_delay_far_out_does_not_stretch_the_drawing_and_is_counted_at_its_end() -> None:
    proof = delays([*came(*range(60)), *came(100_000, verdict="late")], None, EN)
    assert proof is not None
    assert re.search(r"\+50 min<", plain(proof.drawing))
    assert not re.search(r"\d d<", plain(proof.drawing))
    assert proof.note.startswith("61 ")
    assert plain(proof.caption) == "Half came more than 30 min late. 1 came too late."


def test_a_tolerance_is_drawn_where_it_is_a_span_of_time() -> None:
    for tolerance, is_drawn in ((Elapsed(5 * MINUTE), True), (Elapsed(0), False), (None, False)):
        proof = delays(came(*range(20)), tolerance, EN)
        assert proof is not None
        assert ("tolerated" in plain(proof.drawing)) is is_drawn


def test_a_volume_that_has_just_begun_is_not_drawn_before_it_has_reached_its_band() -> None:
    weeks = [row("met", key=f"2026-W0{n}", value="10") for n in range(1, 4)]
    begun = row("pending", key="2026-W04", value="2")
    one, other = volumes([*weeks, begun], MEALS, {}, EN), volumes(weeks, MEALS, {}, EN)
    assert one == other
    assert volumes([begun], MEALS, {}, EN) is None
    reached = volumes([*weeks, replace(begun, value="9")], MEALS, {}, EN)
    assert reached is not None
    assert reached != other


def test_each_volume_stands_beside_the_band_of_its_version() -> None:
    weeks = [row("met", key="2026-W01", value="10"), row("failed", key="2026-W02", value="10", version=2)]
    proof = volumes(weeks, MEALS, {2: replace(MEALS, expected=Decimal(20))}, EN)
    assert proof is not None
    assert "expected 20, agreed 18 to 22" in plain(proof.drawing)
    assert "Within the band in 1 of 2 periods" in plain(proof.drawing)
    assert plain(proof.caption) == "1 was outside, the last one week 2 of 2026."


def test_every_score_is_counted_at_its_place_on_the_scale() -> None:
    given = [Fraction(score) for score in (1, 3, 4, 4, 5)]
    proof = scores(given, ANSWERS, "all", EN)
    assert proof is not None
    assert counts(proof) == [1, 1, 2, 1]
    assert plain(proof.caption) == "3 of 5 satisfied; the mean is 3.4 of 5."
    assert (proof.note, scores(given, ANSWERS, "2026-02", EN).note) == ("5 answers", "February 2026, 5 answers")  # type: ignore[union-attr]
    assert scores([], ANSWERS, "all", EN) is None


def test_values_are_said_in_the_unit_that_the_bound_reaches_and_sums_have_no_line() -> None:
    values, month = [Fraction(60 * n) for n in range(1, 9)], replace(figure("c/d/k"), exact=Fraction(270), unit="s")
    proof = measured(values, CALLS, "at_most 3 min", month, "all", EN)
    assert (proof.note, plain(proof.caption)) == ("8 values, min", "Half of them are 4.5 min or less.")
    assert "at most 3" in plain(proof.drawing)
    assert "mean 4.5" in plain(proof.drawing)
    summed = measured(values, replace(CALLS, aggregate="sum"), "at_most 3 min", month, "all", EN)
    assert "at most 3" not in plain(summed.drawing)
    assert "4.5</text>" not in plain(summed.drawing)


def test_an_outage_is_cut_at_the_ends_of_its_period_and_one_that_lasts_goes_until_now() -> None:
    period = replace(
        figure("c/d/k"), counted="seconds", adjusted=(90 * 60, 100 * 60), start=NOON - 10 * HOUR, until=None
    )
    before = row("failed", due=NOON - 11 * HOUR, closed=NOON - 9 * HOUR)
    lasts = row("failed", due=NOON - HOUR, closed=None)
    proof = outages("availability", [period], [before, lasts], NOON, PARIS)
    assert "2 outages in the periods shown" in plain(proof.drawing)
    assert proof.caption.startswith("The longest lasted 2")
    widths = re.findall(r'class="x-failed"[^>]*? width="([\d.]+)"', proof.drawing)
    assert len(widths) == 6
    assert widths[0] == widths[1]
    assert ">10 min<" in plain(proof.drawing)
    kept = row("pending", due=NOON - 8 * HOUR, closed=None)
    assert outages("availability", [period], [kept], NOON, PARIS).caption == ""
