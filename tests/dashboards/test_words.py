"""Rules, targets and periods in words, for all four kinds and both languages."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from fractions import Fraction

import pytest

from dashboards.language import FIRM, language
from dashboards.recurrences import every_words
from dashboards.words import action_words, bound_words, key_words, period_short, period_words, rule_sentence
from domain.durations import Elapsed, EndOfDay, NominalDays, WorkingDays, WorkingHours
from domain.terms import (
    Condition,
    Conformity,
    ContractTerms,
    Criterion,
    Deadline,
    DueRule,
    DurationTable,
    Indicator,
    Punctuality,
    Selector,
    Target,
    Text,
    Turnaround,
)

EN, FR = language("en"), language("fr")
DELIVERED = Selector(("report.delivered",))
ONE_A_QUARTER = Target("max_misses", Fraction(1), "quarter")
MINUTE, HOUR = 60_000_000, 3_600_000_000
TERMS = ContractTerms(
    "c",
    Text((("", "C"),)),
    "s",
    "k",
    "Europe/Paris",
    date(2026, 1, 1),
    None,
    date(2026, 1, 1),
    None,
    NominalDays(0),
    None,
    (),
)


def words(indicator: Indicator, *targets: Target) -> tuple[str, str]:
    it = Criterion("x", Text((("", "X"),)), None, indicator, targets or (ONE_A_QUARTER,), Decimal(1))
    return tuple(rule_sentence(it, TERMS, one).replace("\u202f", " ").replace("\u00a0", " ") for one in (EN, FR))  # type: ignore[return-value]


def test_a_dated_rule_reads_as_one_sentence() -> None:
    assert words(Punctuality(DELIVERED, DueRule("monday", (time(10),)))) == (
        "every Monday by 10:00 · at most 1 miss a quarter",
        "chaque lundi avant 10 h · au plus 1 manquement par trimestre",
    )


def test_tolerance_and_several_times_are_said() -> None:
    rule = Punctuality(DELIVERED, DueRule("monday,thursday", (time(9), time(17, 30))), tolerance=Elapsed(10 * MINUTE))
    assert words(rule, Target("at_least", Fraction(95, 100), "month")) == (
        "every Monday and Thursday by 09:00 and 17:30, 10 min tolerated · at least 95 % a month",
        "chaque lundi et jeudi avant 9 h et 17 h 30, 10 min de tolérance · au moins 95 % par mois",
    )
    rule = Punctuality(DELIVERED, DueRule("day", (time(9),)), tolerance=EndOfDay())
    assert words(rule)[1].startswith("chaque jour avant 9 h, jusqu’à la fin de ce jour")


def test_a_deadline_is_each_cases_own() -> None:
    rule = Deadline(DELIVERED, "data.due", DELIVERED, tolerance=WorkingDays(1))
    assert words(rule)[0] == "each case by its own due date, 1 working day tolerated · at most 1 miss a quarter"
    assert words(rule)[1].startswith("chaque cas avant sa propre échéance, 1 jour ouvré de tolérance")


def test_a_turnaround_names_the_kind_of_its_time() -> None:
    assert words(Turnaround(DELIVERED, DELIVERED, WorkingHours(8 * HOUR)))[1].startswith(
        "chaque cas en 8 heures ouvrées"
    )
    assert words(Turnaround(DELIVERED, DELIVERED, NominalDays(3), under=True))[0].startswith(
        "each case in less than 3 days"
    )
    assert words(Turnaround(DELIVERED, DELIVERED, WorkingHours(90 * MINUTE)))[1].startswith(
        "chaque cas en 1 h 30 ouvrées"
    )
    table = DurationTable("data.priority", (("1", WorkingHours(4 * HOUR)),), WorkingDays(5))
    assert words(Turnaround(DELIVERED, DELIVERED, table)) == (
        "each case within a time that depends on priority: 1: 4 working hours, else 5 working days"
        " · at most 1 miss a quarter",
        "chaque cas dans un délai selon le champ « priority » : 1 : 4 heures ouvrées, sinon 5 jours ouvrés"
        " · au plus 1 manquement par trimestre",
    )


def test_conformity_says_its_conditions() -> None:
    where = (
        ("data.missing_products", (Condition("le", 0),)),
        ("data.state", (Condition("in", ("done", "sent")),)),
        ("data.note", (Condition("exists", False),)),
        ("data.url", (Condition("starts_with", "https:"),)),
        ("data.ok", (Condition("eq", True),)),
        ("data.rate", (Condition("ge", Decimal("0.5")),)),
    )
    assert words(Conformity(DELIVERED, where), Target("max_consecutive_misses", Fraction(2), "half")) == (
        "missing products ≤ 0, state one of done, sent, note absent, url starting with https:, ok = yes and rate ≥ 0.5"
        " · at most 2 misses in a row a half-year",
        "le champ « missing products » vaut au plus 0, le champ « state » vaut l’un de : done, sent, "
        "le champ « note » est absent, le champ « url » commence par https:, le champ « ok » vaut oui et "
        "le champ « rate » vaut au moins 0,5"
        " · au plus 2 manquements de suite par semestre",
    )


@pytest.mark.parametrize(
    ("every", "en", "fr"),
    [
        ("[monday, thursday]", "every Monday and Thursday", "chaque lundi et jeudi"),
        ("working day", "every working day", "chaque jour ouvré"),
        (
            "last working day of the quarter",
            "on the last working day of each quarter",
            "le dernier jour ouvré du trimestre",
        ),
        ("FREQ=MONTHLY;BYDAY=1TU", "the first Tuesday of every month", "le premier mardi de chaque mois"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "the last Friday of every month", "le dernier vendredi de chaque mois"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "the 1st of every month", "le 1er de chaque mois"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "the 22nd of every month", "le 22 de chaque mois"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "the last day of every month", "le dernier jour de chaque mois"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday", "chaque lundi et jeudi"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "every 2 weeks on Monday", "toutes les 2 semaines, lundi"),
        ("FREQ=DAILY", "every day", "chaque jour"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=12", "the 12th of March of every year", "le 12 mars de chaque année"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
            "by the rule FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
            "selon la règle FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        ),
        ("something unheard of", "something unheard of", "something unheard of"),
    ],
)
def test_day_rules_are_said_as_people_say_them(every: str, en: str, fr: str) -> None:
    assert (every_words(every, EN), every_words(every, FR)) == (en, fr)


@pytest.mark.parametrize(
    ("period", "en", "fr", "short"),
    [
        ("2026-11", "November 2026", "novembre 2026", ("nov.", "2026")),
        ("2026-Q1", "Q1 2026", "1er trimestre 2026", ("T1", "2026")),
        ("2026-Q4", "Q4 2026", "4e trimestre 2026", ("T4", "2026")),
        ("2026-H2", "H2 2026", "2e semestre 2026", ("S2", "2026")),
        ("2026-W47", "week 47 of 2026", "semaine 47 de 2026", ("s47", "2026")),
        ("2026", "2026", "2026", ("2026", "")),
        ("contract", "the whole contract", "tout le contrat", ("tout le contrat", "")),
        ("rolling-28d", "the last 28 days", "les 28 derniers jours", ("rolling-28d", "")),
    ],
)
def test_periods_have_names(period: str, en: str, fr: str, short: tuple[str, str]) -> None:
    assert (period_words(period, EN), period_words(period, FR), period_short(period, FR)) == (en, fr, short)


def test_the_target_of_a_measure_is_a_number_or_a_time() -> None:
    assert bound_words("at_most 4 h", EN) == f"at most 4{FIRM}h"
    assert bound_words("at_least 4.2", FR) == "au moins 4,2"


def test_a_target_of_a_kind_unknown_here_is_shown_as_it_is() -> None:
    assert bound_words("exactly 3", EN) == "exactly 3"


def test_an_action_that_nobody_worded_says_what_it_is_about() -> None:
    assert action_words("", "target-lost", EN) == "Mend what led to a breach: target lost"
    assert action_words("Call the school", "late", FR) == "Call the school"
    assert action_words(" ", "some-new-cause", EN).endswith("some new cause")


@pytest.mark.parametrize(
    ("key", "period", "wanted"),
    [
        ("2026-11-09", "2026-11", "lun.\u00a09\u00a0nov.\u00a02026"),
        ("2026-99-99", None, "2026-99-99"),
        ("INC-7", "2026-11", "INC-7"),
        (None, "2026-Q4", "4e trimestre 2026"),
        (None, None, ""),
    ],
)
def test_keys_that_are_dates_are_said_as_dates(key: str | None, period: str | None, wanted: str) -> None:
    assert key_words(key, period, FR) == wanted
