"""Availability and freshness: stretches of bad time, and how many seconds of service time were good.

An event is read by the wording in force at its time; before validity by the first, after it by the last.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from tests.oracle.cases import when
from tests.oracle.contracts import Clause, clause_at
from tests.oracle.durations import add
from tests.oracle.evidence import Event, selects
from tests.oracle.occurrences import Occurrence

NOTHING = timedelta()
SECOND = timedelta(seconds=1)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Stretch(Occurrence):
    """Bad time from `start` to `closed`; None: it goes on."""

    start: datetime = NEVER

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.closed is None or moment < self.closed)


def nearest(clauses: list[Clause], moment: datetime) -> Clause:
    return clause_at(clauses, moment) or (clauses[0] if moment < clauses[0].start else clauses[-1])


def shown(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


# Availability


def _signals(clauses: list[Clause], events: list[Event]) -> list[tuple[Event, bool]]:
    """Each with whether it says that its subject is down."""
    found = []
    for event in events:
        indicator = nearest(clauses, when(event)).indicator
        if selects(indicator["down"], event):
            found.append((event, True))
        elif selects(indicator["up"], event):
            found.append((event, False))
    return found


def outages(clauses: list[Clause], events: list[Event], watermark: datetime | None) -> list[Stretch]:
    signals = _signals(clauses, events)
    found: list[Stretch] = []
    for subject in dict.fromkeys(event.get("subject") for event, _ in signals):
        since: datetime | None = None
        for event, is_down in signals:
            if event.get("subject") != subject:
                continue
            if is_down and since is None:
                since = when(event)
            elif not is_down and since is not None:
                found += _outage(clauses, subject, since, when(event), watermark)
                since = None
        if since is not None:
            found += _outage(clauses, subject, since, None, watermark)
    return found


def _outage(
    clauses: list[Clause], subject: str | None, start: datetime, end: datetime | None, watermark: datetime | None
) -> list[Stretch]:
    """None where it was over before validity or began after it."""
    first, last = clauses[0].start, clauses[-1].end
    if (start < first and end is not None and end <= first) or (last is not None and start >= last):
        return []
    clause = nearest(clauses, start)
    limit = add(start, clause.indicator.get("ignore_shorter_than", "0 s"), clause.zone, clause.calendar)
    if end is not None:
        verdict = "failed" if end >= limit else "met"
    else:
        verdict = "failed" if limit == start or (watermark is not None and watermark >= limit) else "pending"
    key = f"{subject or ''}@{shown(start)}"
    return [Stretch(key, clause, max(start, first), verdict, start, end, start=start)]


def known_from(clauses: list[Clause], events: list[Event]) -> datetime | None:
    """The first event of any subject."""
    return min((when(event) for event, _ in _signals(clauses, events)), default=None)


# Freshness


def stale(clauses: list[Clause], events: list[Event], watermark: datetime | None) -> list[Stretch]:
    """What one wording calls stale and the next one too is one stretch."""
    pieces: list[tuple[datetime, datetime | None]] = []
    updates = [when(one) for one in events if selects(nearest(clauses, when(one)).indicator["updated"], one)]
    begin = clauses[0].start
    before = [one for one in updates if one <= begin]
    turns: list[datetime] = [max(before) if before else begin, *sorted({one for one in updates if one > begin})]
    for last, next in zip(turns, [*turns[1:], None], strict=True):
        for place, clause in enumerate(clauses):
            limit = add(last, clause.indicator["max_age"], clause.zone, clause.calendar)
            start = max(limit, clause.start) if place else limit
            is_cut = clause is not clauses[-1]
            ends = [one for one in (next, clause.end if is_cut else None) if one is not None]
            end = min(ends, default=None)
            if end is not None and start >= end:
                continue
            if pieces and pieces[-1][1] == start and start not in turns:
                pieces[-1] = (pieces[-1][0], end)
            else:
                pieces.append((start, end))
    return [one for start, end in pieces for one in _stretch(clauses, start, end, _is_ended(end, turns), watermark)]


def _is_ended(end: datetime | None, updates: list[datetime]) -> bool:
    """By an update, or by a longer age before the update that came next."""
    return end is not None and any(end <= one for one in updates)


def _stretch(
    clauses: list[Clause], start: datetime, end: datetime | None, is_ended: bool, watermark: datetime | None
) -> list[Stretch]:
    """None before time has reached it, unless the update that ends it is known: evidence does not wait."""
    first, last = clauses[0].start, clauses[-1].end
    is_outside = (end is not None and end <= first) or (last is not None and start >= last)
    is_reached = watermark is not None and watermark >= start
    if is_outside or not (is_reached or is_ended):
        return []
    return [Stretch(shown(start), nearest(clauses, start), max(start, first), "failed", start, end, start=start)]


# Seconds


@dataclass(frozen=True)
class Seconds:
    """Of one wording in one period: good and known ones, and what is still to come or to be decided.

    `raw_total`: with the bad ones that are excused. `unknown`: those that passed before anything was heard.
    """

    good: Fraction
    total: Fraction
    raw_good: Fraction
    raw_total: Fraction
    open: Fraction
    service: Fraction
    unknown: Fraction


def seconds(
    clauses: tuple[Clause, ...],
    start: datetime,
    end: datetime,
    stretches: list[Stretch],
    known: datetime | None,
    watermark: datetime | None,
) -> Seconds:
    """Of [start, end), by stepping over every instant at which anything turns."""
    turns = {start, end}
    turns |= {one for one in (known, watermark) if one is not None}
    turns |= {one.start for one in stretches} | {one.closed for one in stretches if one.closed is not None}
    for clause in clauses:
        turns |= {clause.start} | ({clause.end} if clause.end is not None else set())
        for opening, closing in clause.calendar.from_then(start):
            if opening >= end:
                break
            turns |= {opening, closing}
    inside = sorted(one for one in turns if start <= one <= end)
    good = total = raw_good = raw_total = to_come = service = unknown = NOTHING
    for here, there in itertools.pairwise(inside):
        length = there - here
        if not _is_open(clauses, here):
            continue
        service += length
        held = [one for one in stretches if one.holds(here)]
        verdicts = {one.verdict for one in held if not one.excused}
        raw_verdicts = {one.verdict for one in held}
        if watermark is None or here >= watermark:
            to_come += length
        elif known is not None and here >= known:
            if "pending" not in raw_verdicts or "failed" in raw_verdicts:
                raw_total += length
                raw_good += NOTHING if "failed" in raw_verdicts else length
            if "failed" in verdicts:
                total += length
            elif "pending" in verdicts:
                to_come += length
            elif not raw_verdicts & {"failed", "pending"}:
                good, total = good + length, total + length
        else:
            unknown += length
    return Seconds(*(_count(one) for one in (good, total, raw_good, raw_total, to_come, service, unknown)))


def _is_open(clauses: tuple[Clause, ...], moment: datetime) -> bool:
    return any(one.calendar.is_open_at(moment) for one in clauses if one.holds(moment))


def _count(length: timedelta) -> Fraction:
    return Fraction(length // timedelta.resolution, SECOND // timedelta.resolution)
