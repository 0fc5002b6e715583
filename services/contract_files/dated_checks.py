"""Dated rules that could never be judged: no date, windows that overlap, dues beyond the calendar's years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from domain.calendars import Calendar, CalendarEnded, earlier
from domain.durations import Duration, Elapsed, NominalDays, WorkingDays, WorkingHours, show_duration
from domain.recurrence import DayRule
from domain.schedule import moved_day
from domain.terms import ContractTerms, Punctuality
from domain.times import Instant, show, to_local, zone
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
    if not setting.is_known:
        if DayRule.parse(indicator.due.every).uses_calendar:
            return
        if indicator.on_closed_day != "same":
            indicator = replace(indicator, on_closed_day="same", early=None)
    dues, ended = _dues(indicator, setting)
    every = (*at, "due", "every")
    if ended is not None and setting.terms.valid_until is not None:
        yield document.problem(every, f"the calendar ends before {ended}, and dues go on after it", "add years to it")
    elif not dues:
        until = f"{setting.first} and {setting.last}"
        yield document.problem(every, f"the rule gives no date between {until}", "another rule, or a longer validity")
    if indicator.key is None and indicator.early is not None:
        yield from _overlaps(document, (*at, "early"), indicator, setting, dues)


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
            right = f"no longer than the shortest time between two dues, {_shortest(dues, early, local)}"
            yield document.problem(at, what, right)
            return


def _shortest(dues: list[Instant], early: Duration, local: ZoneInfo) -> str:
    """The shortest time between two dues, in days of the wall where `early` is given in days."""
    if isinstance(early, NominalDays):
        days = min((to_local(after, local) - to_local(before, local)).days for before, after in pairwise(dues))
        return show_duration(NominalDays(days))
    return show_duration(Elapsed(min(after - before for before, after in pairwise(dues))))
