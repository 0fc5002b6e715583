"""Closed days out of iCalendar files: whole days only, recurrences within a span of years, one-line refusals."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import zone
from services.contract_files.icalendar_source import Closed, NotReadable, closed_days

PARIS = zone("Europe/Paris")
HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//\r\n", "END:VCALENDAR\r\n"
MAY_1 = "DTSTART;VALUE=DATE:20260501"


def ics(*events: str, zone_text: str = "") -> bytes:
    """Lines of an event are separated by blanks."""
    bodies = [f"BEGIN:VEVENT\nUID:u\n{one}\nEND:VEVENT\n".replace(" ", "\n").replace("\n", "\r\n") for one in events]
    return (HEAD + zone_text + "".join(bodies) + TAIL).encode()


def closed(*events: str, zone_text: str = "") -> Closed:
    return closed_days(ics(*events, zone_text=zone_text), PARIS, date(2026, 1, 1), date(2028, 12, 31))


def spans(*events: str, zone_text: str = "") -> list[str]:
    found = closed(*events, zone_text=zone_text).spans
    return [str(one.first) if one.first == one.last else f"{one.first}..{one.last}" for one in found]


def test_the_end_of_an_all_day_event_is_not_included() -> None:
    assert spans(f"{MAY_1} DTEND;VALUE=DATE:20260504") == ["2026-05-01..2026-05-03"]
    assert spans(MAY_1) == spans(f"{MAY_1} DTEND;VALUE=DATE:20260501") == ["2026-05-01"]
    assert spans(f"{MAY_1} DURATION:P2D") == ["2026-05-01..2026-05-02"]


def test_what_recurs_is_unrolled_within_the_days_that_are_asked_for() -> None:
    yearly = "DTSTART;VALUE=DATE:19820714 RRULE:FREQ=YEARLY"
    assert spans(yearly) == ["2026-07-14", "2027-07-14", "2028-07-14"]
    assert spans(f"{MAY_1} RRULE:FREQ=YEARLY;COUNT=2") == ["2026-05-01", "2027-05-01"]
    assert spans("DTSTART;VALUE=DATE:20251231 DTEND;VALUE=DATE:20260102 RRULE:FREQ=YEARLY;COUNT=1") == ["2026-01-01"]
    assert spans("DTSTART;VALUE=DATE:20261126 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH") == [
        "2026-11-26", "2027-11-25", "2028-11-23",
    ]  # fmt: skip


@pytest.mark.parametrize("until", ["20270501", "20270501T000000Z", "20270501T000000"])
def test_until_is_included(until: str) -> None:
    assert spans(f"{MAY_1} RRULE:FREQ=YEARLY;UNTIL={until}") == ["2026-05-01", "2027-05-01"]


def test_dates_are_added_and_taken_out() -> None:
    rule = f"{MAY_1} RRULE:FREQ=YEARLY"
    assert spans(f"{rule} EXDATE;VALUE=DATE:20270501 RDATE;VALUE=DATE:20270601,20270603") == [
        "2026-05-01", "2027-06-01", "2027-06-03", "2028-05-01",
    ]  # fmt: skip


def test_one_date_of_a_rule_is_moved_or_cancelled() -> None:
    rule, once = f"{MAY_1} RRULE:FREQ=YEARLY", "RECURRENCE-ID;VALUE=DATE:20270501"
    assert spans(rule, f"{once} DTSTART;VALUE=DATE:20270503") == ["2026-05-01", "2027-05-03", "2028-05-01"]
    assert spans(rule, f"{once} DTSTART;VALUE=DATE:20270501 STATUS:CANCELLED") == ["2026-05-01", "2028-05-01"]


def test_what_was_cancelled_is_open_and_what_is_shown_as_free_is_closed() -> None:
    assert spans(f"{MAY_1} STATUS:CANCELLED") == []
    assert spans(f"{MAY_1} TRANSP:TRANSPARENT") == ["2026-05-01"]


def test_a_timed_event_closes_the_days_that_it_covers_whole_on_the_calendars_own_wall() -> None:
    assert spans("DTSTART:20260430T220000Z DTEND:20260501T220000Z") == ["2026-05-01"]
    assert closed("DTSTART:20260430T220001Z DTEND:20260501T220000Z SUMMARY:Fest").partial == ("Fest",)
    assert closed("DTSTART:20260430T220000Z DTEND:20260501T215959Z SUMMARY:Fest").partial == ("Fest",)
    new_york = "DTSTART;TZID=America/New_York:20260501T180000 DTEND;TZID=America/New_York:20260502T180000"
    assert spans(new_york) == ["2026-05-02"]
    assert spans("DTSTART:20260501T000000 DTEND:20260502T000000") == ["2026-05-01"]


def test_days_of_23_and_25_hours_are_whole_days() -> None:
    assert spans("DTSTART:20260328T230000Z DTEND:20260329T220000Z") == ["2026-03-29"]
    assert spans("DTSTART:20261024T220000Z DTEND:20261025T230000Z") == ["2026-10-25"]
    yearly = "DTSTART;TZID=Europe/Paris:20260329T000000 DTEND;TZID=Europe/Paris:20260330T000000 RRULE:FREQ=YEARLY"
    assert spans(yearly) == ["2026-03-29", "2027-03-29", "2028-03-29"]


def test_a_zone_that_the_file_brings_is_used() -> None:
    own = (
        "BEGIN:VTIMEZONE\r\nTZID:Our/Office\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    event = "DTSTART;TZID=Our/Office:20260112T000000 DTEND;TZID=Our/Office:20260113T000000"
    assert spans(event, zone_text=own) == ["2026-01-12"]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("SUMMARY:May", "May: it has no DTSTART"),
        ("DTSTART;VALUE=DATE:2026xx01 SUMMARY:May", "May: DTSTART cannot be read"),
        (f"{MAY_1} DTEND;VALUE=DATE:20260430", "u: it ends before it starts"),
        (f"{MAY_1} DTEND:20260502T100000Z", "must both be dates, or both times"),
        ("DTSTART:20260501T000000 DTEND:20260502T000000Z", "only one has a zone"),
        (f"{MAY_1} {MAY_1}", "DTSTART is said twice"),
        (f"{MAY_1} RRULE:FREQ=SECONDLY", "which gives no days"),
        (f"{MAY_1} RRULE:FREQ=YEARLY;INTERVAL=0", "which gives no days"),
        (f"{MAY_1} RRULE:FREQ=YEARLY;BYDAY=9ZZ", "RRULE cannot be read"),
    ],
)
def test_an_event_that_cannot_be_understood_is_named(event: str, says: str) -> None:
    with pytest.raises(NotReadable, match=says) as error:
        closed(event)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe\x00", (HEAD + TAIL).encode(), HEAD.encode() * 3, b"a:b\r\n"]
)
def test_what_is_no_calendar_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(NotReadable, match=r"no event in it|not an iCalendar file") as error:
        closed_days(content, PARIS, date(2026, 1, 1), date(2026, 12, 31))
    assert "\n" not in str(error.value)


@given(st.binary(max_size=60), st.integers(0, 300))
def test_noise_in_a_file_is_read_or_refused(noise: bytes, at: int) -> None:
    whole = ics(f"{MAY_1} DTEND;VALUE=DATE:20260504 RRULE:FREQ=YEARLY EXDATE;VALUE=DATE:20270501")
    with suppress(NotReadable):
        closed_days(whole[:at] + noise + whole[at:], PARIS, date(2026, 1, 1), date(2027, 12, 31))
