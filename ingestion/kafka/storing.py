"""From messages to the history: decode → check → append, with the offset in one transaction.

A batch that does not begin where the store is (another worker has stored it, since this one was paused past its session; or the
store was restored, or failed over to a server that was behind) is refused by the store, dropped, and read again from where the
store is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from ingestion.cloudevents import Bad, Decoded
from ingestion.door import Answer, Door
from ingestion.kafka.assignment import Assignment, Partition
from ingestion.kafka.letters import DeadLetters
from ingestion.kafka.messages import Message, is_tombstone, place_of, untouched
from ingestion.kafka.pressure import Pressure
from services.access import Principal
from services.errors import Refused, Unavailable
from services.history.history import History, Offset

log = structlog.get_logger()


class Rereading(Protocol):
    """The part of ingestion.kafka.reading.Reading that reads again."""

    def again(self, partitions: Iterable[Partition]) -> None:
        """Reads again, from where the store is, what was read of these partitions and is not stored."""


class Storing:
    """What one worker stores, pushed by `who`; None: by the services that declare the sources. `decode` is what a message
    goes through first; `name` says under which name the offset of a partition is stored. Of what is set aside a copy goes to
    `letters`."""

    def __init__(
        self,
        history: History,
        door: Door,
        who: Principal | None,
        letters: DeadLetters,
        *,
        assignment: Assignment,
        pressure: Pressure,
        rereading: Rereading,
        name: Callable[[int], str],
        decode: Callable[[Message], Decoded | Bad],
    ):
        self._history = history
        self._door = door
        self._who = who
        self._letters = letters
        self._assignment = assignment
        self._pressure = pressure
        self._rereading = rereading
        self._name = name
        self._decode = decode

    def keep(self, partition: Partition, messages: Sequence[Message], set_aside: int = 0) -> bool:
        """Stores the messages with the offset of the last of them. False where they were dropped, to be read again by whoever has
        the partition. Where reading them has ended the process `set_aside` times, nothing of them is looked at."""
        last = messages[-1].offset
        telling = [message for message in messages if not is_tombstone(message)]
        items = [self._item(message, set_aside) for message in telling]
        if (behind := self._assignment.behind(partition)) is None:
            return False
        try:
            answers = self._append(partition, telling, items, self._moved(partition, behind, last))
        except Refused as error:
            if error.slug != "offset-moved":
                raise
            log.warning("this batch is not what the store needs next; it is dropped here", says=str(error), offset=last)
            self._rereading.again(self._assignment.mine)
            return False
        if answers is None:
            return False
        self._assignment.stored(partition, last + 1)
        self._door.pass_over("kafka", len(messages) - len(telling))
        self._send_reused(telling, items, answers)
        return True

    def keep_empty(self, partition: Partition, at: int) -> None:
        """Stores that the partition goes on at `at`: the offsets before it hold no message (they are ends of transactions, or
        deleted). Raises Unavailable."""
        behind = self._assignment.behind(partition)
        if behind is None or at <= behind:
            return
        try:
            self._history.append_facts([], offset=self._moved(partition, behind, at - 1))
        except Refused:
            self._rereading.again([partition])
        else:
            self._assignment.stored(partition, at)

    def _item(self, message: Message, set_aside: int) -> Decoded | Bad:
        return untouched(message, set_aside) if set_aside else self._decode(message)

    def _moved(self, partition: Partition, behind: int, last: int) -> Offset:
        """To `last`, from where this worker left the store."""
        return Offset(self._name(partition.partition), last, behind - 1 if behind else None)

    def _append(
        self, partition: Partition, messages: Sequence[Message], items: list[Decoded | Bad], offset: Offset
    ) -> list[Answer] | None:
        """Sends dead letters, then appends; gives what the door answers of each message, None where they are to be dropped. Raises
        Refused."""
        bad = [(message, item) for message, item in zip(messages, items, strict=True) if isinstance(item, Bad)]
        if bad:
            self._pressure.patiently(partition, lambda: self._letters.send(bad))
        answers: list[Answer] = []
        is_done = self._pressure.patiently(
            partition, lambda: answers.extend(self._submit(partition, messages, items, offset))
        )
        return answers if is_done else None

    def _submit(
        self, partition: Partition, messages: Sequence[Message], items: list[Decoded | Bad], offset: Offset
    ) -> list[Answer]:
        return self._door.submit(
            items,
            self._who or self._door.speaker(f"topic:{partition.topic}"),
            "kafka",
            f"{partition.topic}[{partition.partition}]",
            [message.offset for message in messages],
            place=lambda index: place_of(messages[index]),
            offset=offset,
        )

    def _send_reused(
        self, messages: Sequence[Message], items: Sequence[Decoded | Bad], answers: Sequence[Answer]
    ) -> None:
        """Sends letters about what only the store could tell to be bad; it is in quarantine already."""
        letters = [
            (message, Bad(item.raw, answer.slug, answer.problem or ""))
            for message, item, answer in zip(messages, items, answers, strict=True)
            if answer.slug is not None and isinstance(item, Decoded)
        ]
        try:
            self._letters.send(letters)
        except Unavailable as error:
            log.warning("dead letters could not be sent", says=str(error))
