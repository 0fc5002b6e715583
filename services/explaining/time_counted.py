"""How a due and a limit came about: the days that the calendar was closed, the opening hours, the pauses that counted
(DESIGN §3.6, §3.7, §3.17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import assert_never

from domain.calendars import Calendar, CalendarEnded
from domain.cases import Account, CaseRule
from domain.commitments import Commitment
from domain.durations import WorkingDays, WorkingHours, show_duration
from domain.occurrences import Evidence, Judgement
from domain.terms import (
    Availability,
    Conformity,
    Deadline,
    DurationTable,
    Freshness,
    Measure,
    Punctuality,
    Satisfaction,
    Turnaround,
    Volume,
)
from domain.times import Instant, local_date, to_local
from domain.versions import CommitmentVersion
from services.explaining.rows import CountedTime

LISTED = 40
"""How many closed days are listed, and how many open ones."""


def counted_time(
    commitment: Commitment, version: CommitmentVersion, key: str, it: Judgement, evidence: Sequence[Evidence]
) -> CountedTime | None:
    """None of what has no limit."""
    try:
        match version.criterion.indicator:
            case Turnaround() as indicator:
                return _of_turnaround(commitment, version, indicator, it, evidence)
            case Punctuality() as indicator:
                return _of_date(commitment, version, indicator, key, it)
            case Deadline() as indicator:
                return _of_due(version, indicator, it)
            case Conformity() | Measure() | Satisfaction() | Volume() | Availability() | Freshness():
                return None
            case _ as unknown:
                assert_never(unknown)
    except CalendarEnded:
        return None


def _of_due(version: CommitmentVersion, indicator: Deadline, it: Judgement) -> CountedTime | None:
    if it.due is None or it.limit is None:
        return None
    text = show_duration(indicator.tolerance)
    if isinstance(indicator.tolerance, WorkingHours | WorkingDays):
        return _between(version, it.due, it.limit, text)
    return CountedTime(it.due, text)


def _of_turnaround(
    commitment: Commitment,
    version: CommitmentVersion,
    indicator: Turnaround,
    it: Judgement,
    evidence: Sequence[Evidence],
) -> CountedTime | None:
    rule = next((one for one in commitment.rules if isinstance(one, CaseRule) and one.variant == version.variant), None)
    mine = [one for one in evidence if one.variant == version.variant]
    account = rule.account(mine) if rule is not None and mine else None
    if account is None or it.opened is None or it.limit is None:
        return None
    is_working = isinstance(account.duration, WorkingHours | WorkingDays)
    text = show_duration(account.duration)
    found = _between(version, it.opened, it.limit, text) if is_working else CountedTime(it.opened, text)
    pauses = tuple((one.pause.start, one.pause.end, one.pause.reason, one.due) for one in account.pauses)
    by = _looked_up(indicator, account)
    return replace(found, due_without_pauses=account.due, pauses=pauses, by=by)


def _looked_up(indicator: Turnaround, account: Account) -> tuple[str, str | None, bool] | None:
    if not isinstance(indicator.limit, DurationTable):
        return None
    return indicator.limit.by, account.value, account.is_named


def _of_date(
    commitment: Commitment, version: CommitmentVersion, indicator: Punctuality, key: str, it: Judgement
) -> CountedTime | None:
    due = commitment.schedule.named(key) if commitment.schedule is not None else None
    if due is None or it.limit is None:
        return None
    text = show_duration(indicator.tolerance)
    found = CountedTime(due.due, text)
    if isinstance(indicator.tolerance, WorkingHours | WorkingDays):
        found = _between(version, due.due, it.limit, text)
    day = local_date(due.due, version.zone)
    if day == due.nominal or version.calendar is None:
        return found
    passed = _days(min(day, due.nominal), max(day, due.nominal))
    moved = [(one, why) for one in passed if (why := version.calendar.closed_because(one)) is not None]
    closed = tuple(dict.fromkeys([*moved, *found.closed]))
    more = max(len(closed) - LISTED, 0)
    return replace(found, nominal=due.nominal, closed=closed[:LISTED], more_closed=more)


def _between(version: CommitmentVersion, start: Instant, limit: Instant, duration: str) -> CountedTime:
    calendar = version.calendar
    if calendar is None:
        return CountedTime(start, duration)
    first, last = calendar.local_date(start), calendar.local_date(limit)
    closed = [(day, why) for day in _days(first, last) if (why := calendar.closed_because(day)) is not None]
    open_days = [day for day in _days(first, last) if not calendar.is_closed(day)]
    return CountedTime(
        start,
        duration,
        closed=tuple(closed[:LISTED]),
        more_closed=max(len(closed) - LISTED, 0),
        hours=tuple((day, _hours(calendar, day)) for day in open_days[:LISTED]),
        more_hours=max(len(open_days) - LISTED, 0),
    )


def _hours(calendar: Calendar, day: date) -> str:
    """`09:00-12:00, 13:00-17:00`, on the calendar's wall."""
    spans = []
    for opens, closes in calendar.spans(day):
        start, end = to_local(opens, calendar.zone), to_local(closes, calendar.zone)
        spans.append(f"{start:%H:%M}-{'24:00' if end.date() > day else f'{end:%H:%M}'}")
    return ", ".join(spans)


def _days(first: date, last: date) -> Iterator[date]:
    """Both ends included."""
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)
