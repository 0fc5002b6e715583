"""What people may give to any use case."""

from __future__ import annotations

import pytest

from services.deciding import LONGEST_TEXT, words_of
from services.errors import Invalid


def test_words_are_taken_without_what_cannot_be_read() -> None:
    assert words_of(" It\x00 rained.\n") == "It rained."
    assert words_of("é" * LONGEST_TEXT) == "é" * LONGEST_TEXT
    assert words_of(" ", "") == ""


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\x00 \x00", "x" * (LONGEST_TEXT + 1)])
def test_nothing_and_too_much_are_no_words(text: str) -> None:
    with pytest.raises(Invalid):
        words_of(text)
