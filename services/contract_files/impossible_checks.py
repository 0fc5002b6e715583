"""Clauses of good form that could never be judged, or only ever one way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from domain.calendars import CalendarEnded
from domain.durations import Elapsed, NominalDays
from domain.saying import said
from domain.terms import (
    Criterion,
    DurationTable,
    Freshness,
    Measure,
    Punctuality,
    Turnaround,
)
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Document, Path, Problem

_OPPOSITES = (("opened", "closed"), ("paused", "resumed"), ("closed", "reopened"), ("down", "up"))


def impossible_problems(document: Document, at: Path, criterion: Criterion) -> Iterator[Problem]:
    """Problems of one criterion; `at` is its path."""
    indicator, inside = criterion.indicator, (*at, "indicator")
    for one, other in _OPPOSITES:
        selector = getattr(indicator, one, None)
        if selector is not None and selector == getattr(indicator, other, None):
            what = said("“{other}” means the very events that “{one}” means", other=other, one=one)
            yield document.problem((*inside, other), what, said("another type, or a `where` that tells them apart"))
    match indicator:
        case Turnaround(under=True):
            yield from _no_time(document, (*inside, "under"), indicator)
        case Freshness(max_age=Elapsed(0) | NominalDays(0)):
            yield document.problem(
                (*inside, "max_age"), said("data would always be stale"), said("a longer time, such as 1 h")
            )
        case Measure(aggregate="count"):
            for index, target in enumerate(criterion.targets):
                if target.form == "at_most" and target.bound < 0:
                    path = _target_path(document, at, index)
                    yield document.problem((*path, "at_most"), said("no count is less than nothing"), said("0 or more"))


def _no_time(document: Document, at: Path, indicator: Turnaround) -> Iterator[Problem]:
    """Nothing is closed in less than no time. (Less than 0 working hours may be: until the next opening.)"""
    limits: Mapping[str | None, object] = (
        {None: indicator.limit}
        if not isinstance(indicator.limit, DurationTable)
        else {**dict(indicator.limit.choices), "else": indicator.limit.otherwise}
    )
    for name, limit in limits.items():
        if limit in (Elapsed(0), NominalDays(0)):
            path = at if name is None else (*at, name)
            yield document.problem(
                path, said("nothing is closed in less than no time"), said("a longer time, or `within`")
            )


def _target_path(document: Document, at: Path, index: int) -> Path:
    return (*at, "targets", index) if (*at, "targets") in document.keys else (*at, "target")


def closed_problems(document: Document, setting: Setting) -> Iterator[Problem]:
    """A calendar that never opens while the contract is in force. An amendment may well be in force on closed days alone."""
    first = setting.terms.valid_from
    if setting.calendar is None or setting.last < first:
        return
    day, found = first, False
    try:
        while day <= setting.last and not (found := not setting.calendar.is_closed(day)):
            day += timedelta(days=1)
    except CalendarEnded:
        is_said = setting.terms.valid_until is not None and any(
            isinstance(criterion.indicator, Punctuality)
            for deliverable in setting.terms.deliverables
            for criterion in deliverable.criteria
        )
        if day == first and not is_said:
            what = said("the calendar has no days from {first} on", first=first)
            yield document.problem(("calendar",), what, said("a calendar of these years"))
        if day == first:
            return
    if not found:
        yield document.problem(
            ("calendar",),
            said("the calendar is never open from {first} until {last}", first=first, last=_last(day)),
            said("hours on some day"),
        )


def _last(day: date) -> date:
    return day - timedelta(days=1)
