"""A sentence is English like any other text, and remembers how it was made."""

from __future__ import annotations

import copy
import pickle
import sqlite3
from collections.abc import Callable

import pytest

from domain.saying import Said, chained, cut, heard, said, said_by


def test_a_sentence_is_its_english_text() -> None:
    spoken = said("the text has {count:,} letters, not {wanted!r}", count=2_001, wanted="few")
    assert spoken == "the text has 2,001 letters, not 'few'"
    assert (spoken.template, spoken.values["count"]) == ("the text has {count:,} letters, not {wanted!r}", 2_001)


def test_braces_that_are_no_places_mean_themselves() -> None:
    assert said('such as {kind: punctuality, …}, {CASE_ID}/opened or {by: "1"}').endswith('or {by: "1"}')
    assert said("{exists: false} of {name}", name="{key}") == "{exists: false} of {key}"


def test_an_error_says_what_it_was_given_or_what_a_library_said() -> None:
    assert said_by(ValueError(said("no day {day}", day=3))).template == "no day {day}"
    assert said_by(ValueError("month must be in 1..12")) == "month must be in 1..12"
    assert said_by(ValueError()) == ""


def test_several_sentences_are_one() -> None:
    lines = chained("\n", [said("one {n}", n=1), "two"])
    assert lines == "one 1\ntwo"
    assert [*lines.values.values()] == ["one 1", "two"]


def test_what_is_cut_is_cut_in_every_language() -> None:
    assert cut("short", 5) == "short"
    shorter = cut(said("a long {what}", what="story"), 8)
    assert isinstance(shorter, Said)
    assert (shorter, shorter.most, shorter.template) == ("a long …", 8, "a long {what}")


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_keep_how_it_was_made(copied: Callable[[Said], Said]) -> None:
    assert copied(said("no {what}", what=heard("day"))).template == "no {what}"


def test_a_database_takes_it_as_a_text() -> None:
    assert sqlite3.connect(":memory:").execute("SELECT ?", [said("é {n}", n=1)]).fetchall() == [("é 1",)]
