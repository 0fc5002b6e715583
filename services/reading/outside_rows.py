"""What stands around contracts: the tools that send, and the calendars that working time is counted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendars import Calendar
from domain.times import Instant, local_date
from services.history.databases import Transaction
from services.judging.catalogue import InForce
from services.reading.rows import ServiceRow

AHEAD: Final = 92
"""Days in which closed days and special openings are listed."""
SOON: Final = timedelta(days=90)
"""How long before a calendar ends somebody is warned (MEANING §7)."""
Hours = tuple[tuple[int, int], ...]
"""[from, to) in minutes since midnight."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A tool. `service` declares it (None: nobody does), `expected_every` in microseconds; `unclaimed` of its events no
    commitment selects; `last` is when its last event happened, None where nothing came. `is_silent`: for longer than expected,
    by what has been received."""

    source: str
    service: str | None
    expected_every: int | None
    types: tuple[str, ...] = ()
    events: int = 0
    unclaimed: int = 0
    last: Instant | None = None
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as contracts use it now. `weekly`: hours of each weekday, Monday first. `special`: of the days ahead, those
    that differ from their weekday, with why (holiday, closure, opening) and their hours. `last_day`: None where it has no end."""

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


def sources(
    reads: Transaction, services: Mapping[str, ServiceRow], watermark: Instant | None, *, shows_all: bool
) -> list[SourceRow]:
    """Those that these services declare; with `shows_all` also those that nobody does. By name."""
    declared = {source: (id, every) for id, row in services.items() for source, every in row.sources}
    seen: dict[str, list[tuple[str, int, int, Instant]]] = {}
    for source, *rest in reads.query(
        "SELECT source, type, events, unclaimed, last_time FROM view_seen ORDER BY source, type"
    ):
        seen.setdefault(source, []).append((rest[0], rest[1], rest[2], rest[3]))
    found = []
    for source in sorted({*declared, *(seen if shows_all else ())}):
        service, every = declared.get(source, (None, None))
        came = seen.get(source, [])
        last = max((one[3] for one in came), default=None)
        is_late = every is not None and watermark is not None and (last is None or watermark - last > every)
        types = tuple(one[0] for one in came)
        found.append(
            SourceRow(
                source, service, every, types, sum(one[1] for one in came), sum(one[2] for one in came), last, is_late
            )
        )
    return found


def calendars(contracts: Iterable[InForce], now: Instant | None) -> list[CalendarRow]:
    """Those of the newest versions, by name; the same calendar once. `now` says which days are ahead; before any time was
    declared those from the first day of validity on are."""
    used: dict[int, tuple[Calendar, list[InForce]]] = {}
    for contract in contracts:
        if (calendar := contract.newest.calendar) is not None:
            used.setdefault(id(calendar), (calendar, []))[1].append(contract)
    rows = [_calendar(calendar, users, now) for calendar, users in used.values()]
    return sorted(rows, key=lambda one: (one.id, one.contracts))


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
    return CalendarRow(calendar.id, str(calendar.zone), calendar.week(today), today, special, last, contracts)
