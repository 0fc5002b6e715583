"""What is done now and then: looks whether the client still reads, and what the group is told."""

from __future__ import annotations

from ingestion.kafka.every import Every
from ingestion.kafka.liveness import Liveness
from ingestion.kafka.telling import TELL_SECONDS, Telling
from tests.ingestion.kafka.parts import FIRST, SECOND


def test_it_is_due_at_the_end_of_its_seconds_and_then_anew() -> None:
    every = Every(10, begun=5)
    assert [now for now in (5, 14.9, 15, 15.1, 24.9, 25) if every.is_due(now)] == [15, 25]
    every.begin(26)
    assert [now for now in (35, 36) if every.is_due(now)] == [36]


def test_what_was_never_due_is_due_at_once() -> None:
    assert Every(10).is_due(0)


def test_the_broker_is_asked_when_nothing_has_arrived_for_long_and_not_before() -> None:
    liveness = Liveness(10, now=0)
    assert not liveness.is_due(9.9)
    liveness.arrived(9.9)
    assert not liveness.is_due(19.8)
    assert liveness.is_due(19.9)
    assert not liveness.is_due(29.8)
    assert liveness.is_due(29.9)


def test_a_client_has_lost_its_way_when_something_is_lacking_twice_in_a_row() -> None:
    liveness = Liveness(10, now=0)
    assert [liveness.is_lost(lacks=lacks) for lacks in (True, False, True, True)] == [False, False, False, True]
    assert not liveness.is_lost(lacks=True)  # of the client that was begun anew
    assert liveness.is_lost(lacks=True)


def test_what_arrives_between_two_looks_shows_that_the_client_reads() -> None:
    liveness = Liveness(10, now=0)
    assert not liveness.is_lost(lacks=True)
    liveness.arrived(12)
    assert not liveness.is_lost(lacks=True)


def test_the_group_is_told_at_most_once_a_second() -> None:
    telling = Telling()
    assert telling.is_due(100)
    assert not telling.is_due(100 + TELL_SECONDS - 0.1)
    assert telling.is_due(100 + TELL_SECONDS)


def test_the_group_is_told_what_it_does_not_know() -> None:
    telling = Telling()
    assert telling.news({FIRST: 3, SECOND: 0}) == {FIRST: 3}
    assert telling.news({FIRST: 3, SECOND: 0}) == {}
    assert telling.news({FIRST: 3, SECOND: 2}) == {SECOND: 2}
    assert telling.news({FIRST: 1, SECOND: 2}) == {FIRST: 1}  # the store went back


def test_the_group_is_told_anew_of_a_partition_that_others_had_meanwhile() -> None:
    telling = Telling()
    telling.news({FIRST: 3, SECOND: 2})
    telling.taken([FIRST])
    assert telling.news({FIRST: 3, SECOND: 2}) == {FIRST: 3}
