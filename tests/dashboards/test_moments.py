"""Intervals as people say them."""

from __future__ import annotations

from dashboards.language import FIRM, language
from dashboards.moments import Moments
from tests.given import at

CLOCK = Moments.of(language("fr"), "Europe/Paris", at("2026-11-24 12:00"))


def said(*ends: str) -> tuple[str, ...]:
    """With the spaces that keep a date, and an hour, in one line."""
    return tuple(end.replace(", ", ",").replace(" ", FIRM).replace(",", ", ") for end in ends)


def test_an_interval_of_whole_days_ends_with_its_last_day_also_over_the_change_of_the_clock() -> None:
    assert CLOCK.extent(at("2026-10-01 00:00"), at("2026-11-01 00:00")) == said("jeu. 1er oct.", "sam. 31 oct.")


def test_any_other_is_said_by_its_moments() -> None:
    ends = said("ven. 20 nov., 0 h", "sam. 21 nov., 10 h")
    assert CLOCK.extent(at("2026-11-20 00:00"), at("2026-11-21 10:00")) == ends
