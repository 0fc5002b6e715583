"""Cases: opened in working time, worked on, now and then paused, cancelled, reopened or forgotten.

Commitments that open their cases by the same events share them: a ticket is answered and solved, an opinion is asked
for once however many criteria judge it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random
from typing import assert_never

from domain.calendars import Calendar, CalendarEnded, later
from domain.commitments import Commitment
from domain.durations import HOUR, MINUTE, Duration, Elapsed, WorkingDays, WorkingHours
from domain.terms import (
    Availability,
    Conformity,
    Deadline,
    DurationTable,
    Freshness,
    Indicator,
    Measure,
    Punctuality,
    Satisfaction,
    Selector,
    Turnaround,
    Volume,
)
from domain.times import Instant, day_start, from_local, instant, local_date, show
from domain.versions import CommitmentVersion
from entente.simulation.facts import ELSE, Fact, chosen_fact, fill_slices, is_absent, whole_seconds
from entente.simulation.luck import DAY, Temper, luck, mark
from entente.simulation.work import ahead, worked

CANCELLED, FORGOTTEN, REOPENED, CHANGED, PAUSED = 0.025, 0.006, 0.03, 0.06, 0.22
STRAYS = 0.002
"""The share of closings that name a case that nobody knows."""
WITHOUT_DUE = 0.01
UNAGREED_REASON = 0.2
USUAL_DUE = WorkingDays(12)
"""The distance of a due time that the producer chooses itself."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Commitments whose cases are the same ones."""

    name: str
    commitments: tuple[Commitment, ...]


@dataclass(slots=True)
class Case:
    """One case while it is told; the facts about it that were made so far."""

    name: str
    opening: Fact
    facts: list[Fact]
    cancelled_at: Instant | None = None


def streams(commitments: Sequence[Commitment]) -> list[Stream]:
    """Cases by what opens them and by what names them."""
    groups: dict[tuple[Selector, str], list[Commitment]] = {}
    for commitment in commitments:
        indicator = commitment.newest.criterion.indicator
        if (case := _case_of(indicator)) is not None:
            groups.setdefault((case.opened, case.key), []).append(commitment)
    return [Stream(group[0].id, tuple(group)) for group in groups.values()]


def case_events(stream: Stream, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """Everything about the cases that are opened from `start` until `until`."""
    zone = stream.commitments[0].newest.zone
    temper = luck(seed, "cases", stream.name)
    usual, prefix = temper.uniform(3, 8), stream.name.split("/")[1][:1].upper()
    day, last = local_date(start, zone), local_date(until, zone)
    while day <= last:
        draw = luck(seed, stream.name, day)
        for number in range(_count(_busyness(stream, day) * usual, draw)):
            opened = _opened_at(stream, day, draw)
            version = stream.commitments[0].version_at(opened)
            if version is not None and start <= opened < until:
                yield from _case(stream, version, f"{prefix}-{day:%y%m%d}-{number + 1:02}", opened, seed)
        day += timedelta(days=1)


def _busyness(stream: Stream, day: date) -> float:
    """Closed days are quiet, Mondays busy."""
    calendar = stream.commitments[0].newest.calendar
    try:
        is_quiet = calendar.is_closed(day) if calendar is not None else day.weekday() >= 5
    except CalendarEnded:
        is_quiet = False
    return 0.06 if is_quiet else 1.4 if day.weekday() == 0 else 1.0


def _count(mean: float, draw: Random) -> int:
    """A number of independent things of which so many are usual (Knuth's method for Poisson)."""
    count, left = 0, draw.random()
    while left > exp(-mean):
        count, left = count + 1, left * draw.random()
    return count


def _opened_at(stream: Stream, day: date, draw: Random) -> Instant:
    zone = stream.commitments[0].newest.zone
    hour = draw.triangular(7, 20, 10) if draw.random() < 0.93 else draw.uniform(0, 24)
    wall = datetime.combine(day, time()) + timedelta(seconds=int(hour * 3600))
    return max(from_local(wall, zone), day_start(day, zone))


def _case(stream: Stream, version: CommitmentVersion, name: str, opened: Instant, seed: int) -> list[Fact]:
    draw = luck(seed, stream.name, name)
    case = _open(stream, version, name, opened, seed, draw)
    _perhaps_cancel(stream, case, seed, draw)
    told: set[Selector] = set()
    for commitment in stream.commitments:
        terms = _terms(commitment, opened)
        if terms is not None and terms.closed not in told:
            told.add(terms.closed)
            _work(commitment, case, seed, draw)
    return case.facts


def _open(stream: Stream, version: CommitmentVersion, name: str, opened: Instant, seed: int, draw: Random) -> Case:
    indicator = version.criterion.indicator
    assert isinstance(indicator, Deadline | Turnaround)
    tool = f"{version.debtor}/tools"
    opening = chosen_fact(indicator.opened, opened, version.zone, mark(seed, name, stream.name), draw, tool)
    case = Case(name, opening, [opening])
    _name(case, opening, indicator)
    for commitment in stream.commitments:
        terms = _terms(commitment, opened)
        match terms:
            case Deadline():
                if draw.random() >= WITHOUT_DUE and is_absent(opening, terms.due):
                    opening.put(terms.due, show(_due_time(version, opened, draw), version.zone))
            case Turnaround():
                if isinstance(terms.limit, DurationTable):
                    _choose(opening, terms.limit, draw)
            case None:
                pass
            case _:
                assert_never(terms)
        fill_slices(opening, commitment, draw)
    return case


def _name(case: Case, fact: Fact, terms: Deadline | Turnaround) -> None:
    if terms.key != "subject":
        fact.put(terms.key, case.name)
    if fact.subject is None:
        fact.subject = case.name


def _due_time(version: CommitmentVersion, opened: Instant, draw: Random) -> Instant:
    days = max(1, round(USUAL_DUE.days * draw.uniform(0.6, 1.5)))
    return whole_seconds(_later(opened, WorkingDays(days), version))


def _choose(fact: Fact, table: DurationTable, draw: Random) -> None:
    """A value of the table; the later a choice stands, the more usual it is."""
    values = [value for value, _ in table.choices]
    if table.otherwise is not None:
        values.append(str(len(values) + 1) if all(value.isdecimal() for value in values) else ELSE)
    if values and is_absent(fact, table.by):
        fact.put(table.by, draw.choices(values, weights=range(1, len(values) + 1))[0])


def _perhaps_cancel(stream: Stream, case: Case, seed: int, draw: Random) -> None:
    selectors = dict.fromkeys(
        terms.cancelled for one in stream.commitments if (terms := _terms(one, case.opening.time)) is not None
    )
    if draw.random() >= CANCELLED:
        return
    at = case.opening.time + round(draw.lognormvariate(0, 0.8) * 6 * HOUR)
    for selector in selectors:
        if selector is not None:
            case.cancelled_at = at
            _tell(stream.commitments[0], case, "cancelled", selector, at, seed, draw)


def _work(commitment: Commitment, case: Case, seed: int, draw: Random) -> None:
    """From the opening to the closing under one commitment."""
    opened = case.opening.time
    terms, version = _terms(commitment, opened), commitment.version_at(opened)
    assert terms is not None
    assert version is not None
    temper = Temper.of(seed, commitment.id)
    mood = temper.mood(opened)
    pace = mood.pace * (0.85 + temper.care * 0.15) * draw.lognormvariate(0, 0.5)
    if draw.random() < FORGOTTEN:
        return
    calendar, effort = _effort(case, terms, version, pace)
    stop = opened
    if isinstance(terms, Turnaround) and terms.paused and terms.resumed and draw.random() < PAUSED:
        stop = ahead(opened, round(effort * draw.uniform(0.2, 0.8)), calendar)
        effort -= worked(opened, stop, calendar)
        stop = _pause(commitment, case, stop, seed, draw, terms)
    if terms.changed and draw.random() < CHANGED:
        _change(commitment, case, terms, ahead(opened, round(effort * 0.3), calendar), seed, draw)
    closed = ahead(stop, max(effort, MINUTE), calendar) + draw.randint(0, 59) * 1_000_000
    if not _tell(commitment, case, "closed", terms.closed, closed, seed, draw):
        return
    if draw.random() < STRAYS:
        stray = _tell(commitment, case, "stray", terms.closed, closed, seed, draw)
        if stray is not None:
            stray.put(terms.key, f"{case.name}-unknown")
    if terms.reopened and draw.random() < REOPENED:
        again = ahead(closed, draw.randint(1, 16) * HOUR, calendar)
        _tell(commitment, case, "reopened", terms.reopened, again, seed, draw)
        _tell(commitment, case, "closed-again", terms.closed, ahead(again, 2 * HOUR, calendar), seed, draw)


def _effort(
    case: Case, terms: Deadline | Turnaround, version: CommitmentVersion, pace: float
) -> tuple[Calendar | None, int]:
    """Gives how long the work takes, in microseconds, as the share `pace` of what is allowed; and the calendar in whose
    open time that counts, if one does."""
    opened = case.opening.time
    limit = _allowed(case, terms, version)
    calendar = version.calendar if _counts_open_time(terms, case) else None
    return calendar, round(worked(opened, limit, calendar) * pace)


def _allowed(case: Case, terms: Deadline | Turnaround, version: CommitmentVersion) -> Instant:
    if isinstance(terms, Turnaround):
        return _later(case.opening.time, _duration(case, terms), version)
    due = case.opening.as_event().lookup(terms.due)
    if isinstance(due, str):
        return instant(due)
    return _later(case.opening.time, USUAL_DUE, version)


def _duration(case: Case, terms: Turnaround) -> Duration:
    if not isinstance(terms.limit, DurationTable):
        return terms.limit
    value = case.opening.as_event().lookup(terms.limit.by)
    return dict(terms.limit.choices).get(str(value)) or terms.limit.otherwise or Elapsed(DAY)


def _counts_open_time(terms: Deadline | Turnaround, case: Case) -> bool:
    return isinstance(terms, Deadline) or isinstance(_duration(case, terms), WorkingHours | WorkingDays)


def _pause(commitment: Commitment, case: Case, at: Instant, seed: int, draw: Random, terms: Turnaround) -> Instant:
    """Waits for somebody; the instant at which work goes on."""
    assert terms.paused is not None
    assert terms.resumed is not None
    until = at + round(draw.lognormvariate(1.6, 0.9) * HOUR) + 5 * MINUTE
    paused = _tell(commitment, case, "paused", terms.paused, at, seed, draw)
    if paused is not None and terms.pause_causes is not None:
        agreed = [reason for _, reasons in terms.pause_causes.reasons for reason in reasons]
        is_agreed = bool(agreed) and draw.random() >= UNAGREED_REASON
        paused.put(terms.pause_causes.path, draw.choice(agreed) if is_agreed else "waiting-for-parts")
    _tell(commitment, case, "resumed", terms.resumed, until, seed, draw)
    return until


def _change(
    commitment: Commitment, case: Case, terms: Deadline | Turnaround, at: Instant, seed: int, draw: Random
) -> None:
    assert terms.changed is not None
    changed = _tell(commitment, case, "changed", terms.changed, at, seed, draw)
    version = commitment.version_at(case.opening.time)
    if changed is None or version is None:
        return
    if isinstance(terms, Deadline):
        changed.put(terms.due, show(_due_time(version, at, draw), version.zone))
    elif isinstance(terms.limit, DurationTable):
        _choose(changed, terms.limit, draw)


def _tell(
    commitment: Commitment, case: Case, role: str, selector: Selector, at: Instant, seed: int, draw: Random
) -> Fact | None:
    """Adds an event about the case; none once it was cancelled."""
    if case.cancelled_at is not None and at > case.cancelled_at:
        return None
    opening, version = case.opening, commitment.newest
    terms = version.criterion.indicator
    assert isinstance(terms, Deadline | Turnaround)
    identity = mark(seed, commitment.id, case.name, role)
    fact = chosen_fact(selector, whole_seconds(at), opening.zone, identity, draw, opening.source)
    _name(case, fact, terms)
    case.facts.append(fact)
    return fact


def _case_of(indicator: Indicator) -> Deadline | Turnaround | None:
    """None for what has no cases."""
    match indicator:
        case Deadline() | Turnaround():
            return indicator
        case Punctuality() | Conformity() | Measure() | Satisfaction() | Volume() | Availability() | Freshness():
            return None
        case _:
            assert_never(indicator)


def _terms(commitment: Commitment, opened: Instant) -> Deadline | Turnaround | None:
    version = commitment.version_at(opened)
    return _case_of(version.criterion.indicator) if version is not None else None


def _later(start: Instant, duration: Duration, version: CommitmentVersion) -> Instant:
    try:
        return later(start, duration, version.zone, version.calendar)
    except CalendarEnded:
        return start + 5 * DAY
