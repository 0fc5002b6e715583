"""The lines of what presses: the first ones are those that one finds who sorts them all."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboards.pages.today.pressing import EACH, MOST, Lines, Of, Pressing
from services.figures.pressing_rows import limit_of
from services.figures.rows import PressingRow

LIMITS = st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=8)


class Owed:
    """A commitment, of which the lines ask nothing but what it is called."""

    def __init__(self, id: str):
        self.id, self.row = id, self


def lines(limits: list[list[int]], sign: int) -> Lines:
    found: list[Of] = []
    for number, some in enumerate(limits):
        row: Any = Owed(str(number))
        ordered = sorted(some, key=lambda limit: sign * limit)
        rows = [PressingRow(row.id, str(at), "", one, one, "missing", False) for at, one in enumerate(ordered)]
        found.append(Of(row, number % 3, number % 2 == 0, rows))
    return Lines(found, sign)


@given(LIMITS, st.sampled_from((1, -1)))
def test_the_first_lines_are_those_of_all_in_their_order_with_not_too_many_of_one(
    limits: list[list[int]], sign: int
) -> None:
    found = lines(limits, sign)
    every, of_each, wanted = list(found), Counter[str](), list[Pressing]()
    assert [it.order for it in every] == sorted(it.order for it in every)
    for it in every:
        of_each[it.row.row.id] += 1
        if of_each[it.row.row.id] <= EACH and len(wanted) < MOST:
            wanted.append(it)
    assert found.first() == wanted
    assert len(found) == len(every) == sum(map(len, limits))
    assert found.count(is_owed_by_reader=True) + found.count(is_owed_by_reader=False) == len(found)


@given(LIMITS, st.integers(0, 9))
def test_a_part_of_the_lines_is_what_one_takes_out_of_all(limits: list[list[int]], least: int) -> None:
    found = lines(limits, 1)
    part = found.that(lambda it: limit_of(it.one) >= least)
    assert list(part) == [it for it in found if limit_of(it.one) >= least]
    assert list(found.only({"1", "2"})) == [it for it in found if it.row.row.id in ("1", "2")]
