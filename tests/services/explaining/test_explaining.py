"""Why: of every verdict and of every figure, as values and in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from dashboards.explanations import occurrence_sentences
from dashboards.figure_explanations import figure_sentences
from dashboards.language import LANGUAGES, language
from dashboards.moments import Moments
from domain.terms import Condition
from services.access import ADMINISTRATOR, principal
from services.arrivals.comparing import Unmet
from services.contracts.reading import read_contract
from services.errors import NotFound
from services.explaining.figures import explain_figure, four_places
from services.explaining.occurrences import explain_occurrence
from services.explaining.shapes import WhyFigure, WhyOccurrence
from services.explaining.shown import comparison_json, explanation_json, figure_explanation_json
from tests.given import (
    Tree,
    at,
    conformity,
    contract,
    criterion,
    deadline,
    due,
    event,
    pausable,
    punctuality,
    turnaround,
)
from tests.services.excused import Parties
from tests.services.judged import Life, living
from tests.services.published import published

HOLIDAYS: Tree = {
    "open": {"mon-fri": ["09:00-12:00", "13:00-17:00"]},
    "closures": ["2026-03-04", "2026-03-05..2026-03-06"],
}
ON_TIME = "c/d/on-time"


def occurrence(life: Life, key: str) -> dict[str, Any]:
    row = life.store.read(ADMINISTRATOR, explain_occurrence, ON_TIME, key)
    return dict(published(WhyOccurrence, explanation_json(row, "Europe/Paris")))


def figure(life: Life, period: str | None = None, commitment: str = ON_TIME) -> dict[str, Any]:
    [found] = life.store.read(ADMINISTRATOR, explain_figure, commitment, period)
    return dict(published(WhyFigure, figure_explanation_json(found, "Europe/Paris")))


def said(life: Life, key: str | None, code: str = "en") -> str:
    store = life.store
    row = store.read(ADMINISTRATOR, read_contract, "c")
    clock = Moments.of(language(code), "Europe/Paris", store.seeing.known().watermark)
    if key is not None:
        return "\n".join(occurrence_sentences(store.read(ADMINISTRATOR, explain_occurrence, ON_TIME, key), row, clock))
    return "\n".join(
        line for one in store.read(ADMINISTRATOR, explain_figure, ON_TIME) for line in figure_sentences(one, row, clock)
    )


def test_closed_days_between_opening_and_limit_are_named_with_why(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(contract(criterion(turnaround(within="9 working hours")), calendar=HOLIDAYS))
        life.happen(event("opened", "03-03 15:00", "1"), event("closed", "03-10 09:00", "1"))
        found = occurrence(life, "1")["counted"]
        assert [(one["day"], one["because"]) for one in found["closed_days"]] == [
            ("2026-03-04", "closure"),
            ("2026-03-05", "closure"),
            ("2026-03-06", "closure"),
            ("2026-03-07", "weekly"),
            ("2026-03-08", "weekly"),
        ]
        assert found["opening_hours"] == [
            {"day": "2026-03-03", "hours": "09:00-12:00, 13:00-17:00"},
            {"day": "2026-03-09", "hours": "09:00-12:00, 13:00-17:00"},
        ]
        assert found["duration"] == "9 working hours"
        assert "(never open that day)" in said(life, "1")


def test_elapsed_time_names_no_day() -> None:
    with living() as life:
        life.sign(contract(criterion(turnaround(within="200 h")), calendar=HOLIDAYS))
        life.happen(event("opened", "03-03 15:00", "1"))
        assert occurrence(life, "1")["counted"]["closed_days"] == []


def test_a_date_that_a_closed_day_moved_says_from_where() -> None:
    with living() as life:
        tree = contract(criterion(punctuality(on_closed_day="next")), calendar=HOLIDAYS | {"closures": ["2026-03-02"]})
        life.sign(tree)
        life.advance("2026-03-03 12:00")
        found = occurrence(life, "2026-03-02")["counted"]
        assert (found["nominal"], found["closed_days"]) == (
            "2026-03-02",
            [{"day": "2026-03-02", "because": "closure"}],
        )
        assert occurrence(life, "2026-03-09")["counted"]["nominal"] is None
        assert "which is closed: the due was moved" in said(life, "2026-03-02")


def test_the_pauses_that_counted_are_listed_with_the_due_after_each() -> None:
    causes = {"path": "data.reason", "client": ["waiting"]}
    with living() as life:
        life.sign(contract(criterion(pausable(pause_causes=causes))))
        life.happen(
            event("opened", "03-02 10:00", "1"),
            event("paused", "03-02 11:00", "1", reason="waiting"),
            event("resumed", "03-02 12:00", "1"),
            event("paused", "03-02 12:30", "1", reason="lunch"),
            event("resumed", "03-02 13:30", "1"),
            event("paused", "03-02 14:00", "1", reason="waiting"),
        )
        found = occurrence(life, "1")["counted"]
        assert found["due_without_pauses"] == "2026-03-02T14:00:00+01:00"
        assert [
            (one["from"][11:16], one["until"] and one["until"][11:16], one["due"][11:16]) for one in found["pauses"]
        ] == [
            ("11:00", "12:00", "15:00"),
            ("14:00", None, "15:00"),
        ]
        assert "the clock stands still" in said(life, "1")
        assert "le temps ne court pas" in said(life, "1", "fr")


def test_what_was_cancelled_in_time_and_what_has_no_due_count_nowhere_and_say_so() -> None:
    with living() as life:
        life.sign(contract(criterion(deadline(cancelled={"type": "cancelled"}))))
        life.happen(
            event("opened", "03-02 10:00", "1", **due("03-05 10:00")),
            event("cancelled", "03-03 10:00", "1"),
            event("opened", "03-02 10:00", "2"),
        )
        life.advance("2026-03-10")
        dropped, without_due = occurrence(life, "1"), occurrence(life, "2")
        assert (dropped["verdict"], dropped["standing"], dropped["changed_by"]) == (None, "dropped", [])
        assert (without_due["verdict"], without_due["standing"]) == (None, "without-due")
        assert "1: dropped: cancelled in time, counts nowhere." in said(life, "1")
        assert "1\N{NO-BREAK SPACE}: hors compte" in said(life, "1", "fr")
        assert "2: without a due date: counted apart, in no total." in said(life, "2")
        for key in ("1", "2"):
            assert "failed" not in said(life, key)
            assert "unknown" not in said(life, key)


def test_what_is_not_owed_says_why_there_is_nothing_to_explain() -> None:
    with living() as life:
        life.sign(contract(criterion(deadline()), valid={"from": "2026-03-01"}))
        life.happen(event("closed", "03-02 10:00", "1"), event("opened", "02-02 10:00", "2", **due("03-05 10:00")))
        with pytest.raises(NotFound, match="events name it, but none opens it"):
            occurrence(life, "1")
        with pytest.raises(NotFound, match="outside the validity of the contract"):
            occurrence(life, "2")


def test_an_excuse_and_what_is_underneath_are_said() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("2026-03-03 12:00")
        Parties(life).excuse("2026-03-02")
        words = said(life, "2026-03-02")
        assert "Without the excuse it is missing." in words
        assert "they were closed" in words


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_verdict_is_said_with_version_due_events_and_changes(code: str) -> None:
    with living() as life:
        life.sign(contract(criterion(deadline(tolerance="15 min"))))
        life.happen(event("opened", "03-02 10:00", "1", **due("03-02 12:00")), event("closed", "03-02 12:16", "1"))
        words = said(life, "1", code)
        assert "2026-03-02T11:00:00Z" in words
        position = occurrence(life, "1")["events"][1]["position"]
        assert f"{position}" in words
        assert len(words.splitlines()) >= 6


# Figures


def items(life: Life, good: int, bad: int, day: str = "03-02") -> None:
    for number in range(good + bad):
        life.happen(event("item", f"{day} 10:{number:02d}", f"{day}-{number}", errors=int(number >= good)))


@pytest.mark.parametrize(
    ("good", "bad", "changed"),
    [
        (9, 1, {"code": "can_bear", "misses": 0}),
        (18, 2, {"code": "can_bear", "misses": 0}),
        (19, 1, {"code": "can_bear", "misses": 1}),
        (8, 1, {"code": "too_many", "misses": 1}),
        (5, 5, {"code": "too_many", "misses": 4}),
    ],
)
def test_a_share_says_how_many_misses_it_bears_or_had_too_many(good: int, bad: int, changed: dict[str, object]) -> None:
    with living() as life:
        life.sign(contract(criterion(conformity())))
        items(life, good, bad)
        life.advance("2026-04-05")
        found = figure(life, "2026-03")
        assert found["changed_by"] == [changed]
        [segment] = found["segments"]
        assert (segment["sign"], segment["bound"], segment["is_reached"]) == (
            "≥",
            "9/10",
            changed["code"] == "can_bear",
        )
        assert found["exact"] == str(segment["reached"])


def test_while_more_may_come_a_share_says_how_many_more_misses_it_bears_now() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity())))
        items(life, 18, 0)
        life.advance("2026-03-10")
        assert figure(life)["changed_by"] == [{"code": "can_bear", "misses": 2}]  # 18 of 20


def test_numbers_of_misses_and_misses_in_a_row() -> None:
    targets = [{"max_misses": 2, "per": "month"}, {"max_consecutive_misses": 1, "per": "month"}]
    with living() as life:
        life.sign(contract(criterion(punctuality(), targets=targets)))
        life.happen(
            event("report", "03-23 09:00", date="2026-03-23"), event("report", "03-30 09:00", date="2026-03-30")
        )
        life.advance("2026-04-05")
        misses, in_a_row = life.store.read(ADMINISTRATOR, explain_figure, ON_TIME, "2026-03")
        shown = figure_explanation_json(misses, "Europe/Paris")
        assert shown["changed_by"] == [{"code": "too_many", "misses": 1}]
        assert [one["key"] for one in shown["misses"]] == ["2026-03-02", "2026-03-09", "2026-03-16"]
        shown = figure_explanation_json(in_a_row, "Europe/Paris")
        assert shown["changed_by"] == [{"code": "too_many_in_a_row", "misses": 2}]
        assert shown["segments"][0]["reached"] == "3"


def test_each_wording_is_compared_with_its_own_target() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity())))
        items(life, 1, 1, "03-02")
        changed = criterion(conformity(), target={"at_least": "50 %", "per": "month"})
        life.sign(contract(changed, effective="2026-03-16"))
        items(life, 1, 1, "03-20")
        life.advance("2026-04-05")
        found = figure(life, "2026-03")
        assert [(one["version"], one["reached"], one["bound"], one["is_reached"]) for one in found["segments"]] == [
            (1, "1/2", "9/10", False),
            (2, "1/2", "1/2", True),
        ]
        assert found["changed_by"] == [
            {"code": "too_many", "version": 1, "misses": 1},
            {"code": "can_bear", "version": 2, "misses": 0},
        ]


def test_too_few_to_count_says_how_many_are_needed() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity(), min_count=5)))
        items(life, 3, 0)
        life.advance("2026-04-05")
        found = figure(life, "2026-03")
        assert found["status"] == "no_data"
        assert found["changed_by"][0] == {"code": "needs_judged", "count": "2", "min_count": 5}


def test_part_of_a_second_is_said_as_a_whole_one_that_is_needed() -> None:
    with living() as life:
        down = {"kind": "availability", "down": {"type": "down"}, "up": {"type": "up"}}
        life.sign(contract(criterion(down, min_count=3_000_000)))
        life.happen(event("up", "01-01 00:00", "s"))
        life.advance(at("2026-01-02 00:00") + 250_000)
        assert figure(life)["changed_by"][0] == {
            "code": "needs_judged",
            "count": "2913599.75",
            "min_count": 3_000_000,
        }
        assert "2 913 600 more must be judged before it counts (3000000)." in said(life, None).replace("\u202f", " ")


def test_service_time_and_values_are_compared_exactly() -> None:
    with living() as life:
        down = {"kind": "availability", "down": {"type": "down"}, "up": {"type": "up"}}
        measured = {"kind": "measure", "each": {"type": "item"}, "value": "data.errors", "aggregate": "mean"}
        late = criterion(measured, "mean", target={"at_most": 1, "per": "month"})
        life.sign(contract(criterion(down, "up", target={"at_least": "50 %", "per": "month"}), late))
        life.happen(event("up", "03-01 00:00", "s"), event("down", "03-01 06:00", "s"), event("up", "03-02 00:00", "s"))
        items(life, 1, 0, "03-05")
        life.happen(event("item", "03-05 11:00", errors=3))
        life.advance(at("2026-03-02 00:00"))
        found = figure(life, "2026-03", "c/d/up")
        assert found["changed_by"] == [{"code": "can_bear_time", "seconds": "1272600", "allowed": "1337400"}]
        assert found["segments"][0]["reached"] == "1/4"
        found = figure(life, "2026-03", "c/d/mean")
        assert found["segments"][0]["reached"] == "3/2"
        assert found["changed_by"] == [{"code": "value_needed", "sign": "≤", "bound": "1"}]


def test_a_bound_of_many_places_is_told_exactly() -> None:
    assert [four_places(Fraction(one)) for one in ("1.23456", "2/3", "1/2", "10", "0.00001")] == [
        "1.23456", "0.6667", "0.5", "10", "0.00001"
    ]  # fmt: skip
    condition = Condition("in", ("a", True, Decimal("1.50")))
    assert dict(comparison_json(Unmet("data.b", condition, "c")))["expected"] == "in a, true, 1.50"


@pytest.mark.parametrize("code", LANGUAGES)
def test_figures_are_said_in_both_languages(code: str) -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality(), min_count=9)))
        life.advance("2026-02-04")
        words = said(life, None, code)
        assert len(words.splitlines()) >= 5
        assert "{" not in words


def test_what_has_no_figure_or_is_not_yours_is_not_found() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity())))
        with pytest.raises(NotFound, match="no figure for 1999-01"):
            life.store.read(ADMINISTRATOR, explain_figure, ON_TIME, "1999-01")
        with pytest.raises(NotFound):
            life.store.read(principal("stranger"), explain_figure, ON_TIME)


def test_a_restatement_that_leaves_the_figure_says_which_verdicts_it_changed() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality(), target={"max_misses": 4, "per": "month"})))
        life.advance("2026-04-01")
        life.happen(event("report", "03-02 11:00", date="2026-03-02"))
        [one] = life.store.read(ADMINISTRATOR, explain_figure, ON_TIME, "2026-03")
        assert (one.figure.state, one.figure.adjusted) == ("restated", (0, 5))
        row = life.store.read(ADMINISTRATOR, read_contract, "c")
        clock = Moments.of(language("en"), "Europe/Paris", life.store.seeing.known().watermark)
        words = "\n".join(figure_sentences(one, row, clock))
        assert "1 late instead of 0 and 4 missing instead of 5" in words
        assert "it was 0/5" not in words


def test_a_final_figure_says_what_nobody_can_decide_yet() -> None:
    with living() as life:
        life.sign(contract(criterion(pausable())))
        life.happen(event("opened", "03-02 10:00", "1"), event("paused", "03-02 11:00", "1"))
        life.advance("2026-04-02")
        [one] = life.store.read(ADMINISTRATOR, explain_figure, ON_TIME, "2026-03")
        assert (one.figure.state, one.figure.status) == ("final", "open")
        row = life.store.read(ADMINISTRATOR, read_contract, "c")
        for code, words in (("en", "nobody can decide it before its pause"), ("fr", "avant la fin de sa suspension")):
            clock = Moments.of(language(code), "Europe/Paris", life.store.seeing.known().watermark)
            assert words in "\n".join(figure_sentences(one, row, clock))


def test_a_figure_names_the_version_that_its_verdicts_name_where_both_say_the_same_of_it() -> None:
    """Another deliverable was amended: of this one the wording is that of version 1, and version 2 is in force."""
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.sign(contract(criterion(punctuality()), title="Renamed", effective="2026-03-16"))
        life.advance("2026-05-01")
        versions = [figure(life, period)["segments"][0]["version"] for period in ("2026-02", "2026-03", "2026-04")]
        [april] = life.store.read(ADMINISTRATOR, explain_figure, ON_TIME, "2026-04")
        row = life.store.read(ADMINISTRATOR, explain_occurrence, ON_TIME, "2026-04-06")
    assert (versions, row.contract_version, april.segments[0].version) == ([1, 2, 2], 2, 2)
