from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import CURRENCIES, LARGEST, parse_amount, show_amount, summed


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1800.00", "EUR", 180_000),
        ("1800", "EUR", 180_000),
        ("-0.5", "EUR", -50),
        ("12", "JPY", 12),
        ("1.005", "KWD", 1005),
    ],
)
def test_an_amount_is_whole_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.005", "EUR"), ("1.0", "JPY"), ("1,5", "EUR"), ("01", "EUR"), ("", "EUR"), ("1e3", "EUR"), ("٣", "EUR"), ("+1", "EUR"),
        ("1", "EURO"), ("1", "eur"), ("1", "XAU"), ("1" * 16, "EUR"), ("--1", "EUR"), ("1 000", "EUR"), ("1.", "EUR"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError):
        parse_amount(text, currency)


@given(st.integers(-LARGEST + 1, LARGEST - 1), st.sampled_from(sorted(CURRENCIES)))
def test_what_is_shown_is_read_back(minor: int, currency: str) -> None:
    assert parse_amount(show_amount(minor, currency), currency) == minor


def test_two_currencies_and_two_years_are_never_added() -> None:
    lines = [(2026, "EUR", 100), (2026, "CHF", 5), (2026, "EUR", -30), (2027, "EUR", 1)]
    assert summed(lines) == {(2026, "CHF"): 5, (2026, "EUR"): 70, (2027, "EUR"): 1}
