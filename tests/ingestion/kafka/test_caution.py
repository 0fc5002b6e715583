"""What may have ended the process: noted before it is read, taken alone once it was begun before, set aside in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ingestion.kafka.assignment import Partition
from ingestion.kafka.caution import Caution
from ingestion.kafka.messages import Message
from services.errors import Unavailable
from services.history.attempts import Attempts
from services.history.history import History
from tests.ingestion.kafka.parts import FIRST, SECOND, record

BATCH, MOST = 3, 2


def messages(first: int, end: int) -> list[Message]:
    return [record(offset) for offset in range(first, end)]


class Life:
    """One process after the other reads; what it keeps is seen in `kept`: the offsets of a batch, and how often they had been begun
    where they are set aside. `refused` offsets are not kept; at `deadly` ones the process ends."""

    def __init__(self, history: History):
        self.attempts = Attempts(history.database)
        self.kept: list[list[int]] = []
        self.aside: dict[int, int] = {}
        self.refused: set[int] = set()
        self.deadly: set[int] = set()
        self.is_stopping = False
        self.begin()

    def begin(self) -> None:
        """A new process."""
        self.caution = Caution(
            self.attempts,
            keep=self.keep,
            patiently=self.patiently,
            is_stopping=lambda: self.is_stopping,
            name=lambda number: f"kafka/events/id/{number}",
            batch=BATCH,
            most=MOST,
        )

    def patiently(self, partition: Partition, act: Callable[[], object]) -> bool:
        while True:
            try:
                act()
            except Unavailable:
                if self.is_stopping:
                    return False
            else:
                return True

    def keep(self, partition: Partition, messages: Sequence[Message], set_aside: int = 0) -> bool:
        offsets = [message.offset for message in messages]
        if not set_aside and self.deadly & {*offsets}:
            raise KeyboardInterrupt
        if self.refused & {*offsets}:
            return False
        self.kept.append(offsets)
        if set_aside:
            self.aside[offsets[0]] = set_aside
        return True

    def reads(self, behind: int, end: int, *, taken_over: bool = False, partition: Partition = FIRST) -> None:
        if taken_over:
            self.caution.take_over(partition, behind)
        self.caution.store(partition, behind, messages(behind, end))

    def noted(self, offset: int) -> int:
        return self.attempts.of("kafka/events/id/0", offset)


@pytest.fixture
def life(history: History) -> Life:
    return Life(history)


def test_only_the_first_batch_after_taking_over_is_noted(life: Life) -> None:
    life.reads(0, 3, taken_over=True)
    assert life.noted(0) == 1
    life.reads(3, 6)
    assert (life.noted(3), life.kept) == (0, [[0, 1, 2], [3, 4, 5]])


def test_a_batch_that_was_dropped_is_noted_again(life: Life) -> None:
    life.refused = {4}
    life.reads(3, 6, taken_over=True)
    life.refused = set()
    life.reads(3, 6)
    assert (life.kept, life.noted(3)) == ([[3, 4, 5]], 1)


def test_what_was_begun_and_not_stored_is_taken_one_by_one_for_as_many_as_a_batch_has(life: Life) -> None:
    life.deadly = {1}
    with pytest.raises(KeyboardInterrupt):
        life.reads(0, 3, taken_over=True)
    life.deadly = set()
    life.begin()
    life.reads(0, 2, taken_over=True)
    life.reads(2, 4)
    life.reads(4, 6)
    assert life.kept == [[0], [1], [2], [3], [4, 5]]
    assert life.noted(3) == 1  # the second batch was still taken one by one to its end


def test_what_was_begun_and_stored_makes_nobody_careful(life: Life) -> None:
    life.reads(0, 3, taken_over=True)
    life.begin()
    life.reads(3, 6, taken_over=True)
    assert life.kept == [[0, 1, 2], [3, 4, 5]]


def test_one_that_was_begun_too_often_is_set_aside_unread_and_the_next_is_read(life: Life) -> None:
    life.deadly = {1}
    deaths = 0
    while len(life.kept) < 3:
        life.begin()
        try:
            life.reads(len(life.kept), 3, taken_over=True)
        except KeyboardInterrupt:
            deaths += 1
            assert deaths < 9
    assert deaths == 1 + MOST  # with others in a batch, then alone
    assert (life.kept, life.aside) == ([[0], [1], [2]], {1: MOST})


def test_nothing_follows_a_message_that_was_dropped(life: Life) -> None:
    life.attempts.note("kafka/events/id/0", 0, 1)
    life.refused = {1}
    life.reads(0, 3, taken_over=True)
    assert life.kept == [[0]]


def test_who_is_to_end_takes_no_further_message(life: Life) -> None:
    life.attempts.note("kafka/events/id/0", 0, 1)
    life.is_stopping = True
    life.reads(0, 3, taken_over=True)
    assert life.kept == []


class Away(Attempts):
    """Cannot be asked, as often as `fails` says."""

    fails = 0

    def of(self, name: str, record: int) -> int:
        if self.fails:
            self.fails -= 1
            raise Unavailable("the store is away")
        return super().of(name, record)


def test_a_store_that_goes_away_between_two_messages_is_waited_for(life: Life, history: History) -> None:
    life.attempts = away = Away(history.database)
    life.attempts.note("kafka/events/id/0", 0, 1)
    life.begin()
    life.caution.take_over(FIRST, 0)
    away.fails = 2
    life.reads(0, 3)
    assert (life.kept, away.fails) == ([[0], [1], [2]], 0)
    life.caution.take_over(FIRST, 2)
    life.is_stopping, away.fails = True, 1
    life.reads(2, 3)
    assert len(life.kept) == 3


def test_partitions_are_read_with_caution_each_by_itself(life: Life) -> None:
    life.attempts.note("kafka/events/id/0", 0, 1)
    life.reads(0, 2, taken_over=True)
    life.reads(0, 2, taken_over=True, partition=SECOND)
    assert life.kept == [[0], [1], [0, 1]]


def test_what_the_group_takes_is_for_others(life: Life) -> None:
    life.attempts.note("kafka/events/id/0", 0, 1)
    life.caution.take_over(FIRST, 0)
    life.caution.taken([FIRST])
    life.reads(0, 2)
    assert life.kept == [[0, 1]]
