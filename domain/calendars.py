"""Working time: opening hours − holidays − closures, openings winning (MEANING §1, §7).

Hours are wall time of the calendar's own zone, converted once per date; lengths are then measured between instants, so
that a night of 23 or 25 hours counts what it has. Opening hours are [from, to): a start exactly at closing moves to the
next opening, but a limit may land exactly on closing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.durations import Duration, Elapsed, NominalDays, WorkingDays, WorkingHours
from domain.open_time import CalendarEnded, OpenTime, Span, Spans
from domain.saying import said
from domain.terms import CalendarTerms
from domain.times import (
    FIRST_INSTANT,
    LAST_INSTANT,
    Instant,
    day_start,
    end_of_local_day,
    from_local,
    local_date,
    to_local,
    zone,
)

__all__ = ["Calendar", "CalendarEnded", "compose", "earlier", "end_of_local_day", "later"]

_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
"""No calendar reaches further: sentinels such as year 1 or 9999 must not make us count through the centuries,
and the search of a calendar that never opens must end."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Version:
    """One published file, for the dates `first` to `last` (both included) that it settles."""

    terms: CalendarTerms
    zone: ZoneInfo
    first: date
    last: date
    holidays: frozenset[date]
    openings: dict[date, tuple[tuple[int, int], ...]]
    closures: tuple[tuple[date, date], ...]
    """Ascending and disjoint, both ends included."""

    def hours(self, day: date) -> tuple[tuple[int, int], ...]:
        """Opening hours of that date, in minutes since midnight."""
        special = self.openings.get(day)
        if special is not None:
            return special
        at = bisect_right(self.closures, day, key=_first_of) - 1
        if day in self.holidays or (at >= 0 and day <= self.closures[at][1]):
            return ()
        return self.terms.weekly[day.weekday()].spans


class Calendar:
    """When somebody works: one published calendar, or several versions of it in the order of their publication.

    A version replaces the days from its `starts` on; dates before the first version's `starts` follow that version.
    `closed` are agreed closures, [from, until) in instants, taken out of the open time. Everything that would need a
    day beyond the years of the calendar raises `CalendarEnded`.
    """

    def __init__(self, *versions: CalendarTerms, closed: Sequence[Span] = ()) -> None:
        self._versions = _in_force(versions)
        self._closed = tuple(closed)
        self._firsts = [version.first for version in self._versions]
        self._changes = [day_start(version.first, version.zone) for version in self._versions[1:]]
        self._opened_on: dict[date, tuple[Span, ...]] = {}
        self.id = versions[-1].id
        self._stretches = self._gapless()
        self.zone = self._versions[-1].zone
        """The zone of the newest version."""

    @property
    def last_day(self) -> date | None:
        """The last day that it covers; None where it has no end."""
        last = self._versions[-1].last
        return None if last == _LAST else last

    def without(self, closed: Sequence[Span]) -> Calendar:
        """This calendar with those intervals, [from, until) in instants, taken out of its open time."""
        terms = (version.terms for version in self._versions)
        return Calendar(*terms, closed=(*self._closed, *closed))

    def local_date(self, instant: Instant) -> date:
        """The date on the wall in the zone of the version in force at that instant."""
        return local_date(instant, self._zone_at(instant))

    def spans(self, day: date) -> tuple[Span, ...]:
        """The open spans [opening, closing) of a local date, in instants, ascending and disjoint."""
        known = self._opened_on.get(day)
        if known is None:
            known = self._opened_on[day] = tuple(self._open_spans(day))
        return known

    def is_closed(self, day: date) -> bool:
        """Whether the calendar never opens on that local date."""
        known = self._opened_on.get(day)
        return not known if known is not None else next(self._open_spans(day), None) is None

    def closed_because(self, day: date) -> str | None:
        """Why the calendar never opens on that local date: `weekly` (no hours on that weekday), `holiday`, `closure`,
        `agreed` (the parties closed all of it); None where it does."""
        if not self.is_closed(day):
            return None
        version = self._version(day)
        if version.hours(day):
            return "agreed"
        if not version.terms.weekly[day.weekday()].spans:
            return "weekly"
        return "holiday" if day in version.holidays else "closure"

    def week(self, day: date) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The hours of each weekday, Monday first, as the version of that date has them: [from, to) in minutes since
        midnight."""
        return tuple(one.spans for one in self._version(day).terms.weekly)

    def hours(self, day: date) -> tuple[tuple[int, int], ...]:
        """The hours of that date, [from, to) in minutes since midnight, without what parties agreed to close."""
        return self._version(day).hours(day)

    def differs_because(self, day: date) -> str | None:
        """Why that date has other hours than its weekday: `opening`, `holiday`, `closure`; None where it has the same."""
        version = self._version(day)
        if version.hours(day) == version.terms.weekly[day.weekday()].spans:
            return None
        if day in version.openings:
            return "opening"
        return "holiday" if day in version.holidays else "closure"

    def is_open(self, instant: Instant) -> bool:
        table = self._time_at(instant).at(instant)
        at = bisect_right(table.opens, instant) - 1
        return at >= 0 and instant < table.closes[at]

    def next_opening(self, instant: Instant) -> Instant:
        """The instant itself while open, else the first opening after it; at closing time, the next opening."""
        table, at = self._time_at(instant).place_after(instant)
        return max(instant, table.opens[at])

    def last_open(self, instant: Instant) -> Instant:
        """The instant itself while open or exactly at closing, else the last closing before it."""
        table, at = self._time_at(instant).place_before(instant)
        return min(instant, table.closes[at])

    def open_between(self, a: Instant, b: Instant) -> int:
        """The open time from a to b, in microseconds; 0 where b does not lie after a."""
        if b <= a:
            return 0
        time = self._time_at(a)
        time.at(a)
        table = time.at(b)
        return table.open_until(b) - table.open_until(a)

    def add(self, start: Instant, duration: WorkingHours | WorkingDays) -> Instant:
        """The limit of a duration that starts then. A duration of 0 ends at the first opening at or after the start."""
        match duration:
            case WorkingHours(0) | WorkingDays(0):
                return self.next_opening(start)
            case WorkingHours(length):
                return self._time_at(start).forward(start, length)
            case WorkingDays(days):
                return self._days_later(start, days)

    def subtract(self, end: Instant, duration: WorkingHours | WorkingDays) -> Instant:
        """The mirror of `add`: the last instant from which that much passes until the end.

        The end is first moved back to the last open instant at or before it (closing included), which is also the
        answer for a duration of 0. Days: the same wall time on the n-th open date before, as in `add`.
        """
        match duration:
            case WorkingHours(0) | WorkingDays(0):
                return self.last_open(end)
            case WorkingHours(length):
                return self._time_at(end).backward(end, length)
            case WorkingDays(days):
                return self._days_earlier(end, days)

    def _days_later(self, start: Instant, days: int) -> Instant:
        time = self._time_at(start)
        table, at = time.place_after(start)
        while (place := table.day_of[at] + days) >= len(table.days):
            time.later(table, start)
            table, at = time.place_after(start)
        return self._same_wall_time(max(start, table.opens[at]), table, table.day_of[at], place)

    def _days_earlier(self, end: Instant, days: int) -> Instant:
        time = self._time_at(end)
        table, at = time.place_before(end)
        while (place := table.day_of[at] - days) < 0:
            time.sooner(table, end)
            table, at = time.place_before(end)
        return self._same_wall_time(min(end, table.closes[at]), table, table.day_of[at], place)

    def _same_wall_time(self, moment: Instant, table: Spans, place: int, target: int) -> Instant:
        """The wall time of a moment of one open date on another: outside its hours the last closing before that wall
        time on that date, or else the date's first opening."""
        wall = to_local(moment, self._zone_at(moment))
        beyond = wall.date() - table.days[place]  # one day where the moment is a closing at 24:00
        day = table.days[target]
        wanted = from_local(datetime.combine(day + beyond, wall.time()), self._version(day).zone)
        spans = table.spans_of(target)
        reached = [span for span in spans if span[0] <= wanted]
        return min(wanted, reached[-1][1]) if reached else spans[0][0]

    def _version(self, day: date) -> _Version:
        version = self._versions[max(bisect_right(self._firsts, day) - 1, 0)]
        if not version.first <= day <= version.last:
            raise CalendarEnded(
                said(
                    "calendar {self} covers {first} to {last}, not {day}",
                    self=self.id,
                    first=version.first,
                    last=version.last,
                    day=day,
                )
            )
        return version

    def _zone_at(self, instant: Instant) -> ZoneInfo:
        return self._versions[bisect_right(self._changes, instant)].zone

    def _open_spans(self, day: date) -> Iterator[Span]:
        """The hours of a date within its local day: where clocks go forward, spans shrink or vanish, never overlap."""
        version = self._version(day)
        hours = version.hours(day)
        if not hours:
            return
        reached, ends = self._start_of(day), self._start_of(day + _DAY)
        for opens, closes in hours:
            span = max(_wall(day, opens, version.zone), reached), min(_wall(day, closes, version.zone), ends)
            reached = max(reached, span[1])
            yield from (part for part in _cut(span, self._closed) if part[0] < part[1])

    def _start_of(self, day: date) -> Instant:
        """Local midnight, at which the day before ends even where it was of a version with another zone."""
        return day_start(day, self._versions[max(bisect_right(self._firsts, day) - 1, 0)].zone)

    def _gapless(self) -> list[OpenTime]:
        """One stretch of open time for each run of dates that versions settle without a gap."""
        runs: list[tuple[date, date]] = []
        for version in self._versions:
            if version.last < version.first:
                continue
            if runs and runs[-1][1] + _DAY == version.first:
                runs[-1] = (runs[-1][0], version.last)
            else:
                runs.append((version.first, version.last))
        return [OpenTime(self.id, *run, self._start_of, self.spans, self.local_date) for run in runs]

    def _time_at(self, instant: Instant) -> OpenTime:
        """The stretch that holds the instant, else one that will say that it does not."""
        for stretch in self._stretches:
            if instant < stretch.ends or stretch is self._stretches[-1]:
                return stretch
        raise CalendarEnded(said("calendar {self} covers no day at all", self=self.id))


def compose(versions: Sequence[CalendarTerms]) -> Calendar:
    """The calendar of several versions, in the order of their publication: each replaces the days from its `starts`."""
    return Calendar(*versions)


def later(start: Instant, duration: Duration, zone: ZoneInfo, calendar: Calendar | None) -> Instant:
    """The limit of a duration that starts then. Nominal days are dates of `zone`; working time is the calendar's.

    No calendar is always open: working hours are then elapsed, working days are dates. Raises `CalendarEnded`.
    """
    if isinstance(duration, Elapsed):  # once an event; a pattern takes ten times as long
        return start + duration.microseconds
    match duration:
        case NominalDays(days):
            return _days_away(start, days, zone)
        case WorkingHours(length) if calendar is None:
            return start + length
        case WorkingDays(days) if calendar is None:
            return _days_away(start, days, zone)
        case _:
            assert calendar is not None
            return calendar.add(start, duration)


def earlier(end: Instant, duration: Duration, zone: ZoneInfo, calendar: Calendar | None) -> Instant:
    """The instant that lies a duration before the end: for `early` and `warn`. The mirror of `later`."""
    match duration:
        case Elapsed(length):
            return end - length
        case NominalDays(days):
            return _days_away(end, -days, zone)
        case WorkingHours(length) if calendar is None:
            return end - length
        case WorkingDays(days) if calendar is None:
            return _days_away(end, -days, zone)
        case _:
            assert calendar is not None
            return calendar.subtract(end, duration)


def _days_away(instant: Instant, days: int, zone: ZoneInfo) -> Instant:
    """The same wall time that many local dates away; the last (or first) instant outside the years 1–9999."""
    if days == 0:
        return instant
    try:
        return from_local(to_local(instant, zone) + timedelta(days=days), zone)
    except OverflowError:
        return LAST_INSTANT if days > 0 else FIRST_INSTANT


def _in_force(published: Sequence[CalendarTerms]) -> list[_Version]:
    """The versions by the dates they settle: one published later replaces all days from its `starts` on."""
    chosen: list[tuple[date, CalendarTerms]] = []
    for terms in published:
        first = max(terms.starts, _FIRST) if terms.starts is not None and chosen else _FIRST
        chosen = [(start, other) for start, other in chosen if start < first] + [(first, terms)]
    ends = [following[0] - _DAY for _, following in pairwise(chosen)] + [_LAST]
    return [_settled(terms, first, last) for (first, terms), last in zip(chosen, ends, strict=True)]


def _settled(terms: CalendarTerms, first: date, last: date) -> _Version:
    if terms.last_year is not None:
        last = min(last, date(terms.last_year, 12, 31))
    openings = {day: hours.spans for day, hours in terms.openings}
    closures = _disjoint(terms.closures)
    return _Version(terms, zone(terms.timezone), first, last, frozenset(terms.holidays), openings, closures)


def _disjoint(closures: Sequence[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Those that overlap as one, so that a day is found among many."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(closures):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


def _first_of(span: tuple[date, date]) -> date:
    return span[0]


def _wall(day: date, minutes: int, zone: ZoneInfo) -> Instant:
    return from_local(datetime.combine(day, time()) + timedelta(minutes=minutes), zone)


def _cut(span: Span, closed: Sequence[Span]) -> list[Span]:
    """What closures leave of a span, ascending."""
    parts = [span]
    for start, end in closed:
        if start >= end:
            continue
        parts = [
            part
            for opens, closes in parts
            for part in ((opens, min(closes, start)), (max(opens, end), closes))
            if part[0] < part[1]
        ]
    return parts
