"""The instants at which time alone loses a target, or gives it back: while something is down or stale, and as a rolling
window moves on. Each is found exactly, so that it is the same however time is cut into steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from heapq import heappop, heappush

from domain.calendars import Calendar, CalendarEnded
from domain.commitments import Commitment
from domain.periods import Period
from domain.target_periods import RollingWindow, TargetPeriods, first_with
from domain.times import Instant
from services.history.databases import Transaction
from services.judging.period_book import PeriodBook
from services.judging.signal_book import SignalBook

_COUNTED = "standing IN ('owed', 'measured', 'without_due')"
_A_WEEK = timedelta(days=8)


class Moving:
    """The next instant, of some commitments, at which a target has to be looked at though nothing happens. Asked again for a
    commitment (`look_again`) whenever something happened to it."""

    def __init__(self, periods: PeriodBook, signals: SignalBook, until: Instant):
        self._periods = periods
        self._signals = signals
        self._until = until
        self._next: dict[str, Instant] = {}
        self._queue: list[tuple[Instant, str]] = []

    def look_again(self, reads: Transaction, commitments: Iterable[Commitment], now: Instant | None) -> None:
        """Time is at `now`; None where none has passed yet."""
        moving = [one for one in commitments if one.rolling or one.is_of_time]
        running = set(self._signals.running(reads, [one.id for one in moving if one.is_of_time]))
        for one in moving:
            edge = self._edge(reads, one, now, one.id in running)
            if edge is None:
                self._next.pop(one.id, None)
            else:
                self._next[one.id] = edge
                heappush(self._queue, (edge, one.id))

    @property
    def next(self) -> Instant | None:
        while self._queue:
            edge, id = self._queue[0]
            if self._next.get(id) == edge:
                return edge
            heappop(self._queue)
        return None

    def reached(self, instant: Instant) -> list[str]:
        """Takes out the ids of the commitments to be looked at by that instant; each is asked again afterwards."""
        found = []
        while (edge := self.next) is not None and edge <= instant:
            _, id = heappop(self._queue)
            del self._next[id]
            found.append(id)
        return found

    def _edge(
        self, reads: Transaction, commitment: Commitment, now: Instant | None, is_running: bool
    ) -> Instant | None:
        start = commitment.versions[0].start - 1 if now is None else now
        found = []
        for index, window in commitment.rolling.items():
            found.append(self._rolling_edge(reads, commitment, index, window, start))
        if is_running:
            found += self._losses(reads, commitment, start)
        return min((one for one in found if one is not None and start < one <= self._until), default=None)

    def _losses(self, reads: Transaction, commitment: Commitment, now: Instant) -> Iterator[Instant]:
        """Gives, for each period that is not final, the instant at which what runs loses its target, if it goes on."""
        sql = (
            "SELECT target_index, start_at FROM view_period WHERE commitment = ? AND final IS NULL "
            "ORDER BY target_index, start_at"
        )
        for target_index, begins in reads.query(sql, [commitment.id]):
            periods = commitment.targets.get(target_index)
            if not isinstance(periods, TargetPeriods):
                continue
            period = periods.of(begins)
            end = self._until if period.end is None else min(self._until, period.end)

            def is_lost(at: Instant, index: int = target_index, period: Period = period) -> bool:
                return self._periods.standing(reads, commitment, index, period, at).status == "breached"

            if now < end and is_lost(end) and not is_lost(now):
                yield first_with(is_lost, now, end)

    def _rolling_edge(
        self, reads: Transaction, commitment: Commitment, index: int, window: RollingWindow, now: Instant
    ) -> Instant | None:
        """Gives the next instant at which something, a wording too, comes into the window or leaves it; for service
        time, which comes and goes all the time, the one before it, if any, at which the target is lost or kept again. None
        where nothing does."""
        edges = list(_wordings(commitment, window, now))
        left = window.at(now).start
        if not commitment.is_of_time:
            edges += [one + 1 for one in _anchors(reads, commitment, now)]
            edges += [window.leaves(one, now) for one in _anchors(reads, commitment, left)]
            return min(edges, default=None)
        calendar = commitment.newest.calendar
        edges += [*_bounds(reads, commitment, now), *_turn(calendar, now)]
        leaving = [*_bounds(reads, commitment, left), *_turn(calendar, left)]
        edges += [window.leaves(one, now) for one in leaving if one < now]
        return self._crossing(reads, commitment, index, window, now, min(edges, default=self._until))

    def _crossing(
        self, reads: Transaction, commitment: Commitment, index: int, window: RollingWindow, now: Instant, edge: Instant
    ) -> Instant:
        def is_lost(at: Instant) -> bool:
            return self._periods.rolling_standing(reads, commitment, index, window.at(at)).status == "breached"

        end = min(edge, self._until)
        was = is_lost(now)
        return edge if end <= now or is_lost(end) == was else first_with(lambda at: is_lost(at) != was, now, end)


def _wordings(commitment: Commitment, window: RollingWindow, now: Instant) -> Iterator[Instant]:
    """Gives the instants after `now` at which a wording begins, is first within the window, ends, and is in it no more."""
    left = window.at(now).start
    for one in commitment.versions:
        yield from (moment for moment in (one.start, one.start + 1, one.end) if moment is not None and moment > now)
        if one.end is not None and left < one.end <= now:
            yield window.leaves(one.end - 1, now)


def _anchors(reads: Transaction, commitment: Commitment, since: Instant) -> list[Instant]:
    """The first anchor from then on, of what counts in a window."""
    sql = f"SELECT MIN(anchor) FROM view_occurrence WHERE commitment = ? AND anchor >= ? AND {_COUNTED}"
    return [one for (one,) in reads.query(sql, [commitment.id, since]) if one is not None]


def _bounds(reads: Transaction, commitment: Commitment, after: Instant) -> list[Instant]:
    """Gives the instants after that at which a stretch next begins, and one next ends."""
    found = _anchors(reads, commitment, after + 1)
    sql = "SELECT MIN(closed) FROM view_occurrence WHERE commitment = ? AND closed > ? AND standing = 'owed'"
    return [*found, *(one for (one,) in reads.query(sql, [commitment.id, after]) if one is not None)]


def _turn(calendar: Calendar | None, after: Instant) -> list[Instant]:
    """Gives the instant at which the calendar next opens or closes, if it does within a week."""
    if calendar is None:
        return []
    day = calendar.local_date(after)
    try:
        for away in range(_A_WEEK.days):
            for span in calendar.spans(day + timedelta(days=away)):
                if following := [one for one in span if one > after]:
                    return following[:1]
    except CalendarEnded:
        return []
    return []
