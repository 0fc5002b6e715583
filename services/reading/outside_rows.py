"""What stands around contracts: the tools that send, and the calendars that working time is counted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from domain.calendars import Calendar
from domain.terms import CalendarTerms, Selector
from domain.times import Instant, local_date
from services.access import Principal
from services.history.databases import Transaction
from services.judging.catalogue import InForce
from services.reading.feeding import Feed
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
    by what has been received. `expected_by`: when the next file comes, of a tool whose events come in files. Not `is_counted`: only a
    part of what came is for who asks, so neither numbers nor times are said."""

    source: str
    service: str | None
    expected_every: int | None
    types: tuple[str, ...] = ()
    events: int = 0
    unclaimed: int = 0
    last: Instant | None = None
    is_silent: bool = False
    is_counted: bool = True
    expected_by: Instant | None = None


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


class _Came(NamedTuple):
    """Events of one type from one source."""

    type: str
    events: int
    unclaimed: int
    last: Instant


def sources(
    reads: Transaction,
    services: Mapping[str, ServiceRow],
    watermark: Instant | None,
    who: Principal,
    selectors: Iterable[Selector],
) -> list[SourceRow]:
    """Those that these services declare; who sees everything also gets those that nobody does. A member is shown types that
    `selectors`, those of its own commitments, choose, and numbers and times where the source is its own, or where they choose
    every event of the type. By name."""
    declared = {source: (id, every) for id, row in services.items() for source, every in row.sources}
    seen: dict[str, list[_Came]] = {}
    for source, *rest in reads.query(
        "SELECT source, type, events, unclaimed, last_time FROM view_seen ORDER BY source, type"
    ):
        seen.setdefault(source, []).append(_Came(*rest))
    sees_all = who.sees_everything
    chosen = _Chosen(() if sees_all else selectors)
    found = []
    for source in sorted({*declared, *(seen if sees_all else ())}):
        service, every = declared.get(source, (None, None))
        came = [one for one in seen.get(source, ()) if sees_all or chosen.some(source, one.type)]
        is_own = sees_all or (service is not None and who.is_of(service))
        is_counted = is_own or all(chosen.every(source, one.type) for one in came)
        row = SourceRow(source, service, every, tuple(one.type for one in came), is_counted=is_counted)
        found.append(_counted(row, came, watermark) if is_counted else row)
    return found


def _counted(row: SourceRow, came: Sequence[_Came], watermark: Instant | None) -> SourceRow:
    last = max((one.last for one in came), default=None)
    every = row.expected_every
    return replace(
        row,
        events=sum(one.events for one in came),
        unclaimed=sum(one.unclaimed for one in came),
        last=last,
        is_silent=every is not None and watermark is not None and (last is None or watermark - last > every),
    )


def fed_by_files(row: SourceRow, feed: Feed | None, watermark: Instant | None) -> SourceRow:
    """Of a tool whose events come in files it is the files that are late, not the events in them."""
    if feed is None or not row.is_counted:
        return row
    is_silent = watermark is not None and watermark > feed.expected_by
    return replace(row, is_silent=is_silent, expected_by=feed.expected_by)


class _Chosen:
    """Which events selectors choose, as far as type and source tell."""

    def __init__(self, selectors: Iterable[Selector]):
        self._of_type: dict[str, list[Selector]] = {}
        for selector in selectors:
            for kind in selector.types:
                self._of_type.setdefault(kind, []).append(selector)

    def some(self, source: str, kind: str) -> bool:
        return any(not one.sources or source in one.sources for one in self._of_type.get(kind, ()))

    def every(self, source: str, kind: str) -> bool:
        selectors = self._of_type.get(kind, ())
        return any(not one.where and (not one.sources or source in one.sources) for one in selectors)


def calendars(contracts: Iterable[InForce], now: Instant | None) -> list[CalendarRow]:
    """Those of the newest versions, by name, those of one contract last; the same calendar once. `now` says which days are
    ahead; before any time was declared those from the first day of validity on are."""
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
