"""Targets that a real city set, found again: `Pick up Dead Animal` is one working day, Monday–Friday 08:30–17:00.

The calendar was inferred from the records, not published; 2015 holidays as in the data's own README.
"""

from __future__ import annotations

import csv
import lzma
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from domain.calendars import Calendar
from domain.durations import MINUTE, WorkingDays
from domain.terms import CalendarTerms, DayHours
from domain.times import Instant, from_local, zone

DATA = Path(__file__).parents[2] / "../shared/data/boston311_2015/boston311_2015.csv.xz"
BOSTON = zone("America/New_York")
HOLIDAYS = ["01-01", "01-19", "02-16", "04-20", "05-25", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]
OFFICE = CalendarTerms(
    id="boston",
    timezone="America/New_York",
    weekly=(DayHours(((8 * 60 + 30, 17 * 60),)),) * 5 + (DayHours(()),) * 2,
    holidays=(*(date.fromisoformat(f"2015-{day}") for day in HOLIDAYS), date(2016, 1, 1)),
    last_year=2016,
)


@cache
def cases(kind: str) -> list[tuple[Instant, Instant]]:
    """Opening and recorded target of every case of that type that has a target."""
    if not DATA.exists():
        pytest.fail("the city's records are absent: ../shared/data/boston311_2015 beside the project's folder")
    with lzma.open(DATA, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["TYPE"] == kind and row["TARGET_DT"]]
    return [(_at(row["OPEN_DT"]), _at(row["TARGET_DT"])) for row in rows]


def _at(text: str) -> Instant:
    return from_local(datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p"), BOSTON)  # noqa: DTZ007 — wall time of the city


@pytest.mark.parametrize(
    ("kind", "days", "count", "per_mille"),
    [
        ("Pick up Dead Animal", 1, 2247, 993),
        ("CE Collection", 1, 4929, 989),
        ("Empty Litter Basket", 1, 2973, 986),
        ("Equipment Repair", 5, 1702, 972),
    ],
)
def test_the_targets_of_the_city_are_found_again(kind: str, days: int, count: int, per_mille: int) -> None:
    calendar = Calendar(OFFICE)
    found = [abs(calendar.add(opened, WorkingDays(days)) - target) <= 3 * MINUTE for opened, target in cases(kind)]
    assert len(found) == count
    rounded = (sum(found) * 2000 + count) // (2 * count)
    assert rounded >= per_mille


def test_the_holidays_matter() -> None:
    calendar = Calendar(CalendarTerms("boston", OFFICE.timezone, OFFICE.weekly))
    every = cases("Pick up Dead Animal")
    found = [abs(calendar.add(opened, WorkingDays(1)) - target) <= 3 * MINUTE for opened, target in every]
    assert sum(found) * 100 < 95 * len(every)
