"""Typed durations as files write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.durations import (
    HOUR,
    MINUTE,
    SECOND,
    Duration,
    Elapsed,
    EndOfDay,
    NominalDays,
    WorkingDays,
    WorkingHours,
    parse_duration,
    show_duration,
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("15 min", Elapsed(15 * MINUTE)),
        ("30 s", Elapsed(30 * SECOND)),
        ("4 h", Elapsed(4 * HOUR)),
        ("0 min", Elapsed(0)),
        ("1 day", NominalDays(1)),
        ("2 days", NominalDays(2)),
        ("1 week", NominalDays(7)),
        ("8 working hours", WorkingHours(8 * HOUR)),
        ("1 working hour", WorkingHours(HOUR)),
        ("30 working minutes", WorkingHours(30 * MINUTE)),
        ("3 working days", WorkingDays(3)),
        (" 3  working  days ", WorkingDays(3)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "h",
        "-1 h",
        "1.5 h",
        "4h",
        "4 hs",
        "4 hours",
        "2 months",
        "working days",
        "1 h 30 min",
        "٤ h",
        "9" * 5000 + " h",
    ],
)
def test_anything_else_is_refused_with_what_is_right(text: str) -> None:
    with pytest.raises(ValueError, match="such as 15 min"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (Elapsed(90 * MINUTE), "90 min"),
        (Elapsed(2 * HOUR), "2 h"),
        (Elapsed(61 * SECOND), "61 s"),
        (NominalDays(1), "1 day"),
        (NominalDays(14), "14 days"),
        (WorkingHours(HOUR), "1 working hour"),
        (WorkingHours(90 * MINUTE), "90 working minutes"),
        (WorkingDays(0), "0 working days"),
        (EndOfDay(), "end of day"),
    ],
)
def test_a_duration_has_one_text(duration: Duration, text: str) -> None:
    assert show_duration(duration) == text


@pytest.mark.parametrize("duration", [Elapsed(1), Elapsed(-HOUR), WorkingHours(SECOND), NominalDays(-1)])
def test_a_length_that_no_file_can_write_is_refused(duration: Duration) -> None:
    with pytest.raises(ValueError, match="whole units"):
        show_duration(duration)


@given(
    st.one_of(
        st.integers(0, 10**8).map(lambda n: Elapsed(n * SECOND)),
        st.integers(0, 10**8).map(NominalDays),
        st.integers(0, 10**8).map(lambda n: WorkingHours(n * MINUTE)),
        st.integers(0, 10**8).map(WorkingDays),
    )
)
def test_the_text_of_a_duration_is_read_back(duration: Duration) -> None:
    assert parse_duration(show_duration(duration)) == duration
