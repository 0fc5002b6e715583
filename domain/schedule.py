"""The dates on which a dated deliverable is owed, before anything happens (DESIGN §3.1, MEANING §4 "Dated windows")."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from domain.calendars import CalendarEnded, earlier
from domain.recurrence import DayRule
from domain.risk import limit_after
from domain.terms import Punctuality
from domain.times import Instant, from_local, local_date, to_local
from domain.versions import CommitmentVersion

_STEP = timedelta(days=400)
_LITTLE = timedelta(days=40)
_SECOND_DAY = date(1, 1, 2)
_HORIZON = timedelta(days=50 * 366)
"""No schedule reaches further than this beyond the start of the contract: a far-future event may not unroll centuries."""


@dataclass(frozen=True, slots=True)
class Due:
    """One date of the rule. `key` is its nominal local date (with the time if there are several a day); `window_start`
    is when a delivery for it may come at the earliest, for rules that match by time. `others` are dates that landed on
    the same due: they are not owed, and their names mean this one."""

    key: str
    nominal: date
    due: Instant
    limit: Instant
    is_strict: bool
    window_start: Instant
    version: CommitmentVersion
    previous: Instant
    reason: str | None = None
    others: tuple[Due, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called by: its key first."""
        return (self.key, *(one.key for one in self.others))

    @property
    def opens(self) -> Instant:
        """From when on a delivery is awaited: where `early` says so from then, else from the due before."""
        indicator = self.version.criterion.indicator
        is_early = isinstance(indicator, Punctuality) and indicator.early is not None
        return self.window_start if is_early else self.previous

    @property
    def nominal_due(self) -> Instant:
        """When it would be due if no closed day moved it: at the same time of its own date."""
        zone = self.version.zone
        return from_local(datetime.combine(self.nominal, to_local(self.due, zone).time()), zone)

    @property
    def is_on_its_own_day(self) -> bool:
        return local_date(self.due, self.version.zone) == self.nominal


class Schedule:
    """The due dates of one commitment over all its versions, ascending, unrolled as far as was asked for."""

    def __init__(self, versions: Sequence[CommitmentVersion]):
        self._versions = [one for one in versions if isinstance(one.criterion.indicator, Punctuality)]
        first = versions[0]
        self._anchor = first.terms.valid_from
        self._start = first.start
        self._covered = self._anchor - timedelta(days=1)
        self.moves = any(_moves(one) for one in self._versions)
        """Whether a due may fall on another day than its date, or be delivered long before."""
        self._dues: list[Due] = []
        self._starts: list[Instant] = []
        self._by_key: dict[str, Due] = {}
        self._by_name: dict[str, Due] = {}
        self._dates: list[tuple[date, Due]] = []

    def through(self, until: Instant) -> list[Due]:
        """Every due up to `until`, included."""
        self._unroll(until)
        return [one for one in self._dues if one.due <= until]

    def named(self, key: str) -> Due | None:
        """The due of an occurrence's key; None for what is none, such as the key of a case under another wording."""
        self._unroll_to_name(key)
        return self._by_key.get(key)

    def meant_by(self, name: str) -> Due | None:
        """The due of a key, or the one on which the date of that name landed."""
        self._unroll_to_name(name)
        return self._by_name.get(name)

    def on_dates(self, first: date, last: date) -> list[Due]:
        """The dues that a nominal date in the span, both ends included, landed on; each once."""
        self._unroll_to(last)
        begins = bisect_left(self._dates, first, key=_day_of)
        ends = bisect_right(self._dates, last, key=_day_of)
        return list({one.due: one for _, one in self._dates[begins:ends]}.values())

    def at(self, happened: Instant) -> Due | None:
        """The due in whose window [due − early, next due − next early) the instant lies."""
        self._unroll(happened)
        index = bisect_right(self._starts, happened) - 1
        return self._dues[index] if index >= 0 else None

    def next_after(self, after: Instant) -> Due | None:
        """The first due after the instant, if one comes within some years."""
        for ahead in (0, 4):
            self._unroll_to(_later_date(local_date(after, self._versions[-1].zone), ahead * _STEP))
            at = bisect_right(self._dues, after, key=lambda one: one.due)
            if at < len(self._dues):
                return self._dues[at]
        return None

    def _unroll_to_name(self, name: str) -> None:
        if name in self._by_name:
            return
        try:
            self._unroll_to(date.fromisoformat(name[:10]))
        except ValueError:
            return

    def _unroll(self, until: Instant) -> None:
        self._unroll_to(local_date(until, self._versions[-1].zone))

    def _unroll_to(self, until: date) -> None:
        """Covers all dues and windows that `until` can touch: a closed day may move a due, `early` its window, so it then goes
        well beyond."""
        beyond = _STEP / 2 if self.moves else _LITTLE
        last = _later_date(min(until, _later_date(self._anchor, _HORIZON)), beyond)
        if last <= self._covered:
            return
        # Ever further at once, so that all steps together cost what the longest does; little where little was asked for.
        self._covered = _later_date(last, min(max((last - self._anchor) / 2, _LITTLE), _STEP / 2))
        dues = _of_the_later_wording(list(self._unrolled(self._covered)))
        self._dues = _standing(sorted(dues, key=lambda one: (one.due, one.nominal)), self._start)
        self._starts = _window_starts(self._dues)
        self._by_key = {one.key: one for one in self._dues}
        self._by_name = {other.key: one for one in self._dues for other in one.others} | self._by_key
        dates = [(each.nominal, one) for one in self._dues for each in (one, *one.others)]
        self._dates = sorted(dates, key=_day_of)

    def _unrolled(self, until: date) -> Iterator[Due]:
        for version in self._versions:
            indicator = version.criterion.indicator
            assert isinstance(indicator, Punctuality)
            try:
                yield from _dues_of(version, indicator, self._anchor, until)
            except CalendarEnded:
                continue


def _moves(version: CommitmentVersion) -> bool:
    """Whether a due may fall on another day than its date, or may be delivered long before."""
    indicator = version.criterion.indicator
    assert isinstance(indicator, Punctuality)
    return indicator.early is not None or (version.calendar is not None and indicator.on_closed_day != "same")


def _dues_of(version: CommitmentVersion, indicator: Punctuality, anchor: date, until: date) -> Iterator[Due]:
    rule = DayRule.parse(indicator.due.every)
    is_closed: Callable[[date], bool] = version.calendar.is_closed if version.calendar else lambda _: False
    # A day before: where the clocks skip a whole day (Apia, 2011-12-30) its times stand on the next.
    first = max(local_date(version.start, version.zone), _SECOND_DAY) - timedelta(days=1)
    last = until if version.end is None else min(until, local_date(version.end, version.zone))
    several = len(indicator.due.at) > 1
    move = Moving(indicator.on_closed_day, is_closed)
    for day in rule.dates(anchor, first, last, is_closed):
        for at in indicator.due.at:
            nominal = from_local(datetime.combine(day, at), version.zone)
            if nominal < version.start or (version.end is not None and nominal >= version.end):
                continue
            key = f"{day.isoformat()}T{at:%H:%M}" if several else day.isoformat()
            due = _due(key, day, at, indicator, version, move)
            if due is not None:
                yield due


def _due(key: str, day: date, at: time, indicator: Punctuality, version: CommitmentVersion, move: Moving) -> Due | None:
    reason = None
    try:
        moved = move(day)
    except CalendarEnded:
        moved, reason = day, "calendar-ended"
    if moved is None:
        return None
    due = from_local(datetime.combine(moved, at), version.zone)
    window_start = limit = due
    is_strict = False
    try:
        limit, is_strict = limit_after(due, indicator.tolerance, version)
        if indicator.early is not None:
            window_start = earlier(due, indicator.early, version.zone, version.calendar)
    except CalendarEnded:
        reason = "calendar-ended"
    return Due(key, day, due, limit, is_strict, window_start, version, due, reason)


class Moving:
    """Where a closed day's due goes: the `previous` or `next` open day, the `same` one, or nowhere (`skip`: None). Remembers
    the last run of closed days, so that a long one is walked through once, whatever number of dates lie in it."""

    def __init__(self, rule: str, is_closed: Callable[[date], bool]):
        self._rule = rule
        self._is_closed = is_closed
        self._step = timedelta(days=1 if rule == "next" else -1)
        self._run: tuple[date, date, date] | None = None
        """Closed from the first to the second day, both included; where a due in it goes."""

    def __call__(self, day: date) -> date | None:
        """Raises what `is_closed` raises."""
        if self._rule == "same" or not self._is_closed(day):
            return day
        return None if self._rule == "skip" else self._from(day)

    def _from(self, closed: date) -> date:
        first = last = day = closed
        while self._is_closed(day):
            if self._run is not None and self._run[0] <= day <= self._run[1]:
                first, last, day = min(first, self._run[0]), max(last, self._run[1]), self._run[2]
                break
            first, last = min(first, day), max(last, day)
            day += self._step
        self._run = first, last, day
        return day


def _later_date(day: date, by: timedelta) -> date:
    return min(day, date.max - by) + by


def _window_starts(dues: Sequence[Due]) -> list[Instant]:
    """Where each window [due − early, next due − next early) begins; one that the next due's `early` swallows (two
    wordings meet) is empty."""
    starts = [one.window_start for one in dues]
    for index in range(len(starts) - 2, -1, -1):
        starts[index] = min(starts[index], starts[index + 1])
    return starts


def _of_the_later_wording(dues: list[Due]) -> list[Due]:
    """Without those of dates that a later wording names too, each in its own zone (MEANING §4). They come by wording."""
    last = {one.nominal: one.version.number for one in dues}
    return [one for one in dues if one.version.number == last[one.nominal]]


def _standing(dues: list[Due], start: Instant) -> list[Due]:
    """Of nominal dates that land on the same due the one whose own day it is stands, else the earliest (MEANING §4). Each
    learns the due before it."""
    kept: list[Due] = []
    for due, landed in groupby(dues, key=lambda one: one.due):
        dates = list(landed)
        stands = dates[0] if len(dates) == 1 else next((one for one in dates if one.is_on_its_own_day), dates[0])
        others = tuple(one for one in dates if one is not stands)
        kept.append(replace(stands, previous=kept[-1].due if kept else min(start, due), others=others))
    return kept


def _day_of(dated: tuple[date, Due]) -> date:
    return dated[0]
