"""Days as people say them from where they stand."""

from __future__ import annotations

import pytest

from dashboards.language import language
from dashboards.moments import Moments
from dashboards.near import Near
from tests.given import at

NOW = at("2026-11-17 10:42")  # a Tuesday


def near(code: str) -> Near:
    return Near(Moments.of(language(code), "Europe/Paris", NOW), NOW)


@pytest.mark.parametrize(
    ("moment", "en", "fr"),
    [
        ("2026-11-17 09:00", "this morning 09:00", "ce matin à 9 h"),
        ("2026-11-17 10:42", "this morning 10:42", "ce matin à 10 h 42"),
        ("2026-11-17 10:43", "today 10:43", "aujourd’hui à 10 h 43"),
        ("2026-11-17 16:00", "today 16:00", "aujourd’hui à 16 h"),
        ("2026-11-18 00:00", "tomorrow 00:00", "demain à 0 h"),
        ("2026-11-16 23:59", "yesterday 23:59", "hier à 23 h 59"),
        ("2026-11-20 09:00", "Friday 09:00", "vendredi à 9 h"),
        ("2026-11-23 09:00", "Monday 09:00", "lundi à 9 h"),
        ("2026-11-24 09:00", "Tue 24 Nov, 09:00", "mar. 24 nov., 9 h"),
        ("2026-11-13 11:00", "last Friday 11:00", "vendredi dernier à 11 h"),
        ("2026-11-11 11:00", "last Wednesday 11:00", "mercredi dernier à 11 h"),
        ("2026-11-10 11:00", "Tue 10 Nov, 11:00", "mar. 10 nov., 11 h"),
        ("2027-01-04 11:00", "Mon 4 Jan 2027, 11:00", "lun. 4 janv. 2027, 11 h"),
    ],
)
def test_a_moment_is_said_from_now(moment: str, en: str, fr: str) -> None:
    said = {code: near(code).moment(at(moment)).replace("\xa0", " ") for code in ("en", "fr")}
    assert said == {"en": en, "fr": fr}


def test_a_day_of_this_week_is_its_weekday_whichever_side_it_lies() -> None:
    days = [near("en").in_week(near("en").moments.local_date(at(f"2026-11-{day}"))) for day in (16, 17, 18, 19, 22)]
    assert days == ["yesterday", "today", "tomorrow", "Thursday", "Sunday"]
