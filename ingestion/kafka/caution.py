"""A partition that was just taken over is read with caution: what ended the process before may be in front.

Its first batch is noted before it is read, so that nothing is paid while all goes well. Where that batch was begun before, and was
not stored, its messages are taken one by one, each noted first; one that was begun too often is set aside unread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ingestion.kafka.assignment import Partition
from ingestion.kafka.messages import Message
from services.history.attempts import Attempts


class Keeping(Protocol):
    """ingestion.kafka.storing.Storing.keep: whether the messages are stored; set aside where that is not 0."""

    def __call__(self, partition: Partition, messages: Sequence[Message], set_aside: int = 0) -> bool: ...


class Patiently(Protocol):
    """ingestion.kafka.pressure.Pressure.patiently: whether it was done in the end."""

    def __call__(self, partition: Partition, act: Callable[[], object]) -> bool: ...


class Caution:
    """The caution of one worker. `batch`: how many messages are taken one by one; `most`: how often one may end the process;
    `name` says under which name a partition's attempts are noted."""

    def __init__(
        self,
        attempts: Attempts,
        *,
        keep: Keeping,
        patiently: Patiently,
        is_stopping: Callable[[], bool],
        name: Callable[[int], str],
        batch: int,
        most: int,
    ):
        self._attempts = attempts
        self._keep = keep
        self._patiently = patiently
        self._is_stopping = is_stopping
        self._name = name
        self._batch = batch
        self._most = most
        self._left: dict[Partition, int | None] = {}
        """How many messages of a partition are still to be taken one by one; None where its first batch was never tried. What is
        not in it is read without caution."""

    def take_over(self, partition: Partition, stored: int) -> None:
        """Its messages from the offset `stored` on are read with caution. Raises Unavailable."""
        was_tried = self._attempts.of(self._name(partition.partition), stored) > 0
        self._left[partition] = self._batch if was_tried else None

    def taken(self, partitions: Iterable[Partition]) -> None:
        """The group has taken these partitions: they are for others to be careful with."""
        for partition in partitions:
            self._left.pop(partition, None)

    def store(self, partition: Partition, behind: int, messages: Sequence[Message]) -> None:
        """Stores as many of the messages as may be, in their order; what follows one that was dropped is dropped too. `behind`: the
        offset behind the last one that is stored."""
        if partition not in self._left:
            self._keep(partition, messages)
        elif self._left[partition] is None:
            self._note(partition, behind, 1)
            if self._keep(partition, messages):
                self._left.pop(partition, None)
        else:
            self._one_by_one(partition, messages)

    def _one_by_one(self, partition: Partition, messages: Sequence[Message]) -> None:
        for message in messages:
            if self._is_stopping() or not self._alone(partition, message):
                return
            self._kept_one(partition)

    def _alone(self, partition: Partition, message: Message) -> bool:
        """Stores the message, or sets it aside unread where it was begun too often; False where it was dropped."""
        name, found = self._name(partition.partition), list[int]()
        if not self._patiently(partition, lambda: found.append(self._attempts.of(name, message.offset))):
            return False
        [begun] = found
        if begun >= self._most:
            return self._keep(partition, [message], set_aside=begun)
        self._note(partition, message.offset, begun + 1)
        return self._keep(partition, [message])

    def _kept_one(self, partition: Partition) -> None:
        left = (self._left.get(partition) or 0) - 1
        if left > 0:
            self._left[partition] = left
        else:
            self._left.pop(partition, None)

    def _note(self, partition: Partition, offset: int, attempts: int) -> None:
        name = self._name(partition.partition)
        self._patiently(partition, lambda: self._attempts.note(name, offset, attempts))
