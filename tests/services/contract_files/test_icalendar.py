"""Closed days out of iCalendar files: whole days only, recurrences within a span of years, one-line refusals."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.recurrence import DayRule
from domain.times import zone
from services.contract_files.icalendar_recurring import NotReadable
from services.contract_files.icalendar_source import Closed, closed_days
from tests.domain import drawn_rules
from tests.oracle import calendars as oracle
from tests.oracle import recurrence

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
        (f"{MAY_1} RRULE:FREQ=SECONDLY", "needs FREQ=DAILY"),
        (f"{MAY_1} RRULE:FREQ=YEARLY;INTERVAL=0", "INTERVAL=0 is not right"),
        (f"{MAY_1} RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260601", "must not stand together"),
        (f"{MAY_1} RRULE:FREQ=DAILY;COUNT=0", "COUNT=0 is no number of times"),
        (f"{MAY_1} RRULE:FREQ=DAILY RRULE:FREQ=WEEKLY", "said twice, which RFC 5545 leaves undefined"),
        (f"{MAY_1} EXRULE:FREQ=DAILY", "list the days under EXDATE"),
        (f"{MAY_1} RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "must not stand with BYWEEKNO"),
        (f"{MAY_1} RRULE:FREQ=YEARLY;BYMONTHDAY=1", "add BYMONTH"),
        ("DTSTART:20260501T000000 DTEND:20260502T000000 RRULE:FREQ=DAILY;BYHOUR=0,6", "other times of day"),
        ("DTSTART:20260501T000000 DTEND:20260502T000000 RDATE;VALUE=DATE:20260601", "must both be dates, or both"),
        (f"{MAY_1} RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260501", "all that follow"),
        (f"{MAY_1} DURATION:P9999999D", "beyond the years"),
        (f"{MAY_1} RRULE:FREQ=DAILY;BYMONTH={','.join(['1'] * 600)}", "longer than 1,000 letters"),
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


def test_the_weekday_of_a_week_by_its_number_is_that_of_the_first_day() -> None:
    assert spans("DTSTART;VALUE=DATE:20260114 RRULE:FREQ=YEARLY;BYWEEKNO=3,6") == [
        "2026-01-14", "2026-02-04", "2027-01-20", "2027-02-10", "2028-01-19", "2028-02-09",
    ]  # fmt: skip


def test_the_first_start_counts_as_the_first_of_count_also_where_the_rule_would_not_give_it() -> None:
    thursday = "DTSTART;VALUE=DATE:20260101 RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=3"
    assert spans(thursday) == ["2026-01-01", "2026-01-05", "2026-01-12"]


def test_a_date_takes_out_or_moves_whatever_starts_on_it() -> None:
    timed = "DTSTART;TZID=Europe/Paris:20260501T000000 DTEND;TZID=Europe/Paris:20260502T000000"
    assert spans(f"{timed} RRULE:FREQ=DAILY;COUNT=3 EXDATE;VALUE=DATE:20260502") == ["2026-05-01", "2026-05-03"]
    assert spans(f"{MAY_1} RRULE:FREQ=DAILY;COUNT=3 EXDATE:20260502T000000Z") == ["2026-05-01", "2026-05-03"]
    moved = "DTSTART;VALUE=DATE:20260601 RECURRENCE-ID;VALUE=DATE:20260502"
    assert spans(f"{timed} RRULE:FREQ=DAILY;COUNT=2", moved) == ["2026-05-01", "2026-06-01"]


def test_times_of_day_of_a_rule_are_those_of_the_first_start_or_ignored_beside_a_date() -> None:
    assert spans(f"{MAY_1} RRULE:FREQ=YEARLY;COUNT=2;BYHOUR=9;BYMINUTE=0") == ["2026-05-01", "2027-05-01"]
    timed = "DTSTART:20260501T000000 DTEND:20260502T000000"
    assert spans(f"{timed} RRULE:FREQ=DAILY;COUNT=2;BYHOUR=0;BYMINUTE=0;BYSECOND=0") == ["2026-05-01", "2026-05-02"]


def test_random_rules_close_the_days_that_another_reader_of_the_rfc_says() -> None:
    """With COUNT or UNTIL, and some days taken out."""
    draw = Random(5545)
    for _ in range(150):
        rule, start = _drawn(draw)
        last = date(start.year + 2, 12, 31)
        owed = recurrence.dates(rule, start, last, oracle.Calendar((), "UTC"))
        found = [start, *(day for day in owed if day > start)]
        if draw.random() < 0.5:
            count = draw.randint(1, 12)
            found, end = found[:count], f"COUNT={count}"
        else:
            until = start + timedelta(days=draw.randint(0, 500))
            found, end = [day for day in found if day <= until], f"UNTIL={until:%Y%m%d}"
        out = draw.sample(found, min(len(found), 2))
        exdates = " ".join(f"EXDATE;VALUE=DATE:{day:%Y%m%d}" for day in out)
        text = ics(f"DTSTART;VALUE=DATE:{start:%Y%m%d} RRULE:{rule};{end} {exdates}")
        given = [one.first for one in closed_days(text, PARIS, start, last).spans]
        assert given == [day for day in found if day not in out], f"{rule};{end} from {start}"


def _drawn(draw: Random) -> tuple[str, date]:
    while True:
        rule, start = drawn_rules.rule(draw), drawn_rules.anchor(draw)
        with suppress(ValueError):
            DayRule.check(rule)
            return rule, start


def test_a_file_is_bounded_before_it_is_read_and_by_how_often_its_events_take_place() -> None:
    many = ics(*[MAY_1] * 3_001)
    with pytest.raises(NotReadable, match="more than 3,000 events"):
        closed_days(many, PARIS, date(2026, 1, 1), date(2028, 12, 31))
    daily = ics(*[f"{MAY_1} RRULE:FREQ=DAILY"] * 30)
    with pytest.raises(NotReadable, match="more than 20,000 times"):
        closed_days(daily, PARIS, date(2026, 1, 1), date(2028, 12, 31))


def test_meetings_of_an_hour_are_not_unrolled() -> None:
    meetings = ics(*["DTSTART:20200101T090000Z DTEND:20200101T100000Z RRULE:FREQ=DAILY"] * 100)
    assert closed_days(meetings, PARIS, date(2026, 1, 1), date(2028, 12, 31)) == Closed((), ("u",))
