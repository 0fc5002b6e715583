"""Where and when streams play: zones, days on which something is odd there, and moments on or beside every boundary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.times import DAY, wall, zone

Tree = dict[str, Any]

PLACES: list[tuple[str, list[str]]] = [
    ("Europe/Paris", ["2026-03-29", "2026-10-25", "2026-01-01"]),
    ("America/New_York", ["2026-03-08", "2026-11-01", "2025-12-31"]),
    ("Asia/Kolkata", ["2026-01-31", "2024-02-29"]),
    ("Australia/Lord_Howe", ["2026-04-05", "2026-10-04"]),
    ("America/Santiago", ["2026-04-05", "2026-09-06"]),
    ("America/Havana", ["2026-03-08", "2026-11-01"]),
    ("Africa/Casablanca", ["2026-02-15", "2026-03-22"]),
    ("Pacific/Apia", ["2026-04-01", "2011-12-30"]),
    ("UTC", ["2026-06-30"]),
]
"""Zones, and days around which something is odd there."""


CLOCKS = ["00:00", "00:30", "02:00", "02:30", "10:00", "17:00", "23:30"]
SHIFTS = [timedelta()] * 4 + [
    sign * length
    for sign in (1, -1)
    for length in (timedelta.resolution, timedelta(seconds=1), timedelta(minutes=30), timedelta(hours=1))
]


@dataclass(frozen=True)
class World:
    """Where and when: a zone, and the days that matter, the odd one in their midst."""

    zone_name: str
    first: date
    odd: date

    def day(self, draw: st.DrawFn, least: int = 0, most: int = 75) -> date:
        return (
            draw(st.sampled_from([self.odd, self.odd + DAY, self.odd - DAY]))
            if draw(st.integers(0, 3)) == 0
            else (self.first + draw(st.integers(least, most)) * DAY)
        )

    def moment(self, draw: st.DrawFn) -> datetime:
        """On a boundary or beside it."""
        at = time.fromisoformat(draw(st.sampled_from(CLOCKS)))
        return wall(self.day(draw, -10), at, zone(self.zone_name)) + draw(st.sampled_from(SHIFTS))


def chance(draw: st.DrawFn, one_in: int) -> bool:
    return draw(st.integers(1, one_in)) == one_in


@st.composite
def worlds(draw: st.DrawFn) -> World:
    name, days = draw(st.sampled_from(PLACES))
    odd = date.fromisoformat(draw(st.sampled_from(days)))
    first = draw(st.sampled_from([odd - 40 * DAY, odd - 7 * DAY, odd, odd.replace(day=1), odd - 20 * DAY]))
    return World(name, first, odd)
