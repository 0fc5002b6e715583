"""`entente demo`: sample contracts and a year of history, sent through the real door; people decide through the real use cases.

Nothing here writes a verdict, a breach or an action: judging finds them. The demo's clock shows the past while the year is
made, then runs faster than the world until it has caught up with it, so that events go on arriving.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import NamedTuple

from domain.terms import CalendarTerms, ContractTerms
from domain.times import Instant, day_start, from_local, local_date
from entente.demo_amendments import amend
from entente.demo_people import People, leader
from entente.demo_town import PARIS, let_in
from entente.posting import Posting
from entente.samples import samples
from entente.simulation.stream import upcoming
from entente.wiring import Program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR, PLATFORM, Principal
from services.contract_files import calendar_terms, contract_terms, kind_of, read_documents
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contracts
from services.notices.preferences import Preferences

SEED = 42
HOUR = 3_600_000_000
DAY = 24 * HOUR
LAG = 5 * DAY
SPEED = 240
"""The demo's clock runs so many times faster than the world until it has caught up."""
Progress = Callable[[int, int], None]


class DemoClock:
    """Shows what it is set to, then runs from there at SPEED, and never beyond the world's now."""

    def __init__(self) -> None:
        self._shown: Instant | None = None
        self._base = self._began = 0

    def __call__(self) -> Instant:
        now = time.time_ns() // 1_000
        if self._shown is not None:
            return self._shown
        return min(now, self._base + (now - self._began) * SPEED)

    def show(self, moment: Instant) -> None:
        self._shown = moment

    def run_from(self, moment: Instant) -> None:
        self._shown, self._base, self._began = None, moment, time.time_ns() // 1_000


def morning_of(day: date) -> Instant:
    """When morning mails go: the demo begins with that of its day."""
    hour = dt.time.fromisoformat(Preferences().hour)
    return from_local(dt.datetime.combine(day, hour), PARIS)


@dataclass(frozen=True, slots=True)
class Agreed:
    """The agreements that the events are simulated from."""

    contracts: list[ContractTerms]
    calendars: dict[str, CalendarTerms]
    start: Instant


def build(program: Program, clock: DemoClock, progress: Progress) -> Agreed:
    """Fills an empty store up to the morning of the day LAG before now; goes on from where another run of the demo stopped."""
    now = time.time_ns() // 1_000
    agreed = _agreed(program, now)
    watermark = program.store.timekeeping.watermark()
    since = watermark if watermark is not None else agreed.start
    until = max(morning_of(local_date(now - LAG, PARIS)), since)
    if watermark is None:
        clock.show(agreed.start - 20 * DAY)
        _sign(program, agreed)
    let_in(program)
    people = People(program, Random(SEED), clock)
    _live_through(program, clock, agreed, people, since, until, progress)
    Posting(program).greet()
    clock.run_from(until)
    return agreed


def keep_sending(program: Program, clock: DemoClock, agreed: Agreed) -> Callable[[threading.Event], None]:
    """A loop that pushes the events that arrive from now on, until it is told to stop."""

    def sending(stopping: threading.Event) -> None:
        since = clock()
        while not stopping.is_set():
            until = since + 7 * DAY
            for arrival, line in _arrivals(agreed, since, until):
                while clock() < arrival:
                    if stopping.wait(0.5):
                        return
                program.door.submit([decode_structured(line)], _tools(), "demo")
            since = until

    return sending


def _agreed(program: Program, now: Instant) -> Agreed:
    """The sample contracts, valid from a year ago, or from when an earlier run of the demo began."""
    first = local_date(now - 365 * DAY, PARIS)
    known = program.store.read(ADMINISTRATOR, read_contracts)
    if known:
        first = min(row.valid_from for row in known)
    contracts: list[ContractTerms] = []
    calendars: dict[str, CalendarTerms] = {}
    for name, text in samples(first):
        for document in read_documents(text, name):
            if kind_of(document) == "calendar":
                calendar = calendar_terms(document)
                calendars[calendar.id] = calendar
            elif kind_of(document) == "contract":
                contracts.append(contract_terms(document))
    return Agreed(contracts, calendars, day_start(first, PARIS))


def _sign(program: Program, agreed: Agreed) -> None:
    """Every contract is proposed and signed by its own parties, before it begins."""
    first = local_date(agreed.start, PARIS)
    documents = [document for name, text in samples(first) for document in read_documents(text, name)]
    for document in documents:
        if kind_of(document) != "contract":
            program.store.use(Contracting).apply(ADMINISTRATOR, document)
    program.store.judging.catch_up()
    for document in documents:
        if kind_of(document) == "contract":
            terms = contract_terms(document)
            for party, service in (("supplier", terms.supplier), ("client", terms.client)):
                who = leader(program, service)
                if party == "supplier":
                    program.store.use(Contracting).apply(who, document, sign=("supplier",))
                else:
                    program.store.use(Contracting).sign(who, terms.id)
    program.store.judging.catch_up()


def _live_through(
    program: Program,
    clock: DemoClock,
    agreed: Agreed,
    people: People,
    since: Instant,
    until: Instant,
    progress: Progress,
) -> None:
    days = _days(since, until)
    first = local_date(agreed.start, PARIS)
    arrivals = groupby(_arrivals(agreed, since, until), key=lambda arrived: local_date(arrived.at, PARIS))
    by_day = {day: list(lines) for day, lines in arrivals}
    for index, (day, end) in enumerate(days):
        for _, batch in groupby(by_day.get(day, []), key=lambda arrived: arrived.at // (3 * HOUR)):
            lines = list(batch)
            clock.show(lines[-1].at)
            program.door.submit([decode_structured(line) for _, line in lines], _tools(), "demo")
        clock.show(end)
        program.store.timekeeping.advance(PLATFORM, end)
        amend(program, first, day)
        if index % 7 == 6 or end == until:
            program.store.judging.catch_up()
            people.meet()
        progress(index + 1, len(days))
    program.store.judging.catch_up()


def _days(since: Instant, until: Instant) -> list[tuple[date, Instant]]:
    """Each local day of the span with the instant at which it ends, the last one cut at `until`."""
    days: list[tuple[date, Instant]] = []
    day = local_date(since, PARIS)
    while day_start(day, PARIS) < until:
        days.append((day, min(day_start(day + timedelta(days=1), PARIS), until)))
        day += timedelta(days=1)
    return days


def _arrivals(agreed: Agreed, since: Instant, until: Instant) -> Iterator[_Arrived]:
    lines = upcoming(
        agreed.contracts, agreed.calendars, seed=SEED, start=agreed.start, since=since, until=until, corrupt=True
    )
    return map(_Arrived._make, lines)


class _Arrived(NamedTuple):
    at: Instant
    line: bytes


def _tools() -> Principal:
    """The tools of the services push their own events."""
    return Principal("administrator", person="tools")
