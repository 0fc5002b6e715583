"""Dated rules that could never be judged: no date, windows that overlap, dues beyond the calendar's years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

from domain.recurrence import DayRule

from domain.calendars import Calendar, CalendarEnded, earlier
from domain.durations import Elapsed, WorkingDays, WorkingHours, show_duration
from domain.schedule import moved_day
from domain.terms import ContractTerms, Punctuality
from domain.times import Instant, show, zone
from domain.times import from_local as instant_of
from services.contract_files.documents import Document, Path, Problem

_HORIZON = timedelta(days=8 * 366)
"""How far a contract without end is looked at: every rule that gives a date does so within two leap years."""
_MOST_DUES = 4_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What a dated rule is expanded with. `calendar` is None where there is none, or where its terms are not known yet
    (`is_known` tells)."""

    terms: ContractTerms
    calendar: Calendar | None
    is_known: bool

    @property
    def first(self) -> date:
        return max(self.terms.valid_from, self.terms.effective)

    @property
    def last(self) -> date:
        return self.terms.valid_until or min(self.first, date(9000, 1, 1)) + _HORIZON


def dated_problems(document: Document, at: Path, indicator: Punctuality, setting: Setting) -> Iterator[Problem]:
    """Problems of one punctuality; `at` is the path of its indicator."""
    if indicator.key is None and indicator.early is None:
        right = "key: data.week, the producer's own name for the due date, or early: 3 days to match by time"
        yield document.problem(at, "nothing says which due date a delivery is for", right)
    if setting.last < setting.first:
        return
    if _needs_calendar(indicator) and not setting.is_known:
        return
    dues, ended = _dues(indicator, setting)
    every = (*at, "due", "every")
    if ended is not None and setting.terms.valid_until is not None:
        yield document.problem(every, f"the calendar ends before {ended}, and dues go on after it", "add years to it")
    elif not dues:
        until = f"{setting.first} and {setting.last}"
        yield document.problem(every, f"the rule gives no date between {until}", "another rule, or a longer validity")
    if indicator.key is None and indicator.early is not None:
        yield from _overlaps(document, (*at, "early"), indicator, setting, dues)


def _needs_calendar(indicator: Punctuality) -> bool:
    return indicator.on_closed_day != "same" or "working" in indicator.due.every


def _dues(indicator: Punctuality, setting: Setting) -> tuple[list[Instant], date | None]:
    """The dues, ascending, each once, and the first date for which the calendar says nothing."""
    is_closed: Callable[[date], bool] = setting.calendar.is_closed if setting.calendar else lambda _: False
    local = zone(setting.terms.timezone)
    dues: set[Instant] = set()
    day = setting.first
    try:
        for day in _days(indicator, setting, is_closed):
            moved = moved_day(day, indicator.on_closed_day, is_closed)
            if moved is not None:
                dues |= {instant_of(datetime.combine(moved, at), local) for at in indicator.due.at}
    except CalendarEnded:
        return sorted(dues), day
    return sorted(dues), None


def _days(indicator: Punctuality, setting: Setting, is_closed: Callable[[date], bool]) -> Iterator[date]:
    rule = DayRule.parse(indicator.due.every)
    return islice(rule.dates(setting.terms.valid_from, setting.first, setting.last, is_closed), _MOST_DUES)


def _overlaps(
    document: Document, at: Path, indicator: Punctuality, setting: Setting, dues: list[Instant]
) -> Iterator[Problem]:
    """Windows [due − early, next due − next early) may touch, never overlap: one problem, for the first that do."""
    early = indicator.early
    assert early is not None
    if isinstance(early, WorkingHours | WorkingDays) and setting.calendar is None:
        return
    local = zone(setting.terms.timezone)
    for due, following in pairwise(dues):
        try:
            start = earlier(following, early, local, setting.calendar)
        except (CalendarEnded, OverflowError):
            return
        if start < due:
            what = (
                f"the windows overlap: the one of {show(following, local)} begins before the due of {show(due, local)}"
            )
            shortest = show_duration(Elapsed(min(after - before for before, after in pairwise(dues))))
            yield document.problem(at, what, f"no longer than the shortest time between two dues, {shortest}")
            return
