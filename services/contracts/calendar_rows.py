"""The calendars that working time is counted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendars import Calendar
from domain.terms import CalendarTerms
from domain.times import Instant, local_date
from services.judging.catalogue import InForce

AHEAD: Final = 92
"""Days in which closed days and special openings are listed."""


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


def _calendar(calendar: Calendar, users: Sequence[InForce], now: Instant | None) -> CalendarRow:
    first = min(one.newest.terms.valid_from for one in users)
    today = local_date(now, calendar.zone) if now is not None else first
    contracts = tuple(sorted(one.id for one in users))
    last = calendar.last_day
    days = [today + timedelta(days=ahead) for ahead in range(AHEAD)]
    covered = [day for day in days if last is None or day <= last]
    special = tuple(
        (day, why, calendar.hours(day)) for day in covered if (why := calendar.differs_because(day)) is not None
    )
    is_own = isinstance(users[0].newest.terms.calendar, CalendarTerms)
    return CalendarRow(
        "" if is_own else calendar.id, str(calendar.zone), calendar.week(today), today, special, last, contracts
    )
