"""Which mark and which words a figure has, at the boundaries of its states."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from dashboards.language import language
from dashboards.standing import (
    disc,
    disc_words,
    due_words,
    figure_words,
    point,
    short_figure,
    state_sentence,
    verdicts_changed,
    was_words,
    worst,
)
from domain.figures import Outlook, Status
from services.figures.rows import FigureRow
from services.figures.shapes import FinalFigure, State

EN, FR = language("en"), language("fr")
END = 1_000


def figure(
    *,
    status: Status = "open",
    state: State = "open",
    outlook: Outlook | None = "safe",
    good: int = 7,
    total: int = 8,
    watermark: int | None = END - 1,
    target: str = "at_least 90 %",
    until: int | None = END,
    final: FinalFigure | None = None,
) -> FigureRow:
    counts = {"met": good, "late": total - good}
    return FigureRow(
        "c/d/k",
        0,
        "2026-11",
        state,
        0,
        until,
        counts,
        17,
        total,
        (good, total),
        (good, total),
        None,
        target,
        status,
        outlook,
        (),
        final,
        (),
        1,
        watermark,
    )


def final(good: int, total: int) -> FinalFigure:
    return {"good": good, "total": total, "value": None, "status": "open", "position": 1}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (figure(), "safe"),
        (figure(outlook="tight"), "tight"),
        (figure(outlook="lost"), "lost"),
        (figure(outlook=None), "safe"),
        (figure(status="breached", outlook="lost"), "lost"),
        (figure(status="breached", watermark=END), "breached"),
        (figure(status="breached", state="final"), "breached"),
        (figure(status="breached", until=None), "lost"),
        (figure(status="met", watermark=END), "kept"),
        (figure(status="no_data"), "no-data"),
        (figure(good=0, total=0), "no-data"),
        (figure(good=0, total=0, outlook="tight"), "tight"),
        (figure(watermark=None), "safe"),
    ],
)
def test_a_disc_is_filled_only_when_its_period_is_over(row: FigureRow, wanted: str) -> None:
    assert disc(row) == wanted


def test_the_worst_target_stands_for_the_commitment() -> None:
    assert worst([figure(), figure(outlook="tight"), figure(status="met")]) == "tight"
    assert worst([]) == "no-data"


def test_counts_stand_before_shares_while_they_are_few() -> None:
    assert figure_words(figure(), EN) == "7 of 8"
    assert figure_words(figure(good=98, total=99), FR) == "98 sur 99"
    assert figure_words(figure(good=988, total=1_000), FR) == "98,8\u202f%"
    assert figure_words(figure(good=0, total=0), EN) == "no data"
    assert short_figure(figure(), (7, 8), EN) == "7/8"


def test_a_share_next_to_its_target_is_exact_enough() -> None:
    assert figure_words(figure(good=89_999, total=100_000), EN) == "89.999\u202f%"


def test_the_sentence_says_what_is_true_now() -> None:
    tight = figure(outlook="tight")
    assert state_sentence(replace(tight, misses_left=0), "November 2026", EN) == (
        "November 2026 stands at 7 of 8; one more miss loses it."
    )
    assert disc_words(replace(tight, misses_left=0), EN) == "tight"
    assert (disc(tight), disc_words(tight, EN), disc_words(tight, FR)) == (
        "tight", "off target so far", "hors objectif à ce jour",
    )  # fmt: skip
    assert state_sentence(tight, "November 2026", EN) == (
        "November 2026 stands at 7 of 8, below its target; it can still be met."
    )
    assert state_sentence(replace(tight, must_keep=56), "November 2026", EN) == (
        "November 2026 stands at 7 of 8, below its target: the next 56 must be kept to meet it."
    )
    assert state_sentence(replace(tight, must_keep=1), "novembre 2026", FR) == (
        "Novembre 2026\u00a0: 7 sur 8, sous l’objectif\u00a0: la prochaine doit être tenue pour l’atteindre."
    )
    assert (
        state_sentence(figure(good=0, total=0), "novembre 2026", FR) == "novembre 2026\u00a0: rien n’est encore jugé."
    )


def test_partial_periods_say_how_much_is_judged() -> None:
    assert due_words(figure(), EN) == "8 of 17 due are judged"


def test_a_restated_figure_shows_what_it_was() -> None:
    assert was_words(figure(state="restated", final=final(13, 17)), EN) == "13/17"
    assert was_words(figure(), EN) == ""


def test_a_restatement_that_leaves_the_figure_says_which_verdicts_it_changed() -> None:
    same = figure(state="restated", final=final(7, 8))
    assert same.adjusted == (7, 8)
    assert was_words(same, EN) == ""
    was, now = {"met": 7, "late": 0, "missing": 1}, {"met": 7, "late": 1, "missing": 0}
    assert verdicts_changed(was, now, EN) == "1 late instead of 0 and 0 missing instead of 1"
    assert verdicts_changed(now, now, EN) == verdicts_changed(None, now, EN) == ""


def test_each_form_of_target_finds_its_place_in_the_chart() -> None:
    by_share = point(figure(), EN, is_current=True)
    assert by_share is not None
    assert (by_share.value, by_share.target) == (Fraction(7, 8), Fraction(9, 10))
    by_misses = point(figure(target="max_misses 2"), EN, is_current=False)
    assert by_misses is not None
    assert (by_misses.value, by_misses.target) == (Fraction(-1), Fraction(-2))
    assert point(figure(target="max_consecutive_misses 2"), EN, is_current=False) is None
