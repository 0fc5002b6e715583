"""Checks that a version does not make too many dates and periods at once."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendars import Calendar
from domain.saying import said
from domain.terms import CalendarTerms, ContractTerms
from services.contract_files import bounds
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Document
from services.contract_files.kinds.faces import face

_AHEAD = timedelta(days=2 * 366)
"""Dates and periods are known to the end of the period after the one that holds the watermark: no more than two years."""
_SHORTEST = {"week": 7, "month": 28, "quarter": 90, "half": 181}
"""Days of a period; longer ones are few."""


def too_many_dates(
    document: Document, terms: ContractTerms, calendar: CalendarTerms | None, reached: date
) -> list[str]:
    """The problem of a version that makes more dates and periods at once than a store should judge in one go, where time has
    reached that day. What lies further ahead is made as time comes near it."""
    setting = Setting(terms, Calendar(calendar) if calendar else None, calendar is not None, 0)
    near = max(reached, setting.first) + _AHEAD
    left = bounds.DATES_OF_A_VERSION
    for criterion in (one for deliverable in terms.deliverables for one in deliverable.criteria):
        ends = any(target.per == "contract" for target in criterion.targets)
        until = terms.valid_until or near
        last = until if ends else min(near, until)
        left -= sum(1 + (last - setting.first).days // _SHORTEST.get(str(one.per), 366) for one in criterion.targets)
        if left >= 0:
            left -= face(criterion.indicator).dates_until(criterion.indicator, setting, last, left)
        if left < 0:
            what = said(
                "it makes more than {dates_of_a_version:,} dates and periods between {first} and {last}",
                dates_of_a_version=bounds.DATES_OF_A_VERSION,
                first=setting.first,
                last=last,
            )
            right = said("a later first day, fewer times a day, or longer periods")
            return [document.problem(("valid", "from"), what, right)]
    return []
