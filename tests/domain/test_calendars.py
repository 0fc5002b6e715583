"""Working time at its boundaries: MEANING §1 and §7."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.calendars import Calendar, CalendarEnded, compose, earlier, later
from domain.durations import HOUR, MINUTE, Duration, Elapsed, NominalDays, WorkingDays, WorkingHours
from domain.terms import CalendarTerms, DayHours
from domain.times import FIRST_INSTANT, LAST_INSTANT, Instant, instant, local_date, show, zone

PARIS = zone("Europe/Paris")
SHUT = DayHours(())
OFFICE = DayHours(((9 * 60, 12 * 60 + 30), (13 * 60 + 30, 18 * 60)))
WEEK = (OFFICE,) * 5 + (SHUT,) * 2
ALWAYS = (DayHours(((0, 1440),)),) * 7


def terms(
    weekly: tuple[DayHours, ...] = WEEK,
    timezone: str = "Europe/Paris",
    starts: date | None = None,
    holidays: tuple[date, ...] = (),
    last_year: int | None = None,
    closures: tuple[tuple[date, date], ...] = (),
    openings: tuple[tuple[date, DayHours], ...] = (),
) -> CalendarTerms:
    return CalendarTerms("office", timezone, weekly, starts, holidays, last_year, closures, openings)


def paris(text: str) -> Instant:
    """An instant from the wall time in Paris, winter or summer."""
    summer = "2026-03-29T03:00" <= text < "2026-10-25T02:00"
    return instant(f"{text}{'+02:00' if summer else '+01:00'}")


OFFICE_FR = Calendar(terms(holidays=(date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14))))


@pytest.mark.parametrize(
    ("start", "duration", "limit"),
    [
        ("2026-06-01T09:00", WorkingHours(2 * HOUR), "2026-06-01T11:00"),
        ("2026-06-01T11:30", WorkingHours(2 * HOUR), "2026-06-01T14:30"),
        ("2026-06-01T11:30", WorkingHours(HOUR), "2026-06-01T12:30"),
        ("2026-06-01T12:30", WorkingHours(HOUR), "2026-06-01T14:30"),
        ("2026-06-01T12:30", WorkingHours(0), "2026-06-01T13:30"),
        ("2026-06-05T17:00", WorkingHours(HOUR), "2026-06-05T18:00"),
        ("2026-06-05T18:00", WorkingHours(HOUR), "2026-06-08T10:00"),
        ("2026-06-06T03:00", WorkingHours(HOUR), "2026-06-08T10:00"),
        ("2026-06-05T17:59", WorkingHours(8 * HOUR), "2026-06-08T17:59"),
        ("2026-06-05T17:59", WorkingDays(0), "2026-06-05T17:59"),
        ("2026-06-05T18:00", WorkingDays(0), "2026-06-08T09:00"),
        ("2026-06-04T10:00", WorkingDays(1), "2026-06-05T10:00"),
        ("2026-06-05T10:00", WorkingDays(1), "2026-06-08T10:00"),
        ("2026-06-05T18:00", WorkingDays(1), "2026-06-09T09:00"),
        ("2026-06-06T12:00", WorkingDays(3), "2026-06-11T09:00"),
        ("2026-04-30T16:00", WorkingDays(1), "2026-05-04T16:00"),
        ("2026-05-13T16:00", WorkingDays(2), "2026-05-18T16:00"),
        ("2026-06-01T12:45", WorkingDays(1), "2026-06-02T13:30"),
    ],
)
def test_a_limit_counts_open_time_only(start: str, duration: WorkingHours | WorkingDays, limit: str) -> None:
    assert show(OFFICE_FR.add(paris(start), duration), PARIS) == show(paris(limit), PARIS)


def test_a_wall_time_outside_the_hours_of_that_day_becomes_the_closing_before_it_or_the_first_opening() -> None:
    short = DayHours(((10 * 60, 12 * 60), (14 * 60, 15 * 60)))
    calendar = Calendar(terms(openings=((date(2026, 6, 2), short),)))
    tuesday = {
        start: show(calendar.add(paris(f"2026-06-01T{start}"), WorkingDays(1)), PARIS)[11:16]
        for start in ("09:30", "10:00", "12:00", "12:15", "14:00", "15:00", "17:00")
    }
    assert tuesday == {
        "09:30": "10:00",
        "10:00": "10:00",
        "12:00": "12:00",
        "12:15": "12:00",
        "14:00": "14:00",
        "15:00": "15:00",
        "17:00": "15:00",
    }


@pytest.mark.parametrize(
    ("end", "duration", "start"),
    [
        ("2026-06-01T11:00", WorkingHours(2 * HOUR), "2026-06-01T09:00"),
        ("2026-06-01T11:00", WorkingHours(2 * HOUR + MINUTE), "2026-05-29T17:59"),
        ("2026-06-01T14:30", WorkingHours(HOUR), "2026-06-01T13:30"),
        ("2026-06-06T14:30", WorkingHours(HOUR), "2026-06-05T17:00"),
        ("2026-06-05T18:00", WorkingHours(0), "2026-06-05T18:00"),
        ("2026-06-06T00:00", WorkingHours(0), "2026-06-05T18:00"),
        ("2026-06-08T10:00", WorkingDays(1), "2026-06-05T10:00"),
        ("2026-06-08T09:00", WorkingDays(1), "2026-06-05T09:00"),
        ("2026-06-08T08:00", WorkingDays(1), "2026-06-04T18:00"),
        ("2026-06-07T08:00", WorkingDays(0), "2026-06-05T18:00"),
        ("2026-05-18T16:00", WorkingDays(2), "2026-05-13T16:00"),
    ],
)
def test_working_time_runs_backwards_too(end: str, duration: WorkingHours | WorkingDays, start: str) -> None:
    assert show(OFFICE_FR.subtract(paris(end), duration), PARIS) == show(paris(start), PARIS)


def test_a_closing_at_midnight_belongs_to_the_day_it_ends() -> None:
    calendar = Calendar(terms((DayHours(((20 * 60, 1440),)),) * 7))
    assert calendar.subtract(paris("2026-06-02T00:00"), WorkingDays(1)) == paris("2026-06-01T00:00")
    assert calendar.add(paris("2026-06-01T23:00"), WorkingHours(HOUR)) == paris("2026-06-02T00:00")
    assert calendar.next_opening(paris("2026-06-02T00:00")) == paris("2026-06-02T20:00")
    assert calendar.last_open(paris("2026-06-02T00:00")) == paris("2026-06-02T00:00")


def test_opening_is_included_and_closing_is_not() -> None:
    opening, closing = paris("2026-06-01T09:00"), paris("2026-06-01T12:30")
    assert [OFFICE_FR.is_open(at) for at in (opening - 1, opening, closing - 1, closing)] == [False, True, True, False]
    assert OFFICE_FR.next_opening(closing - 1) == closing - 1
    assert OFFICE_FR.next_opening(closing) == paris("2026-06-01T13:30")


def test_openings_win_over_holidays_closures_and_the_week() -> None:
    saturday, holiday, closed = date(2026, 12, 19), date(2026, 12, 25), date(2026, 8, 3)
    half = DayHours(((9 * 60, 12 * 60),))
    calendar = Calendar(
        terms(
            holidays=(holiday,),
            closures=((closed, date(2026, 8, 14)),),
            openings=((saturday, half), (holiday, half), (closed, half), (date(2026, 12, 21), SHUT)),
        )
    )
    assert [len(calendar.spans(day)) for day in (saturday, holiday, closed)] == [1, 1, 1]
    assert calendar.is_closed(date(2026, 8, 4))
    assert calendar.is_closed(date(2026, 8, 14))
    assert not calendar.is_closed(date(2026, 8, 17))
    assert calendar.is_closed(date(2026, 12, 20))
    assert calendar.is_closed(date(2026, 12, 21))


@pytest.mark.parametrize(
    ("where", "short", "long", "change"),
    [
        ("Europe/Paris", date(2026, 3, 29), date(2026, 10, 25), HOUR),
        ("America/New_York", date(2026, 3, 8), date(2026, 11, 1), HOUR),
        ("Australia/Lord_Howe", date(2026, 10, 4), date(2026, 4, 5), 30 * MINUTE),
    ],
)
def test_nights_when_clocks_change_count_what_they_have(where: str, short: date, long: date, change: int) -> None:
    calendar = Calendar(terms(ALWAYS, where))
    night = Calendar(terms((DayHours(((60, 4 * 60),)),) * 7, where))
    for day, difference in ((short, -change), (long, change), (short - timedelta(days=1), 0)):
        ((opens, closes),) = calendar.spans(day)
        assert closes - opens == 24 * HOUR + difference
        assert calendar.add(opens, WorkingHours(closes - opens)) == closes
        ((opens, closes),) = night.spans(day)
        assert closes - opens == 3 * HOUR + difference
        assert night.open_between(opens, closes) == closes - opens


def test_spans_in_a_gap_shrink_and_never_overlap() -> None:
    hours = DayHours(((2 * 60, 2 * 60 + 20), (2 * 60 + 30, 2 * 60 + 45), (3 * 60, 4 * 60)))
    calendar = Calendar(terms((hours,) * 7))
    spans = calendar.spans(date(2026, 3, 29))
    assert all(a < b for a, b in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert sum(b - a for a, b in spans) <= 2 * HOUR
    only_in_gap = Calendar(terms((DayHours(((0, 0),)),) * 7, openings=((date(2026, 3, 29), DayHours(((120, 120),))),)))
    assert only_in_gap.is_closed(date(2026, 3, 29))


def test_a_date_that_never_was_is_closed() -> None:
    calendar = Calendar(terms((OFFICE,) * 7, "Pacific/Apia"))
    assert calendar.is_closed(date(2011, 12, 30))
    assert not calendar.is_closed(date(2011, 12, 31))
    start = instant("2011-12-29T12:00:00-10:00")
    assert show(calendar.add(start, WorkingDays(1)), zone("Pacific/Apia")) == "2011-12-31T12:00:00+14:00"


def test_the_calendar_ends_with_its_holidays() -> None:
    calendar = Calendar(terms(last_year=2026))
    last = paris("2026-12-31T18:00")
    assert calendar.add(paris("2026-12-31T17:00"), WorkingHours(HOUR)) == last
    assert calendar.open_between(last - HOUR, instant("2027-01-01T00:00:00+01:00")) == HOUR
    assert not calendar.is_closed(date(2026, 12, 31))
    asks: list[Callable[[], object]] = [
        lambda: calendar.add(last, WorkingHours(1)),
        lambda: calendar.add(last, WorkingDays(0)),
        lambda: calendar.add(last - 1, WorkingDays(1)),
        lambda: calendar.next_opening(last),
        lambda: calendar.open_between(last, instant("2027-01-01T00:00:00+01:00") + 1),
        lambda: calendar.is_closed(date(2027, 1, 1)),
        lambda: calendar.next_opening(LAST_INSTANT),
    ]
    for ask in asks:
        with pytest.raises(CalendarEnded, match="office"):
            ask()


def test_a_calendar_that_never_opens_says_so() -> None:
    calendar = Calendar(terms((SHUT,) * 7))
    start = paris("2026-06-01T09:00")
    assert calendar.open_between(start, start + 400 * 24 * HOUR) == 0
    for ask in (calendar.next_opening, calendar.last_open):
        with pytest.raises(CalendarEnded):
            ask(start)
    for duration in (WorkingDays(1), WorkingHours(1)):
        with pytest.raises(CalendarEnded):
            calendar.add(start, duration)
        with pytest.raises(CalendarEnded):
            calendar.subtract(start, duration)


def test_an_opening_far_ahead_or_long_ago_is_found_whatever_was_asked_before() -> None:
    calendar = Calendar(terms((SHUT,) * 7, openings=((date(2040, 6, 1), OFFICE),)))
    opening, closing = instant("2040-06-01T09:00:00+02:00"), instant("2040-06-01T18:00:00+02:00")
    for start in ("2039-01-01T12:00:00Z", "2010-01-01T12:00:00Z"):
        assert calendar.next_opening(instant(start)) == calendar.without([]).next_opening(instant(start)) == opening
    for end in ("2041-01-01T12:00:00Z", "2070-01-01T12:00:00Z"):
        assert calendar.last_open(instant(end)) == calendar.without([]).last_open(instant(end)) == closing


def test_times_before_and_after_all_calendars_are_refused() -> None:
    for at in (FIRST_INSTANT, LAST_INSTANT, 10 * LAST_INSTANT):
        with pytest.raises(CalendarEnded):
            OFFICE_FR.next_opening(at)
    with pytest.raises(CalendarEnded):
        OFFICE_FR.add(paris("2026-06-01T09:00"), WorkingDays(999_999_999))
    with pytest.raises(CalendarEnded):
        OFFICE_FR.subtract(paris("2026-06-01T09:00"), WorkingHours(999_999_999 * HOUR))


def test_a_new_version_replaces_the_days_from_its_start() -> None:
    saturdays = (OFFICE,) * 6 + (SHUT,)
    calendar = compose([terms(last_year=2027), terms(saturdays, starts=date(2026, 6, 6), last_year=2028)])
    assert calendar.is_closed(date(2026, 5, 30))
    assert not calendar.is_closed(date(2026, 6, 6))
    assert not calendar.is_closed(date(2028, 1, 3))
    assert calendar.add(paris("2026-05-29T10:00"), WorkingDays(6)) == paris("2026-06-06T10:00")
    assert calendar.open_between(paris("2026-05-30T00:00"), paris("2026-06-08T00:00")) == 6 * 8 * HOUR


def test_a_version_published_later_replaces_one_that_starts_later() -> None:
    saturdays = (OFFICE,) * 6 + (SHUT,)
    calendar = compose([terms(), terms(saturdays, starts=date(2026, 9, 1)), terms(starts=date(2026, 6, 1))])
    assert calendar.is_closed(date(2026, 9, 5))


def test_years_that_no_version_covers_end_the_calendar_but_not_what_comes_after() -> None:
    calendar = compose([terms(last_year=2026), terms(starts=date(2028, 1, 1))])
    assert not calendar.is_closed(date(2028, 1, 3))
    assert calendar.next_opening(instant("2028-01-01T00:00:00+01:00")) == instant("2028-01-03T09:00:00+01:00")
    asks: list[Callable[[], object]] = [
        lambda: calendar.is_closed(date(2027, 6, 1)),
        lambda: calendar.next_opening(instant("2027-06-01T12:00:00+02:00")),
        lambda: calendar.add(instant("2026-12-31T17:59:00+01:00"), WorkingDays(1)),
        lambda: calendar.open_between(instant("2026-12-31T00:00:00Z"), instant("2028-02-01T00:00:00Z")),
    ]
    for ask in asks:
        with pytest.raises(CalendarEnded):
            ask()


def test_a_version_may_move_to_another_zone_without_counting_an_hour_twice() -> None:
    moved = date(2026, 6, 1)
    for first, second in (("Europe/Paris", "Asia/Tokyo"), ("Asia/Tokyo", "Europe/Paris")):
        calendar = compose([terms(ALWAYS, first), terms(ALWAYS, second, starts=moved)])
        a, b = instant("2026-05-01T00:00:00Z"), instant("2026-07-01T00:00:00Z")
        assert 0 <= b - a - calendar.open_between(a, b) <= 7 * HOUR
        assert calendar.add(a, WorkingHours(calendar.open_between(a, b))) == b


def test_agreed_closures_are_taken_out_of_the_open_time() -> None:
    closure = (paris("2026-06-01T11:00"), paris("2026-06-02T10:00"))
    calendar = OFFICE_FR.without([closure])
    assert calendar.open_between(paris("2026-06-01T00:00"), paris("2026-06-03T00:00")) == 9 * HOUR
    assert calendar.add(paris("2026-06-01T10:30"), WorkingHours(HOUR)) == paris("2026-06-02T10:30")
    twice = calendar.without([(paris("2026-06-01T00:00"), paris("2026-06-01T11:00"))])
    assert twice.is_closed(date(2026, 6, 1))
    assert not OFFICE_FR.is_closed(date(2026, 6, 1))


MOVED = compose([terms(ALWAYS, "America/New_York"), terms(starts=date(2026, 7, 1))])
"""Its days are those of another zone from July on."""
SAMPLES = [
    OFFICE_FR,
    Calendar(terms(ALWAYS)),
    Calendar(terms((DayHours(((0, 90), (125, 200), (22 * 60, 1440))),) * 7, "Australia/Lord_Howe")),
    Calendar(terms((DayHours(((8 * 60 + 30, 17 * 60),)),) * 5 + (SHUT,) * 2, "America/New_York")),
    MOVED,
]
CALENDARS = st.sampled_from(SAMPLES)
OF_ONE_ZONE = st.sampled_from([one for one in SAMPLES if one is not MOVED])
INSTANTS = st.integers(instant("2024-01-01T00:00:00Z"), instant("2029-01-01T00:00:00Z"))
LENGTHS = st.integers(1, 3000 * HOUR)


@given(CALENDARS, INSTANTS, LENGTHS)
def test_the_open_time_between_a_start_and_its_limit_is_the_duration(
    calendar: Calendar, start: Instant, length: int
) -> None:
    limit = calendar.add(start, WorkingHours(length))
    assert calendar.open_between(start, limit) == length
    assert calendar.open_between(start, limit - 1) == length - 1


@given(CALENDARS, INSTANTS, LENGTHS)
def test_the_open_time_between_a_backward_limit_and_its_end_is_the_duration(
    calendar: Calendar, end: Instant, length: int
) -> None:
    start = calendar.subtract(end, WorkingHours(length))
    assert calendar.open_between(start, end) == length
    assert calendar.open_between(start + 1, end) == length - 1


@given(OF_ONE_ZONE, INSTANTS, st.integers(0, 400))
def test_the_working_days_between_a_start_and_its_limit_are_the_duration(
    calendar: Calendar, start: Instant, days: int
) -> None:
    assume(calendar.is_open(start))
    limit = calendar.add(start, WorkingDays(days))
    first, last = (local_date(one, calendar.zone) for one in (start, limit))
    after = (first + timedelta(days=n + 1) for n in range((last - first).days))
    assert sum(not calendar.is_closed(day) for day in after) == days
    assert calendar.last_open(limit) == limit


@given(CALENDARS, INSTANTS, INSTANTS, INSTANTS)
def test_open_time_adds_up(calendar: Calendar, a: Instant, b: Instant, c: Instant) -> None:
    a, b, c = sorted((a, b, c))
    assert calendar.open_between(a, b) + calendar.open_between(b, c) == calendar.open_between(a, c) <= c - a


@given(CALENDARS, INSTANTS, INSTANTS, st.integers(0, 30))
def test_a_later_start_never_has_an_earlier_limit(calendar: Calendar, a: Instant, b: Instant, days: int) -> None:
    a, b = sorted((a, b))
    assert calendar.add(a, WorkingHours(days * HOUR)) <= calendar.add(b, WorkingHours(days * HOUR))


@given(INSTANTS, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 200))
def test_what_was_asked_before_changes_no_answer(start: Instant, other: date, days: int) -> None:
    asked, fresh = Calendar(terms()), Calendar(terms())
    asked.next_opening(paris(f"{other}T12:00"))
    assert asked.add(start, WorkingDays(days)) == fresh.add(start, WorkingDays(days))
    assert asked.subtract(start, WorkingDays(days)) == fresh.subtract(start, WorkingDays(days))


def test_days_are_nominal_and_hours_elapsed_over_a_change_of_clocks() -> None:
    saturday = paris("2026-03-28T10:00")
    assert later(saturday, NominalDays(1), PARIS, None) == paris("2026-03-29T10:00") == saturday + 23 * HOUR
    assert later(saturday, Elapsed(24 * HOUR), PARIS, None) == paris("2026-03-29T11:00")
    assert earlier(paris("2026-03-29T10:00"), NominalDays(1), PARIS, OFFICE_FR) == saturday
    into_gap = paris("2026-03-28T02:30")
    assert later(into_gap, NominalDays(1), PARIS, None) == paris("2026-03-29T03:30")
    into_overlap = paris("2026-10-24T02:30")
    assert show(later(into_overlap, NominalDays(1), PARIS, None), PARIS) == "2026-10-25T02:30:00+02:00"


def test_without_calendar_everything_is_open() -> None:
    start = paris("2026-03-28T10:00")
    assert later(start, WorkingHours(30 * HOUR), PARIS, None) == start + 30 * HOUR
    assert later(start, WorkingDays(1), PARIS, None) == paris("2026-03-29T10:00")
    assert earlier(start, WorkingHours(30 * HOUR), PARIS, None) == start - 30 * HOUR
    assert earlier(start, WorkingDays(1), PARIS, None) == paris("2026-03-27T10:00")


def test_working_time_is_of_the_calendar_not_of_the_contract() -> None:
    start = paris("2026-06-05T17:30")
    tokyo = zone("Asia/Tokyo")
    assert later(start, WorkingDays(1), tokyo, OFFICE_FR) == paris("2026-06-08T17:30")
    assert later(start, WorkingHours(HOUR), tokyo, OFFICE_FR) == paris("2026-06-08T09:30")
    assert earlier(start, WorkingDays(1), tokyo, OFFICE_FR) == paris("2026-06-04T17:30")


DURATIONS: st.SearchStrategy[Duration] = st.one_of(
    st.integers(0, 10**9).map(Elapsed), st.integers(0, 500).map(NominalDays), st.integers(0, 10**9).map(WorkingHours)
)


@given(INSTANTS, DURATIONS)
def test_elapsed_time_between_is_the_duration_and_later_is_never_earlier(start: Instant, duration: Duration) -> None:
    limit = later(start, duration, PARIS, OFFICE_FR)
    assert earlier(start, duration, PARIS, OFFICE_FR) <= start <= limit
    if isinstance(duration, Elapsed):
        assert limit - start == duration.microseconds
        assert earlier(limit, duration, PARIS, None) == start


def test_days_beyond_the_years_stop_at_the_last_instant() -> None:
    assert later(LAST_INSTANT, NominalDays(2), PARIS, None) == LAST_INSTANT
    assert later(0, NominalDays(999_999_999), PARIS, None) == LAST_INSTANT
    assert earlier(0, WorkingDays(999_999_999), PARIS, None) == FIRST_INSTANT
