"""Closed days of an iCalendar file as the draft of a calendar's next version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.access import ADMINISTRATOR
from services.contract_files import read_documents
from services.contracts.calendar_drafts import Draft, draft_of
from services.contracts.contracting import Contracting
from services.errors import Invalid, NotFound
from tests.given import at, contract, criterion, punctuality
from tests.services.contract_files.test_icalendar import ics
from tests.services.contracts.test_calendars_announced import FOLLOWED, office
from tests.services.judged import NOW, Life, living

JULY_14 = "DTSTART;VALUE=DATE:20200714 RRULE:FREQ=YEARLY SUMMARY:National"


@pytest.fixture
def life(store_url: str) -> Iterator[Life]:
    with living(store_url) as found:
        yield found


def drafted(life: Life, content: bytes, **more: Any) -> Draft:
    watermark = life.store.timekeeping.watermark()
    return draft_of(life.store.history, "office", content, place="x.ics", watermark=watermark, today=NOW, **more)


def test_a_draft_shows_its_difference_and_is_published_by_apply(life: Life) -> None:
    life.publish(office())
    life.sign(contract(criterion(punctuality(on_closed_day="next")), calendar=FOLLOWED))
    life.advance("03-20 12:00")
    draft = drafted(life, ics("DTSTART;VALUE=DATE:20260330 SUMMARY:Works"))
    assert (draft.version, draft.changes) == (2, ("closures: added, 2026-03-30",))
    [document] = read_documents(draft.text, "draft.yaml")
    applied = life.store.use(Contracting).apply(ADMINISTRATOR, document)
    life.judge()
    assert (applied.version, applied.changes) == (2, draft.changes)
    assert life.occurrences()["2026-03-30"].due == at("03-31 10:00")
    again = drafted(life, ics("DTSTART;VALUE=DATE:20260330 SUMMARY:Works"))
    assert (again.added, again.changes) == ((), ())


def test_what_was_in_the_calendar_stays_in_it(life: Life) -> None:
    openings = [{"date": "2026-12-19", "at": ["09:00-12:00"]}]
    more = {"closures": ["2026-08-03..2026-08-14"], "openings": openings, "rebaseline": {"reason": "x"}}
    life.publish(office(holidays={"country": "FR", "years": "2026-2027"}, **more))
    draft = drafted(life, ics("DTSTART;VALUE=DATE:20261228 SUMMARY:Closed"))
    [document] = read_documents(draft.text, "draft.yaml")
    assert document.tree["closures"] == ["2026-08-03..2026-08-14", "2026-12-28"]
    assert (document.tree["openings"], "rebaseline" in document.tree) == (openings, False)
    assert draft.last == date(2027, 12, 31)


def test_days_that_are_closed_already_are_not_added(life: Life) -> None:
    life.publish(office(holidays={"country": "FR", "years": "2026-2027"}, closures=["2026-08-03"]))
    content = ics(
        JULY_14,
        "DTSTART;VALUE=DATE:20260803",
        "DTSTART;VALUE=DATE:20260801",
        "DTSTART;VALUE=DATE:20260803 DURATION:P2D",
    )
    assert [(str(one.first), str(one.last)) for one in drafted(life, content).added] == [("2026-08-03", "2026-08-04")]


def test_days_that_have_passed_are_left_out_unless_they_are_asked_for(life: Life) -> None:
    life.publish(office())
    life.advance("07-14 12:00")
    assert [one.first for one in drafted(life, ics(JULY_14)).added] == [date(2027, 7, 14), date(2028, 7, 14)]
    life_long = drafted(life, ics(JULY_14), first=date(2025, 1, 1), last=date(2026, 7, 14))
    assert [one.first for one in life_long.added] == [date(2025, 7, 14), date(2026, 7, 14)]


def test_without_a_watermark_today_is_the_first_day(life: Life) -> None:
    life.publish(office())
    content = ics("DTSTART;VALUE=DATE:20260629", "DTSTART;VALUE=DATE:20260630")
    assert [one.first for one in drafted(life, content).added] == [date(2026, 6, 30)]


def test_exceptional_openings_win_and_partial_days_are_named(life: Life) -> None:
    life.publish(office(openings=[{"date": "2026-07-14", "at": "09:00-12:00"}]))
    draft = drafted(life, ics(JULY_14, "DTSTART:20260901T080000Z DTEND:20260901T090000Z SUMMARY:Drill"))
    assert ([one.first for one in draft.open], draft.partial) == ([date(2026, 7, 14)], ("Drill",))


def test_what_cannot_be_drafted_is_refused(life: Life) -> None:
    with pytest.raises(NotFound, match="no calendar “office” is published"):
        drafted(life, ics(JULY_14))
    life.publish(office())
    with pytest.raises(Invalid, match=r"x\.ics: not an iCalendar file"):
        drafted(life, b"hello")
    with pytest.raises(Invalid, match="2025-01-01 lies before"):
        drafted(life, ics(JULY_14), last=date(2025, 1, 1))
