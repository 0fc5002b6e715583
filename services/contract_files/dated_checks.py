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
from domain.saying import said
from domain.schedule import Moving
from domain.terms import ContractTerms, Punctuality
from domain.times import Instant, show, to_local, zone
from domain.times import from_local as instant_of
from services.contract_files import bounds
from services.contract_files.documents import Document, Path, Problem

_HORIZON = timedelta(days=8 * 366)
"""How far from its first day a contract without end is looked at: every rule that gives a date does so within two leap
years."""
_MOST_DUES, _MOST_IN_ALL = 1_500, 15_000
"""Dates of one rule, and of all rules of a contract, that are looked at: so many from the first on, and the last ones."""
_LAST_DATES = timedelta(days=100)


@dataclass(frozen=True)
class Setting:
    """The setting in which a dated rule is expanded. `calendar` is None where there is none, or where its terms are not
    known yet (`is_known` tells). `dated`: how many criteria have dates; `never_opens`: the calendar has no open day."""

    terms: ContractTerms
    calendar: Calendar | None
    is_known: bool
    dated: int
    never_opens: bool = False

    @property
    def first(self) -> date:
        return max(self.terms.valid_from, self.terms.effective)

    @property
    def last(self) -> date:
        return self.terms.valid_until or min(self.first, date(9000, 1, 1)) + _HORIZON


def dated_problems(document: Document, at: Path, indicator: Punctuality, setting: Setting) -> Iterator[Problem]:
    """Problems of one punctuality; `at` is the path of its indicator."""
    if indicator.key is None and indicator.early is None:
        right = said("key: data.week, the producer's own name for the due date, or early: 3 days to match by time")
        yield document.problem(at, said("nothing says which due date a delivery is for"), right)
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
        yield document.problem(
            every, said("the calendar ends with {ended}, and dues go on after it", ended=ended), said("add years to it")
        )
    elif not dues:
        yield document.problem(
            every,
            said("the rule gives no date between {first} and {last}", first=setting.first, last=setting.last),
            said("another rule, or a longer validity"),
        )
    if indicator.key is None and indicator.early is not None:
        yield from _overlaps(document, (*at, "early"), indicator, setting, dues)


def _dues(indicator: Punctuality, setting: Setting) -> tuple[list[Instant], date | None]:
    """The dues, ascending, each once, and the last day of the calendar where it says nothing of one of them."""
    is_closed: Callable[[date], bool] = setting.calendar.is_closed if setting.calendar else lambda _: False
    local, move = zone(setting.terms.timezone), Moving(indicator.on_closed_day, is_closed)
    rule, anchor = DayRule.parse(indicator.due.every), setting.terms.valid_from
    most = max(1, min(_MOST_DUES, _MOST_IN_ALL // max(1, setting.dated)) // len(indicator.due.at))
    dues: set[Instant] = set()
    try:
        for day in islice(rule.dates(anchor, setting.first, setting.last, is_closed), most):
            moved = move(day)
            if moved is not None:
                dues |= {instant_of(datetime.combine(moved, at), local) for at in indicator.due.at}
        if setting.terms.valid_until is not None:
            late = max(setting.first, setting.last - _LAST_DATES)
            for day in islice(rule.dates(anchor, late, setting.last, is_closed), most):
                move(day)
    except CalendarEnded:
        ends = setting.calendar.last_day if setting.calendar else None
        return sorted(dues), ends or bounds.LAST_DAY
    return sorted(dues), None


def dates_until(indicator: Punctuality, setting: Setting, last: date, most: int) -> int:
    """Dates up to that day, no more than are needed to see that they are too many."""
    is_closed: Callable[[date], bool] = setting.calendar.is_closed if setting.calendar else lambda _: False
    days = DayRule.parse(indicator.due.every).dates(setting.terms.valid_from, setting.first, last, is_closed)
    count, times = 0, len(indicator.due.at)
    try:
        for _ in days:
            count += times
            if count > most:
                break
    except CalendarEnded:
        pass  # what the calendar does not cover is refused elsewhere, or made when it does
    return count


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
            what = said(
                "the windows overlap: the one of {following} begins before the due of {due}",
                following=show(following, local),
                due=show(due, local),
            )
            right = said(
                "no longer than the shortest time between two dues, {shortest}", shortest=_shortest(dues, early, local)
            )
            yield document.problem(at, what, right)
            return


def _shortest(dues: list[Instant], early: Duration, local: ZoneInfo) -> str:
    """The shortest time between two dues, in days of the wall where `early` is given in days."""
    if isinstance(early, NominalDays):
        days = min((to_local(after, local) - to_local(before, local)).days for before, after in pairwise(dues))
        return show_duration(NominalDays(days))
    return show_duration(Elapsed(min(after - before for before, after in pairwise(dues))))
