"""What the sentences of an agenda call things: in words, not as the store names them (MEETING §2)."""

from __future__ import annotations

import pytest

from domain.times import to_local, zone
from services.reviews.agenda_words import (
    key_called,
    moment_called,
    number_called,
    period_called,
    target_words,
    within_period,
)
from tests.given import at, contract, criterion, event, punctuality, turnaround
from tests.services.judged import living
from tests.services.reviews.test_agenda_standing import MONTHLY, items


@pytest.mark.parametrize(
    ("period", "english", "french", "within_english", "within_french"),
    [
        ("2026-03", "March 2026", "mars 2026", "in March 2026", "en mars 2026"),
        ("2026-Q1", "Q1 2026", "1er trimestre 2026", "in Q1 2026", "au 1er trimestre 2026"),
        ("2026-H2", "H2 2026", "2e semestre 2026", "in H2 2026", "au 2e semestre 2026"),
        ("2026-W47", "week 47 of 2026", "semaine 47 de 2026", "in week 47 of 2026", "en semaine 47 de 2026"),
        (
            "rolling-28d",
            "the last 28 days",
            "les 28 derniers jours",
            "in the last 28 days",
            "sur les 28 derniers jours",
        ),
        ("contract", "the whole contract", "tout le contrat", "in the whole contract", "sur tout le contrat"),
        ("other", "other", "other", "in other", "sur other"),
    ],
)
def test_a_period_is_said_in_words(
    period: str, english: str, french: str, within_english: str, within_french: str
) -> None:
    assert period_called(period) == {"en": english, "fr": french}
    assert within_period(period) == {"en": within_english, "fr": within_french}


def test_an_occurrence_is_said_by_its_day_and_a_case_by_its_id() -> None:
    assert key_called("2026-11-01") == {"en": "1 November 2026", "fr": "1er novembre 2026"}
    assert key_called("T-1") == {"en": "T-1", "fr": "T-1"}
    assert moment_called(to_local(at("2026-11-05 10:00"), zone("Europe/Paris"))) == {
        "en": "5 November 2026, 10:00",
        "fr": "5 novembre 2026, 10 h",
    }


def test_breaches_of_which_nobody_named_the_root_cause_are_called_by_what_they_are_of() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality(), each_miss="breach"), review=MONTHLY))
        life.advance("08-04 14:00")
        found = items(life)["repeat:d/missing"]["sentence"]
    assert found["en"].startswith("A deliverable, missing: ")
    assert found["fr"].startswith("A deliverable, manquante : ")


def test_a_target_that_is_missed_so_far_is_not_said_to_be_lost_by_one_more_miss() -> None:
    """What may still come of cases has no number."""
    target = {"at_least": "90 %", "per": "quarter"}
    with living() as life:
        life.sign(contract(criterion(turnaround(), targets=[target]), review=MONTHLY))
        life.happen(
            event("opened", "07-06 09:00", id="a", subject="1"), event("opened", "07-06 09:00", id="b", subject="2")
        )
        life.happen(
            event("closed", "07-06 10:00", id="c", subject="1"), event("closed", "07-31 10:00", id="d", subject="2")
        )
        life.advance("08-04 14:00")
        found = items(life)["tight:figure:c/d/on-time#0@2026-Q3"]["sentence"]
    assert found["en"] == (
        "A deliverable, on-time: below its target so far; it takes 8 more, all kept, to reach it (at least 90 %, Q3 2026)"
    )
    assert found["fr"] == (
        "A deliverable, on-time : sous l’objectif à ce jour ; il en faut encore 8, toutes tenues, pour l’atteindre "
        "(au moins 90 %, 3e trimestre 2026)"
    )


def test_numbers_have_a_comma_in_french() -> None:
    assert target_words("at_least 99.4 %") == {"en": "at least 99.4 %", "fr": "au moins 99,4 %"}
    assert number_called("3 h") == {"en": "3 h", "fr": "3 h"}
