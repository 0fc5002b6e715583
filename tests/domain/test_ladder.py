"""Worked example A-5: the ladder of an action that is due on a Friday before Whit Monday, and the reminder before it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.before import counted_back
from domain.calendars import Calendar
from domain.durations import Elapsed, NominalDays, WorkingDays, WorkingHours
from domain.ladder import limits, reminder
from domain.terms import CalendarTerms, DayHours, Rung
from domain.times import instant, show
from tests.given import PARIS

DAY = DayHours(((9 * 60, 17 * 60),))
OFFICE = Calendar(
    CalendarTerms(
        "office-fr", "Europe/Paris", (*(DAY,) * 5, DayHours(()), DayHours(())), None, (date(2026, 5, 25),), 2026
    )
)
DUE = date(2026, 5, 22)


def test_steps_of_working_days_pass_over_whit_monday() -> None:
    rungs = [Rung(WorkingDays(days), ("owner",)) for days in (2, 5, 10)]
    assert [show(one, PARIS) for one in limits(DUE, rungs, PARIS, OFFICE) if one is not None] == [
        "2026-05-28T09:00:00+02:00", "2026-06-02T09:00:00+02:00", "2026-06-09T09:00:00+02:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "at"),
    [
        (WorkingDays(5), "2026-05-15T09:00:00+02:00"),
        (WorkingDays(1), "2026-05-21T09:00:00+02:00"),
        (NominalDays(2), "2026-05-21T00:00:00+02:00"),
        (Elapsed(3_600_000_000), "2026-05-22T23:00:00+02:00"),
    ],
)
def test_a_reminder_is_counted_back_from_the_day(before: WorkingDays | NominalDays | Elapsed, at: str) -> None:
    found = reminder(DUE, before, PARIS, OFFICE)
    assert found is not None
    assert show(found, PARIS) == at


def test_a_calendar_that_has_ended_says_no_limit() -> None:
    rungs = [Rung(WorkingDays(2), ("owner",)), Rung(NominalDays(3), ("supplier",))]
    found = limits(date(2026, 12, 31), rungs, PARIS, OFFICE)
    assert found[0] is None
    assert found[1] is not None
    assert reminder(date(2026, 12, 31), WorkingHours(1), PARIS, None) is None


def test_three_working_days_before_a_meeting_behind_the_holidays_are_twenty_days() -> None:
    """The canteen meets on Thursday 5 November 2026; schools have no lunch on Wednesdays, and holidays until 1 November."""
    lunch, none = DayHours(((8 * 60, 16 * 60 + 30),)), DayHours(())
    holidays = tuple(date(2026, 10, 17) + timedelta(days=one) for one in range(16))
    school = Calendar(
        CalendarTerms("school-fr", "Europe/Paris", (lunch, lunch, none, lunch, lunch, none, none), None, holidays, 2026)
    )
    starts = instant("2026-11-05T16:30:00+01:00")
    found = counted_back(date(2026, 11, 5), starts, WorkingDays(3), PARIS, school)
    assert show(found or 0, PARIS) == "2026-10-16T08:00:00+02:00"
    week = counted_back(date(2026, 11, 5), starts, NominalDays(7), PARIS, school)
    assert show(week or 0, PARIS) == "2026-10-29T16:30:00+01:00"
    assert counted_back(date(2026, 11, 5), starts, WorkingDays(3), PARIS, None) is None
