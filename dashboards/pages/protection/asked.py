"""Which rows of the log somebody asks for, by days in the organisation's zone."""

from __future__ import annotations

from datetime import date, timedelta

from dashboards.pages.house.frame import View
from domain.saying import said
from domain.times import day_start, zone
from services.access_log import EVERYTHING, SORTS, Wanted
from services.errors import Invalid


def wanted_of(view: View, person: str, kind: str, since: str, until: str) -> Wanted:
    """`since` and `until` are days, both included. Raises Invalid."""
    if kind and kind not in SORTS:
        raise Invalid(said("“{kind}” is nothing that is noted", kind=kind), mend=", ".join(SORTS))
    start = _start(view, since, 0)
    end = _start(view, until, 1)
    return Wanted(
        person.strip(),
        kind,
        EVERYTHING.since if start is None else start,
        EVERYTHING.until if end is None else end,
    )


def _start(view: View, day: str, later: int) -> int | None:
    """When the day that many days later begins; None where none is said."""
    if not day:
        return None
    try:
        return day_start(date.fromisoformat(day) + timedelta(days=later), zone(view.pages.zone))
    except (ValueError, OverflowError):
        raise Invalid(said("“{day}” is no day", day=day), mend=said("2026-10-06"), slug="date-unclear") from None
