"""What the group is told of how far this worker is. A courtesy to those who watch it: the store says where a worker goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ingestion.kafka.assignment import Partition
from ingestion.kafka.every import Every

TELL_SECONDS: Final = 1.0
"""The group is told at most so often."""


class Telling:
    """What one worker has told the group of each of its partitions. `now` is in seconds of a clock that only grows."""

    def __init__(self) -> None:
        self._told: dict[Partition, int] = {}
        self._every = Every(TELL_SECONDS)

    def taken(self, partitions: Iterable[Partition]) -> None:
        """The group has taken these partitions: somebody else tells it of them now, so nothing counts as told."""
        for partition in partitions:
            self._told.pop(partition, None)

    def is_due(self, now: float) -> bool:
        return self._every.is_due(now)

    def news(self, ends: Mapping[Partition, int]) -> dict[Partition, int]:
        """Gives what the group has not been told, which counts as told from now on. `ends`: the offset behind the last one that is
        stored, of each partition. There is nothing to tell of a partition of which nothing is stored."""
        moved = {partition: end for partition, end in ends.items() if self._told.get(partition) != end}
        news = {partition: end for partition, end in moved.items() if end > 0}
        if news:
            self._told.update(moved)
        return news
