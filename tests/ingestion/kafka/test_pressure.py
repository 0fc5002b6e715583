"""Back-pressure: kept and tried again ever more slowly, for as long as it is this worker's to store."""

from __future__ import annotations

import pytest

from ingestion.kafka.assignment import Assignment
from ingestion.kafka.health import Health
from ingestion.kafka.pressure import Pressure
from services.errors import Refused, Unavailable
from tests.ingestion.kafka.parts import FIRST, SECOND, Member, reading


class Store:
    """Cannot be had for the first `times` tries."""

    def __init__(self, times: int):
        self._left = times
        self.has_stored = False

    def __call__(self) -> None:
        if self._left:
            self._left -= 1
            raise Unavailable("the store is away")
        self.has_stored = True


class Life:
    def __init__(self, assignment: Assignment) -> None:
        self.assignment, self.health = assignment, Health()
        self.member = Member(assignment)
        self.health.begin_round()

    def patiently(self, store: Store) -> bool:
        return Pressure(self.assignment, self.member, self.health).patiently(FIRST, store)


def test_what_can_be_stored_is_stored_and_nothing_stands_still() -> None:
    life, store = Life(reading(first=0)), Store(0)
    assert life.patiently(store)
    assert (store.has_stored, life.member.stayed, life.member.resumed) == (True, [], 0)
    assert life.health.trouble is None


def test_it_is_tried_again_ever_more_slowly_and_then_read_on() -> None:
    life, store = Life(reading(first=0)), Store(11)
    assert life.patiently(store)
    assert store.has_stored
    assert life.member.stayed == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
    assert (life.member.resumed, life.health.trouble) == (1, "the store is away")


def test_it_is_given_up_and_read_on_when_the_partition_goes_to_somebody_else_meanwhile() -> None:
    life, store = Life(reading(first=0, second=0)), Store(1)
    life.member = Member(life.assignment, lambda: life.assignment.taken([FIRST]))
    assert not life.patiently(store)
    assert (store.has_stored, life.member.resumed, life.assignment.read) == (False, 1, {SECOND})


def test_it_is_given_up_when_the_partition_was_taken_and_given_back_meanwhile() -> None:
    """It goes on where the store is by then, which may be behind what is to be stored here."""
    life, store = Life(reading(first=0)), Store(1)

    def rebalanced() -> None:
        life.assignment.taken([FIRST])
        life.assignment.given([FIRST])

    life.member = Member(life.assignment, rebalanced)
    assert not life.patiently(store)
    assert (store.has_stored, life.member.resumed) == (False, 1)


def test_nothing_is_tried_of_a_partition_that_is_not_read() -> None:
    life, store = Life(reading(second=0)), Store(0)
    assert not life.patiently(store)
    life.assignment.given([FIRST])
    assert not life.patiently(store)
    assert not store.has_stored


def test_who_is_to_end_tries_once_and_stands_still_no_more() -> None:
    life, store = Life(reading(first=0)), Store(1)
    life.health.stopping.set()
    assert not life.patiently(store)
    assert (store.has_stored, life.member.stayed) == (False, [])
    assert life.patiently(store)


def test_what_trying_again_does_not_mend_is_raised_after_reading_on() -> None:
    life = Life(reading(first=0))
    answers = iter([Unavailable("away"), Refused("another batch is needed", slug="offset-moved")])

    def act() -> None:
        raise next(answers)

    with pytest.raises(Refused):
        Pressure(life.assignment, life.member, life.health).patiently(FIRST, act)
    assert life.member.resumed == 1
