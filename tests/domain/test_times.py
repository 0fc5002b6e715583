"""Instants, wall times and zones: MEANING §1."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import (
    NotATime,
    TimeWithoutOffset,
    UnknownZone,
    day_start,
    end_of_local_day,
    from_datetime,
    from_local,
    instant,
    local_date,
    show,
    to_local,
    tzdata_version,
    zone,
)

PARIS = zone("Europe/Paris")
NEW_YORK = zone("America/New_York")
LORD_HOWE = zone("Australia/Lord_Howe")
ZONES = st.sampled_from(
    ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC"]
).map(zone)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01T00:00:00.0000019Z", 1),
        ("1970-01-01T00:00:00.1234567891234Z", 123_456),
        ("1970-01-01T00:00:00,5Z", 500_000),
        ("1970-01-01t00:00:01z", 1_000_000),
        ("1970-01-01 00:00:01Z", 1_000_000),
        ("1970-01-01T00:00Z", 0),
        ("19700101T000001Z", 1_000_000),
        ("1970-W01-4T00:00:00Z", 0),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1970-01-01T05:45+0545", 0),
    ],
)
def test_a_time_with_an_offset_is_one_integer(text: str, same_as: int) -> None:
    assert instant(text) == same_as


@pytest.mark.parametrize(
    "text", ["2026-03-10T11:58:00", "2026-03-10 11:58", "20260310T115800", "2026-03-10T11:58:00.5"]
)
def test_a_time_without_offset_is_refused_as_such(text: str) -> None:
    with pytest.raises(TimeWithoutOffset):
        instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-10",
        "soon",
        "2026-02-30T00:00:00Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T25:00:00Z",
        "2026-03-10x11:58:00Z",
        "2026-03-10T11:58:60Z",
        "2026-03-10T11:58:00Z ",
        "2026-03-10T11:58:00+25:00",
        "2026-03-10T11:58:00Europe/Paris",
        "1772000000",
        "٢٠٢٦-03-10T11:58:00Z",
    ],
)
def test_anything_else_is_not_a_time(text: str) -> None:
    with pytest.raises(NotATime):
        instant(text)


def test_a_leap_second_stays_in_its_day() -> None:
    assert instant("2016-12-31T23:59:60Z") == instant("2017-01-01T00:00:00Z") - 1
    assert instant("2017-01-01T00:59:60.25+01:00") == instant("2017-01-01T00:00:00Z") - 1


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_every_time_is_read_exactly(moment: datetime, minutes: int) -> None:
    exact = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert instant(moment.isoformat()) == from_datetime(moment) == exact
    shifted = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert instant(shifted.isoformat()) == exact - minutes * 60_000_000


@given(st.datetimes(datetime.fromisoformat("0002-01-01"), datetime.fromisoformat("9998-12-31")), ZONES)
def test_what_is_shown_is_read_back(naive: datetime, where: ZoneInfo) -> None:
    at = from_local(naive, where)
    assert instant(show(at)) == instant(show(at, where)) == at


def test_utc_is_shown_with_z_and_zones_with_their_offset() -> None:
    at = instant("2026-03-10T11:58:00Z")
    assert show(at) == "2026-03-10T11:58:00Z"
    assert show(at, PARIS) == "2026-03-10T12:58:00+01:00"
    assert show(at + 1) == "2026-03-10T11:58:00.000001Z"
    assert show(at + 500_000, PARIS) == "2026-03-10T12:58:00.500000+01:00"
    assert show(at, zone("Asia/Kathmandu")) == "2026-03-10T17:43:00+05:45"


@pytest.mark.parametrize(
    ("where", "gap", "after", "overlap", "first", "repeated"),
    [
        ("Europe/Paris", "2026-03-29T02:30", "2026-03-29T03:30:00+02:00", "2026-10-25T02:30", "+02:00", "+01:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T03:30:00-04:00", "2026-11-01T01:30", "-04:00", "-05:00"),
        (
            "Australia/Lord_Howe",
            "2026-10-04T02:10",
            "2026-10-04T02:40:00+11:00",
            "2026-04-05T01:45",
            "+11:00",
            "+10:30",
        ),
    ],
)
def test_a_gap_moves_forward_and_an_overlap_gives_the_first(
    where: str, gap: str, after: str, overlap: str, first: str, repeated: str
) -> None:
    there = zone(where)
    assert show(from_local(wall(gap), there), there) == after
    at = from_local(wall(overlap), there)
    assert show(at, there) == f"{overlap}:00{first}"
    again = instant(f"{overlap}:00{repeated}")
    assert again > at
    assert to_local(again, there) == wall(overlap) == to_local(at, there)
    assert to_local(again, there).fold == 0
    assert from_local(wall(overlap).replace(fold=1), there) == at


def test_aware_datetimes_keep_which_of_two_equal_wall_times_they_mean() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=1)
    assert show(from_datetime(second), PARIS) == "2026-10-25T02:30:00+01:00"
    with pytest.raises(TimeWithoutOffset):
        from_datetime(wall("2026-10-25T02:30"))


def test_days_have_23_24_and_25_hours() -> None:
    hours = [
        (day_start(date(2026, month, day + 1), PARIS) - day_start(date(2026, month, day), PARIS)) // 3_600_000_000
        for month, day in ((3, 29), (3, 28), (10, 25))
    ]
    assert hours == [23, 24, 25]


def test_a_midnight_in_a_gap_begins_the_day_after_the_gap() -> None:
    beirut = zone("Asia/Beirut")
    assert show(day_start(date(2026, 3, 29), beirut), beirut) == "2026-03-29T01:00:00+03:00"
    apia = zone("Pacific/Apia")
    assert day_start(date(2011, 12, 30), apia) == day_start(date(2011, 12, 31), apia)


def test_the_end_of_a_local_day_is_the_next_midnight() -> None:
    assert show(end_of_local_day(instant("2026-03-29T00:00:00+01:00"), PARIS), PARIS) == "2026-03-30T00:00:00+02:00"
    midnight = instant("2026-03-30T00:00:00+02:00")
    assert end_of_local_day(midnight - 1, PARIS) == midnight
    assert end_of_local_day(midnight, PARIS) == instant("2026-03-31T00:00:00+02:00")


def test_clocks_that_go_back_over_midnight_have_two_midnights() -> None:
    st_johns = zone("America/St_Johns")
    evening = instant("2009-10-31T23:30:00-03:30")
    assert end_of_local_day(evening, st_johns) == instant("2009-11-01T00:00:00-03:30")


@given(st.integers(-60_000_000_000_000_000, 250_000_000_000_000_000), ZONES)
def test_the_end_of_day_always_lies_ahead_and_within_two_days(at: int, where: ZoneInfo) -> None:
    assert at < end_of_local_day(at, where) <= at + 49 * 3_600_000_000


def test_zones_follow_the_rules_of_their_time() -> None:
    moscow, istanbul = zone("Europe/Moscow"), zone("Europe/Istanbul")
    assert show(from_local(wall("2011-01-15T12:00"), moscow), moscow).endswith("+03:00")
    assert show(from_local(wall("2012-01-15T12:00"), moscow), moscow).endswith("+04:00")
    assert show(from_local(wall("2015-01-15T12:00"), moscow), moscow).endswith("+03:00")
    assert show(from_local(wall("2016-01-15T12:00"), istanbul), istanbul).endswith("+02:00")
    assert show(from_local(wall("2017-01-15T12:00"), istanbul), istanbul).endswith("+03:00")


def test_times_at_the_edge_of_the_years_harm_nobody() -> None:
    first, last = instant("0001-01-01T00:00:00Z"), instant("9999-12-31T23:59:59.999999Z")
    for at in (first - 1, first, last, last + 1, 10 * last):
        for where in (PARIS, NEW_YORK, zone("Pacific/Kiritimati")):
            assert show(at)
            assert show(at, where)
            assert to_local(at, where)
            assert end_of_local_day(at, where) > at or at < first
    assert local_date(last, zone("Pacific/Kiritimati")) == date.max


@pytest.mark.parametrize("name", ["Europe/Pari", "europe/paris", "../zones", "", "/etc/localtime", "Europe", "CEST"])
def test_only_names_of_the_pinned_data_are_zones(name: str) -> None:
    with pytest.raises(UnknownZone, match="tzdata"):
        zone(name)


def test_zones_come_from_the_pinned_package_and_are_shared() -> None:
    assert PARIS is not ZoneInfo("Europe/Paris")
    assert zone("Europe/Paris") is PARIS
    assert PARIS.key == "Europe/Paris"
    assert tzdata_version() >= "2026a"
