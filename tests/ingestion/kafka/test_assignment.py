"""Which partitions are this worker's, and where each goes on, as the group gives and takes them."""

from __future__ import annotations

import pytest

from ingestion.kafka.assignment import Assignment
from tests.ingestion.kafka.parts import FIRST, SECOND, THIRD, reading


def test_what_the_group_gives_waits_until_it_is_taken_over() -> None:
    assignment = Assignment()
    assignment.given([FIRST, SECOND])
    assert (assignment.mine, assignment.fresh, assignment.read) == ({FIRST, SECOND}, {FIRST, SECOND}, set())
    assert not assignment.is_read(FIRST)
    assignment.take_over(FIRST, 7)
    assert (assignment.fresh, assignment.read) == ({SECOND}, {FIRST})
    assert assignment.is_read(FIRST)
    assert (assignment.behind(FIRST), assignment.behind(SECOND), assignment.behind(THIRD)) == (7, None, None)


def test_of_what_the_group_takes_nothing_is_known_any_more() -> None:
    assignment = reading(first=7, second=3)
    assignment.taken([FIRST, THIRD])
    assert (assignment.mine, assignment.read, assignment.ends()) == ({SECOND}, {SECOND}, {SECOND: 3})
    assignment.given([FIRST])
    assert assignment.behind(FIRST) is None
    with pytest.raises(KeyError):
        assignment.stored(THIRD, 1)


def test_what_is_to_be_read_again_keeps_where_it_was_until_it_is_taken_over() -> None:
    assignment = reading(first=7, second=3)
    assignment.again([FIRST, THIRD])
    assert (assignment.mine, assignment.fresh) == ({FIRST, SECOND}, {FIRST})
    assert assignment.ends() == {FIRST: 7, SECOND: 3}
    assignment.take_over(FIRST, 5)
    assert (assignment.fresh, assignment.ends()) == (set(), {FIRST: 5, SECOND: 3})


def test_what_is_given_again_without_having_been_taken_is_taken_over_again() -> None:
    assignment = reading(first=7)
    assignment.given([FIRST])
    assert (assignment.fresh, assignment.behind(FIRST)) == ({FIRST}, 7)


def test_the_store_is_elsewhere_where_it_is_before_or_behind_what_this_worker_left() -> None:
    assignment = reading(first=7, second=0)
    assert assignment.elsewhere({0: 6}) == []
    assert assignment.elsewhere({0: 5}) == [FIRST]
    assert assignment.elsewhere({0: 7, 1: 0}) == [FIRST, SECOND]
    assert assignment.elsewhere({}) == [FIRST]
    assignment.stored(FIRST, 8)
    assert assignment.elsewhere({0: 7}) == []
    assignment.again([FIRST])
    assert assignment.elsewhere({0: 5}) == []  # it is looked up anyway
