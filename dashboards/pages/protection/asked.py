"""Which rows of the log somebody asks for, by days in the organisation's zone."""

from __future__ import annotations

from datetime import date, timedelta

from dashboards.pages.house.frame import View
from dashboards.plain import plain
from domain.saying import said
from domain.times import day_start, zone
from services.access_log import EVERYTHING, SORTS, Wanted
from services.errors import Invalid


def wanted_of(view: View, person: str, kind: str, since: str, until: str) -> Wanted:
    """`since` and `until` are days, both included; `person` an id or a name. Raises Invalid."""
    if kind and kind not in SORTS:
        raise Invalid(said("“{kind}” is nothing that is noted", kind=kind), mend=", ".join(SORTS))
    start = _start(view, since, 0)
    end = _start(view, until, 1)
    return Wanted(
        _called(view, person.strip()),
        kind,
        EVERYTHING.since if start is None else start,
        EVERYTHING.until if end is None else end,
    )


def _called(view: View, said_of: str) -> str:
    """The id of whom somebody means by an id, or by a name as the pages show it; what nobody is called, as it is. Raises Invalid for
    a name that several have."""
    if said_of in view.people:
        return said_of
    known = ((id.rpartition("/")[2], name) for id, name in view.people.items())
    meant = sorted({id for id, name in known if plain(said_of) in (plain(name), plain(f"{name} ({id})"))})
    if len(meant) > 1:
        raise Invalid(
            said("several people are called “{name}”", name=said_of), mend=", ".join(meant), slug="name-unclear"
        )
    return meant[0] if meant else said_of


def _start(view: View, day: str, later: int) -> int | None:
    """When the day that many days later begins; None where none is said."""
    if not day:
        return None
    try:
        return day_start(date.fromisoformat(day) + timedelta(days=later), zone(view.pages.zone))
    except (ValueError, OverflowError):
        raise Invalid(said("“{day}” is no day", day=day), mend=said("2026-10-06"), slug="date-unclear") from None
