"""Publishing versions of calendars (MEANING §7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from domain.calendar import PublishedCalendar
from domain.calendars import Calendar, CalendarEnded, compose
from domain.decisions import stream_of
from domain.saying import said
from domain.terms import CalendarTerms
from domain.times import Clock, Instant, local_date, zone
from services.access import Principal, Right
from services.contract_files import Document, calendar_terms, publish_calendar, read_published_calendar
from services.contracts.applied import Applied, Applying
from services.errors import DocumentInvalid, NotAllowed, NotFound
from services.history.history import History
from services.timekeeping import Timekeeping

_JUDGED_DAYS: Final = 20 * 366
"""Days back from the store's time for which a new version of a calendar is compared with those before it."""


class Publishing:
    """Raises NotAllowed for who is no administrator, DocumentInvalid for a version that changes days that have passed."""

    def __init__(self, history: History, now: Clock, time: Timekeeping):
        self._history = history
        self._now = now
        self._time = time

    def published(self, calendar: str) -> PublishedCalendar | None:
        try:
            return self._history.get(stream_of("calendar", calendar), PublishedCalendar)
        except NotFound:
            return None

    def publish(self, who: Principal, document: Document, how: Applying) -> Applied:
        text = publish_calendar(document)
        id = str(document.tree["calendar"])
        if not who.may(Right.ADMINISTER):
            raise NotAllowed(
                said("calendars are published by the administrator"), mend=who.named_as(said("act as administrator"))
            )
        found = self.published(id) or PublishedCalendar(calendar=id)
        before = found.versions[-1].document if found.versions else None
        if before == text:
            return Applied("calendar", id, "unchanged", len(found.versions))
        if "rebaseline" not in document.tree:
            self._check_days_to_come(document, [read_published_calendar(one.document) for one in found.versions])
        changed = how.changes(before, text)
        version = len(found.versions) + 1
        if how.dry_run:
            return Applied("calendar", id, "published", version, changed, is_first=before is None)
        found.publish(text, by=who.by(Right.ADMINISTER), at=self._now())
        position = self._history.save(found)
        return Applied("calendar", id, "published", version, changed, (), position, before is None)

    def _check_days_to_come(self, document: Document, published: list[CalendarTerms]) -> None:
        """A new version changes only days after the watermark: what fell due before was judged by the old ones."""
        watermark = self._time.watermark()
        if not published or watermark is None:
            return
        terms = calendar_terms(document)
        before, after = compose(published), compose([*published, terms])
        today = local_date(watermark, zone(terms.timezone))
        for day in (today - timedelta(days=number) for number in range(_JUDGED_DAYS)):
            if _hours(before, day) != _hours(after, day):
                what = said("it changes {day}, which has passed: what fell due then was judged", day=day)
                mend = said(
                    "`from: {today}` or later; what is past needs `rebaseline: {reason: …}`",
                    today=today + timedelta(days=1),
                )
                raise DocumentInvalid([document.problem(("from",), what, mend)])


def _hours(calendar: Calendar, day: date) -> tuple[tuple[Instant, Instant], ...] | None:
    try:
        return calendar.spans(day)
    except CalendarEnded:
        return None
