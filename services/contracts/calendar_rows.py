"""The calendars that working time is counted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import msgspec

from domain.calendars import Calendar, compose
from domain.terms import CalendarTerms
from domain.times import Instant, local_date
from services.contract_files import read_published_calendar
from services.history.databases import Transaction
from services.judging.catalogue import InForce

AHEAD: Final = 92
"""Days in which closed days and special openings are listed."""


UNTOLD: Final = date(2026, 1, 1)
"""The day that stands for today where none is known."""


SOON: Final = timedelta(days=90)
"""The time before a calendar ends from which on somebody is warned (MEANING §7)."""


Hours = tuple[tuple[int, int], ...]
"""[from, to) in minutes since midnight."""


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as contracts use it now. `id`: empty for one that is written into its contract. `weekly`: hours of each
    weekday, Monday first. `special`: of the days ahead, those that differ from their weekday, with why (holiday, closure,
    opening) and their hours. `last_day`: None where it has no end."""

    id: str
    timezone: str
    weekly: tuple[Hours, ...]
    today: date
    special: tuple[tuple[date, str, Hours], ...]
    last_day: date | None
    contracts: tuple[str, ...]

    @property
    def ends_soon(self) -> bool:
        return self.last_day is not None and self.last_day - self.today <= SOON


def calendars(contracts: Iterable[InForce], now: Instant | None) -> list[CalendarRow]:
    """Lists the calendars of the newest versions, by name, those of one contract last; the same calendar once. `now`
    says which days are ahead; before any time was declared those from the first day of validity on are."""
    used: dict[int, tuple[Calendar, list[InForce]]] = {}
    for contract in contracts:
        if (calendar := contract.newest.calendar) is not None:
            _, users = used.setdefault(id(calendar), (calendar, []))
            users.append(contract)
    rows = [_calendar(calendar, users, now) for calendar, users in used.values()]
    return sorted(rows, key=lambda one: (not one.id, one.id, one.contracts))


def published(reads: Transaction, now: Instant | None) -> list[CalendarRow]:
    """Lists every calendar that is published, by name, as if no contract used it; before any time was declared with the days ahead of
    its first one."""
    found = []
    for _, document in reads.query("SELECT id, document FROM view_calendar ORDER BY id"):
        versions = [read_published_calendar(one["document"]) for one in msgspec.json.decode(document)["versions"]]
        found.append(_row(compose(versions), versions[-1].id, (), now, versions[-1].starts or UNTOLD))
    return found


def _calendar(calendar: Calendar, users: Sequence[InForce], now: Instant | None) -> CalendarRow:
    is_own = isinstance(users[0].newest.terms.calendar, CalendarTerms)
    contracts = tuple(sorted(one.id for one in users))
    first = min(one.newest.terms.valid_from for one in users)
    return _row(calendar, "" if is_own else calendar.id, contracts, now, first)


def _row(calendar: Calendar, id: str, contracts: tuple[str, ...], now: Instant | None, first: date) -> CalendarRow:
    """`first`: the day from which on days are ahead, before any time was declared."""
    today = local_date(now, calendar.zone) if now is not None else first
    last = calendar.last_day
    days = [today + timedelta(days=ahead) for ahead in range(AHEAD)]
    covered = [day for day in days if last is None or day <= last]
    special = tuple(
        (day, why, calendar.hours(day)) for day in covered if (why := calendar.differs_because(day)) is not None
    )
    return CalendarRow(id, str(calendar.zone), calendar.week(today), today, special, last, contracts)
