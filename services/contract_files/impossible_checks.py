"""Clauses of good form that could never be judged, or only ever one way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.calendars import CalendarEnded
from domain.kinds.faces import face as domain_face
from domain.saying import said
from domain.terms import Criterion
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Document, Path, Problem
from services.contract_files.kinds.face import Place
from services.contract_files.kinds.faces import face

_OPPOSITES = (("opened", "closed"), ("paused", "resumed"), ("closed", "reopened"), ("down", "up"))


def impossible_problems(document: Document, at: Path, criterion: Criterion, setting: Setting) -> Iterator[Problem]:
    """Problems of one criterion; `at` is its path."""
    indicator, inside = criterion.indicator, (*at, "indicator")
    named = dict(domain_face(indicator).selectors(indicator))
    for one, other in _OPPOSITES:
        if one in named and named[one] == named.get(other):
            what = said("“{other}” means the very events that “{one}” means", other=other, one=one)
            yield document.problem((*inside, other), what, said("another type, or a `where` that tells them apart"))
    yield from face(indicator).problems(Place(document, at), criterion, indicator, setting)


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
            face(criterion.indicator).has_dates
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
