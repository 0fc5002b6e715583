"""From messages to the history, with the offset in one transaction; what is not the store's next is dropped and read again."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.cloudevents import Bad, Decoded
from ingestion.door import Answer, Door
from ingestion.kafka.assignment import Assignment
from ingestion.kafka.broker import Kafka
from ingestion.kafka.health import Health
from ingestion.kafka.letters import DeadLetters
from ingestion.kafka.messages import KILLS, Message, decode_message
from ingestion.kafka.pressure import Pressure
from ingestion.kafka.storing import Storing
from services.access import ADMINISTRATOR
from services.errors import Refused, Unavailable
from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import History, Offset
from tests.ingestion.conftest import NOW
from tests.ingestion.kafka.parts import FIRST, SECOND, Member, reading, record, tombstone


class Letters(DeadLetters):
    """Notes the offsets and reasons that it is to send; cannot be had as often as `fails` says."""

    def __init__(self) -> None:
        super().__init__(Kafka("127.0.0.1:1", "events", "entente"))
        self.sent: list[tuple[int, str]] = []
        self.fails = 0

    def send(self, letters: Any) -> None:
        if self.fails:
            self.fails -= 1
            raise Unavailable("the broker is away")
        self.sent += [(message.offset, bad.slug) for message, bad in letters]


class Life:
    def __init__(self, history: History, assignment: Assignment):
        self.history, self.assignment, self.health = history, assignment, Health()
        self.door = Door(history, lambda: NOW)
        self.letters, self.member = Letters(), Member(assignment)
        self.decoded: list[int] = []

    def storing(self) -> Storing:
        pressure = Pressure(self.assignment, self.member, self.health)
        return Storing(
            self.history,
            self.door,
            ADMINISTRATOR,
            self.letters,
            assignment=self.assignment,
            pressure=pressure,
            rereading=self.member,
            name=lambda number: f"kafka/events/id/{number}",
            decode=self.decode,
        )

    def decode(self, message: Message) -> Decoded | Bad:
        self.decoded.append(message.offset)
        return decode_message(message)

    def keep(self, *messages: Message, set_aside: int = 0) -> bool:
        return self.storing().keep(FIRST, messages, set_aside)

    def offset(self, partition: int = 0) -> int | None:
        return self.history.last_offset(f"kafka/events/id/{partition}")

    def events(self) -> int:
        return len(self.history.read(0, 100, [EVENT]))

    def aside(self) -> list[tuple[int, str]]:
        headers = [unpack(entry.state)[0] for entry in self.history.read(0, 100, [QUARANTINED])]
        return [(header["offset"], header["slug"]) for header in headers]


@pytest.fixture
def life(history: History) -> Life:
    return Life(history, reading(first=0, second=0))


def test_a_batch_is_stored_with_the_offset_of_its_last_message(life: Life) -> None:
    assert life.keep(record(0), record(1), record(4))
    assert (life.events(), life.offset(), life.assignment.behind(FIRST)) == (3, 4, 5)
    assert life.keep(record(5))
    assert (life.events(), life.offset(), life.assignment.behind(FIRST)) == (4, 5, 6)


def test_a_tombstone_is_passed_over_and_counted_and_its_offset_is_stored(life: Life) -> None:
    assert life.keep(record(0), tombstone(1))
    assert life.keep(tombstone(2))
    assert (life.events(), life.offset(), life.decoded) == (1, 2, [0])
    assert life.door.answered() == {("kafka", "accepted"): 1, ("kafka", "tombstone"): 2}


def test_what_is_no_event_is_set_aside_and_a_copy_is_sent(life: Life) -> None:
    assert life.keep(record(0, value=b"{"), record(1))
    assert (life.aside(), life.letters.sent) == ([(0, "malformed-json")], [(0, "malformed-json")])
    assert (life.events(), life.offset()) == (1, 1)


def test_a_copy_of_what_only_the_store_can_tell_to_be_bad_follows(life: Life) -> None:
    assert life.keep(record(0, id="a"), record(1, id="a", text="another"))
    assert (life.aside(), life.letters.sent) == ([(1, "id-reused")], [(1, "id-reused")])


def test_what_has_ended_the_process_is_set_aside_unread(life: Life) -> None:
    assert life.keep(record(0), set_aside=3)
    assert (life.decoded, life.aside(), life.events()) == ([], [(0, KILLS)], 0)


def test_a_batch_that_another_worker_has_stored_is_dropped_and_everything_is_read_again(life: Life) -> None:
    life.history.append_facts([], offset=Offset("kafka/events/id/0", 1, None))
    assert not life.keep(record(0), record(1))
    assert (life.events(), life.offset()) == (0, 1)
    assert life.assignment.fresh == {FIRST, SECOND}


def test_a_batch_of_a_partition_that_is_somebody_elses_is_dropped(life: Life) -> None:
    life.assignment.taken([FIRST])
    assert not life.keep(record(0))
    life.assignment.given([FIRST])
    assert not life.keep(record(0))
    assert (life.events(), life.offset()) == (0, None)


def test_a_batch_waits_for_the_store_and_its_letters_for_the_broker(life: Life) -> None:
    class Slow(Door):
        left = 2

        def submit(self, *arguments: Any, **named: Any) -> list[Answer]:
            self.left -= 1
            if self.left >= 0:
                raise Unavailable("the store is away")
            return super().submit(*arguments, **named)

    life.door, life.letters.fails = Slow(life.history, lambda: NOW), 1
    assert life.keep(record(0, value=b"{"), record(1))
    assert (len(life.member.stayed), life.letters.sent) == (3, [(0, "malformed-json")])
    assert (life.events(), life.offset(), life.health.trouble) == (1, 1, "the store is away")


def test_letters_about_what_is_in_quarantine_hold_nothing_up(life: Life) -> None:
    life.letters.fails = 1
    assert life.keep(record(0, id="a"), record(1, id="a", text="another"))
    assert (life.offset(), life.letters.sent, life.member.stayed) == (1, [], [])


def test_what_the_store_refuses_for_another_reason_ends_the_worker(life: Life) -> None:
    class Refusing(Door):
        def submit(self, *arguments: Any, **named: Any) -> list[Answer]:
            raise Refused("no", slug="other")

    life.door = Refusing(life.history, lambda: NOW)
    with pytest.raises(Refused):
        life.keep(record(0))


def test_offsets_without_a_message_are_stored_once(life: Life) -> None:
    life.keep(record(0))
    storing = life.storing()
    for at in (1, 4, 4, 2):
        storing.keep_empty(FIRST, at)
    assert (life.offset(), life.assignment.behind(FIRST), life.events()) == (3, 4, 1)


def test_offsets_without_a_message_are_not_stored_where_the_store_is_elsewhere(life: Life) -> None:
    life.history.append_facts([], offset=Offset("kafka/events/id/0", 6, None))
    life.storing().keep_empty(FIRST, 4)
    assert (life.offset(), life.assignment.fresh) == (6, {FIRST})
