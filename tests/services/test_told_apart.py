"""What an explanation, a share, a score and a title say, where two things could be taken for each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from dashboards.explanations import occurrence_sentences
from dashboards.language import language
from dashboards.moments import Moments
from dashboards.naming import occurrence_name
from services.access import ADMINISTRATOR
from services.contracts.reading import read_contract
from services.explaining.occurrences import explain_occurrence
from services.explaining.shapes import WhyOccurrence
from services.explaining.shown import explanation_json
from services.figures.reading import read_scores
from services.figures.shown import score_json
from services.reviews.packs import review_pack
from services.seeing.seen import Seeing
from tests.given import OFFICE, at, conformity, contract, criterion, event, turnaround
from tests.services.judged import Life, living
from tests.services.published import published

TABLE = {"by": "data.priority", "1": "4 working hours", "else": "5 working days"}


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def said(life: Life, key: str, code: str = "en", commitment: str = "c/d/on-time") -> list[str]:
    row = life.store.read(ADMINISTRATOR, explain_occurrence, commitment, key)
    contract = life.store.read(ADMINISTRATOR, read_contract, "c")
    return occurrence_sentences(row, contract, Moments.of(language(code), "Europe/Paris", None))


def found(life: Life, key: str) -> dict[str, Any]:
    row = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", key)
    return dict(published(WhyOccurrence, explanation_json(row, "Europe/Paris")))


def test_which_duration_of_several_applied_is_said(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within=TABLE)), calendar=OFFICE))
    life.happen(event("opened", "03-05 16:00", "a", priority=1), event("opened", "03-05 16:00", "b", priority="9"))
    life.happen(event("opened", "03-05 16:00", "c"))
    assert "Priority is “1”: 4 working hours." in said(life, "a")
    assert "Priority is “9”, for which no time of its own is agreed: 5 working days." in said(life, "b")
    assert "Priority vaut « 1 » : 4 heures ouvrées." in [
        one.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        for one in said(life, "a", "fr")
    ]
    assert "Priority is not said: 5 working days." in said(life, "c")
    assert found(life, "b")["counted"]["by"] == {"path": "data.priority", "value": "9", "named": False}


def test_every_open_day_is_listed(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within="3 working days")), calendar=OFFICE))
    life.happen(event("opened", "03-05 16:00", "a"))
    assert [one["day"] for one in found(life, "a")["counted"]["opening_hours"]] == [
        "2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10",
    ]  # fmt: skip
    [hours] = [one for one in said(life, "a") if one.startswith("Open ")]
    assert (hours.count("17:00"), hours.count("Mar")) == (1, 4)


def test_a_long_list_of_open_days_says_how_many_more_there_are(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within="60 working days")), calendar=OFFICE))
    life.happen(event("opened", "03-05 16:00", "a"))
    counted = found(life, "a")["counted"]
    assert (len(counted["opening_hours"]), counted["more_open_days"]) == (40, 21)


def test_an_event_that_two_wordings_read_is_listed_once(life: Life) -> None:
    life.sign(contract(criterion(conformity(key="data.k"))))
    life.sign(contract(criterion(conformity(key="data.k", good={"data.errors": {"le": 1}})), effective="2026-03-10"))
    life.happen(event("item", "03-12 09:00", k="K", errors=2))
    assert sum(one.startswith("Checked") for one in said(life, "K")) == 1
    assert [one["decided"] for one in found(life, "K")["events"]] == [True]


def test_two_of_one_minute_have_two_names() -> None:
    clock = Moments.of(language("en"), "Europe/Paris", None)
    moments = [at(f"03-05 16:00:{second}") for second in (10, 40)]
    names = [occurrence_name(f"tool#{moment}", "conformity", moment, clock).words for moment in moments]
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in names] == [
        "event of Thu 5 Mar 2026, 16:00:10",
        "event of Thu 5 Mar 2026, 16:00:40",
    ]


def test_the_time_used_stands_still_over_a_weekend(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within="14 working hours")), calendar=OFFICE))
    life.happen(event("opened", "03-06 10:00", "a"))  # a Friday; due on Tuesday at 10:00

    def risk() -> tuple[str, bool]:
        risk = life.occurrences()["a"].risk
        assert risk is not None
        return f"{float(risk.time_used):.4f}", risk.because is not None

    for moment in ("03-06 17:00", "03-07 12:00", "03-08 23:00", "03-09 09:00"):
        life.advance(moment)
        assert risk() == ("0.4286", False)  # 6 of 14 hours
    life.advance("03-09 14:30")
    assert risk() == ("0.7500", False)  # exactly a quarter is left
    life.advance("03-09 14:31")
    assert risk()[1]


def test_an_open_period_has_no_score_of_its_losses_alone(life: Life) -> None:
    lost = {"max_misses": 0, "per": "month"}
    life.sign(
        contract(
            criterion(conformity(), "right", target=lost, weight=3),
            criterion(conformity(each={"type": "other"}), "other", target=lost, weight=5),
        )
    )
    life.happen(event("item", "01-05 09:00", errors=1), event("other", "01-05 09:00", errors=0))
    life.advance("01-20 00:00")
    [score] = life.store.read(ADMINISTRATOR, read_scores, "c")
    shown = score_json(score, "Europe/Paris")
    assert (shown["score"], shown["kept_weight"], shown["judged_weight"], shown["open_weight"]) == (None, "0", "3", "5")
    life.advance("02-01 00:00")
    shown = score_json(life.store.read(ADMINISTRATOR, read_scores, "c")[0], "Europe/Paris")
    assert (shown["score"], shown["kept_weight"], shown["judged_weight"], shown["open_weight"]) == (
        "0.6250",
        "5",
        "8",
        "0",
    )


def test_a_new_title_renames_nothing_of_before(life: Life) -> None:
    review = {"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"}
    before = contract(criterion(conformity(), title={"en": "Right"}), title={"en": "As it was"}, review=review)
    life.sign(before)
    later = contract(
        criterion(conformity(), title={"en": "Correct"}),
        title={"en": "As it is"},
        review=review,
        effective="2026-03-01",
    )
    life.sign(later)  # before time has reached any of it
    life.advance("02-15 00:00")
    row = life.store.read(ADMINISTRATOR, read_contract, "c")
    assert row.title.to("en") == "As it was"
    life.advance("03-15 00:00")
    row = life.store.read(ADMINISTRATOR, read_contract, "c")
    assert (row.title.to("en"), row.title_on(date(2026, 2, 10)).to("en")) == ("As it is", "As it was")
    shown = Seeing(life.store.history, keeps=True)
    packs = {id: review_pack(shown, ADMINISTRATOR, id) for id in ("c@2026-02-10", "c@2026-03-10")}
    titles = [
        (one["contract"]["title"]["en"], one["sides"][0]["figures"][0]["criterion"]["en"]) for one in packs.values()
    ]
    assert titles == [("As it was", "Right"), ("As it is", "Correct")]
