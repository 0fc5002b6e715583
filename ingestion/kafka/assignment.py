"""Which partitions are this worker's, and where each of them goes on. Only a state: it reads nothing and asks nobody.

A partition is *fresh* from when the group gives it until it is taken over, and again from when something of it has to be read
again: until then nothing of it may be stored. Otherwise it is *read*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Partition(Protocol):
    """The part of kafka-python's TopicPartition that is used here; partitions are sorted, and kept in sets."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    def __lt__(self, other: Any, /) -> bool: ...
    def __hash__(self) -> int: ...


@dataclass(slots=True)
class _Mine:
    is_fresh: bool = True
    behind: int | None = None


class Assignment:
    """The partitions that the group has given to this worker and not taken from it. Safe for one thread at a time: the client's
    thread calls `given` and `taken` while the worker's waits for it."""

    def __init__(self) -> None:
        self._mine: dict[Partition, _Mine] = {}

    @property
    def mine(self) -> set[Partition]:
        return {*self._mine}

    @property
    def fresh(self) -> set[Partition]:
        """The partitions that wait to be taken over."""
        return {partition for partition, mine in self._mine.items() if mine.is_fresh}

    @property
    def read(self) -> set[Partition]:
        """The partitions that have been taken over."""
        return {partition for partition, mine in self._mine.items() if not mine.is_fresh}

    def is_read(self, partition: Partition) -> bool:
        """True when what was read of the partition may be stored."""
        return partition in self._mine and not self._mine[partition].is_fresh

    def behind(self, partition: Partition) -> int | None:
        """The offset behind the last one that this worker knows to be stored: 0 where none is, None where it knows nothing."""
        mine = self._mine.get(partition)
        return mine.behind if mine is not None else None

    def ends(self) -> dict[Partition, int]:
        """Gives `behind` of each partition of which it is known."""
        return {partition: mine.behind for partition, mine in self._mine.items() if mine.behind is not None}

    def elsewhere(self, stored: Mapping[int, int]) -> list[Partition]:
        """Gives the partitions that are read although the store is not where this worker left it, sorted. `stored`: the last offset
        in the store, of each partition that has one."""
        return [
            partition
            for partition in sorted(self.read)
            if stored.get(partition.partition, -1) + 1 != self._mine[partition].behind
        ]

    def given(self, partitions: Iterable[Partition]) -> None:
        """The group has given these partitions: they are fresh."""
        for partition in partitions:
            self._mine.setdefault(partition, _Mine()).is_fresh = True

    def taken(self, partitions: Iterable[Partition]) -> None:
        """The group has taken these partitions: nothing is known of them any more."""
        for partition in partitions:
            self._mine.pop(partition, None)

    def again(self, partitions: Iterable[Partition]) -> None:
        """Makes fresh again those of the partitions that are this worker's."""
        for partition in partitions:
            if partition in self._mine:
                self._mine[partition].is_fresh = True

    def take_over(self, partition: Partition, behind: int) -> None:
        """Reads the partition from now on, since the store has said how far it is. Raises KeyError where it is not this
        worker's."""
        self._mine[partition].is_fresh = False
        self._mine[partition].behind = behind

    def stored(self, partition: Partition, behind: int) -> None:
        """Everything before `behind` is stored. Raises KeyError where it is not this worker's."""
        self._mine[partition].behind = behind
