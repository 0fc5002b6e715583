"""Days that people name are bounded: somebody unrolls dates up to them, and a calendar ends somewhere."""

from __future__ import annotations

from datetime import date

from domain.saying import said
from domain.times import FIRST_DAY, LAST_DAY
from services.errors import Invalid


def within_bounds(day: date, place: str | None = None) -> date:
    """The day itself. Raises Invalid where it lies outside FIRST_DAY to LAST_DAY."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid(
            said(
                "{day} lies outside {first_day} to {last_day}",
                day=day,
                first_day=FIRST_DAY.year,
                last_day=LAST_DAY.year,
            ),
            place=place,
            mend=said("a day of these years"),
        )
    return day
