"""Times of files: the quick way and the slow way say the same, on every day of the year."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import from_local, instant, zone
from ingestion.local_times import time_reader

BOSTON = "%m/%d/%Y %I:%M:%S %p"
NEW_YORK = zone("America/New_York")


@pytest.mark.parametrize(
    ("form", "zone_name", "text", "expected"),
    [
        (BOSTON, "America/New_York", "01/01/2015 12:20:09 AM", "2015-01-01T00:20:09-05:00"),
        (BOSTON, "America/New_York", "07/04/2015 12:00:00 PM", "2015-07-04T12:00:00-04:00"),
        (BOSTON, "America/New_York", "7/4/2015 1:02:03 pm", "2015-07-04T13:02:03-04:00"),
        (BOSTON, "America/New_York", "03/08/2015 02:30:00 AM", "2015-03-08T03:30:00-04:00"),  # a gap: forward
        (BOSTON, "America/New_York", "11/01/2015 01:30:00 AM", "2015-11-01T01:30:00-04:00"),  # an overlap: the first
        (BOSTON, "America/New_York", "11/01/2015 02:00:00 AM", "2015-11-01T02:00:00-05:00"),
        ("%d/%m/%Y %H:%M", "Europe/Paris", "10/03/2026 23:59", "2026-03-10T23:59:00+01:00"),
        ("%d.%m.%y %H.%M", "Europe/Paris", "10.03.26 09.05", "2026-03-10T09:05:00+01:00"),
        ("%Y-%m-%d", "Europe/Paris", "2026-07-01", "2026-07-01T00:00:00+02:00"),
        ("%H:%M %d/%m/%Y", "Europe/Paris", "23:59 10/03/2026", "2026-03-10T23:59:00+01:00"),
        ("%Y-%m-%d %H:%M:%S.%f", "UTC", "2026-03-10 01:02:03.000004", "2026-03-10T01:02:03.000004+00:00"),
        ("%Y-%m-%dT%H:%M:%S%z", None, "2026-03-10T01:02:03+0530", "2026-03-10T01:02:03+05:30"),
        ("%d/%m/%Y %H:%M", "Europe/Paris", "10/03/1900 12:00", "1900-03-10T11:50:39Z"),  # an offset with seconds
        ("%Y-%m-%d %H:%M:%S UTC", "UTC", "2026-03-10T09:05:00.5Z", "2026-03-10T09:05:00.5Z"),  # ISO 8601 is tried last
        ("%Y-%m-%d %H:%M:%S UTC", "UTC", "2026-03-10 09:05:00+02:00", "2026-03-10 09:05:00+02:00"),
        ("%d/%m/%Y %H:%M", "Europe/Paris", "2026-03-10 09:05", "2026-03-10T09:05:00+01:00"),
        ("%d/%m/%Y %H:%M", "Europe/Paris", "2026-03-10T09:05:00.000+0100", "2026-03-10T09:05:00.000+0100"),
        ("unix s", None, "1773133500", "2026-03-10T09:05:00Z"),
        ("unix ms", None, "1773133500123", "2026-03-10T09:05:00.123000Z"),
        ("", "Europe/Paris", "2026-03-10 09:05:00", "2026-03-10T09:05:00+01:00"),
        ("", "Europe/Paris", "2026-03-10T09:05:00.5", "2026-03-10T09:05:00.500000+01:00"),
        ("", "Europe/Paris", "2026-03-29T02:30", "2026-03-29T03:30:00+02:00"),
        ("", "Europe/Paris", "2026-03-10 09:05:00+05:00", "2026-03-10 09:05:00+05:00"),
        ("", None, "2026-03-10T09:05:00Z", "2026-03-10T09:05:00Z"),
    ],
)
def test_a_time_of_a_file_becomes_a_time_with_offset(
    form: str, zone_name: str | None, text: str, expected: str
) -> None:
    read = time_reader((form,) if form else (), zone(zone_name) if zone_name else None)
    assert read(text) == expected
    assert read(text) == expected  # what is remembered says the same
    instant(expected)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (BOSTON, "02/30/2015 01:00:00 AM"),
        (BOSTON, "01/01/2015 13:00:00 PM"),
        (BOSTON, "01/01/2015"),
        (BOSTON, "01/01/2015 01:00:60 AM"),
        (BOSTON, ""),
        ("unix s", "99999999999999"),
        ("unix ms", "1773133500.5"),
        ("unix s", "1e9"),
        ("%d/%m/%Y %H:%M", "10/03/2026 24:00"),
        ("", "2026-03-10"),
        ("", "20260310"),
        ("", "yesterday at noon"),
        ("", "2026-03-10T25:00:00Z"),
    ],
)
def test_what_is_no_time_is_refused(form: str, text: str) -> None:
    read = time_reader((form,) if form else (), NEW_YORK)
    for _ in range(2):
        with pytest.raises(ValueError):
            read(text)


def test_a_wall_time_needs_a_zone() -> None:
    for forms, text in [((), "2026-03-10T09:05:00"), (("%Y-%m-%d",), "2026-03-10")]:
        with pytest.raises(ValueError, match="timezone"):
            time_reader(forms, None)(text)


def test_the_first_form_that_fits_counts() -> None:
    read = time_reader(("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"), zone("Europe/Paris"))
    assert read("2026-03-10 10:00") == "2026-03-10T10:00:00+01:00"
    assert read("10/03/2026 10:00") == "2026-03-10T10:00:00+01:00"
    with pytest.raises(ValueError, match="any of the forms"):
        read("10.03.2026")


WALLS = st.datetimes(datetime.fromisoformat("2014-12-30"), datetime.fromisoformat("2017-12-30")).map(
    lambda wall: wall.replace(microsecond=0)
)


@given(WALLS, st.sampled_from([BOSTON, "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%b %d %Y", "%S %M %H %d %m %Y"]))
@pytest.mark.parametrize("name", ["America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran"])
def test_every_wall_time_is_the_instant_that_the_domain_says(name: str, wall: datetime, form: str) -> None:
    wall = wall.replace(hour=0, minute=0, second=0) if form == "%b %d %Y" else wall
    read = time_reader((form,), zone(name))
    assert instant(read(wall.strftime(form))) == from_local(wall, zone(name))
