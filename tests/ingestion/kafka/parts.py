"""What the parts of the Kafka worker are tested with: partitions, records, and a member of the group that only notes what it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from kafka import TopicPartition  # type: ignore[import-untyped]

from ingestion.kafka.assignment import Assignment, Partition
from tests.records import Record

FIRST, SECOND, THIRD = (TopicPartition("events", number) for number in range(3))


def record(offset: int, *, id: str | None = None, text: str = "", value: bytes | None = None) -> Record:
    """An event in structured mode, or the bytes that are given."""
    event = {
        "specversion": "1.0",
        "id": id or str(offset),
        "source": "crm",
        "type": "t",
        "time": "2026-01-05T08:00:00Z",
    }
    sent = json.dumps({**event, "data": text}).encode() if value is None else value
    return Record(sent, key=b"k", offset=offset)


def tombstone(offset: int) -> Record:
    return Record(None, key=b"k", offset=offset)


def reading(**behind: int) -> Assignment:
    """The partitions `first`, `second`… that are named, read on from those offsets."""
    assignment = Assignment()
    for partition, name in ((FIRST, "first"), (SECOND, "second"), (THIRD, "third")):
        if name in behind:
            assignment.given([partition])
            assignment.take_over(partition, behind[name])
    return assignment


class Member:
    """Stands still, and reads again, as ingestion.kafka.reading.Reading does; `happens` is what comes to pass while it stands still
    for the first time."""

    def __init__(self, assignment: Assignment, happens: Callable[[], object] = lambda: None):
        self.stayed: list[float] = []
        self.resumed = 0
        self._assignment = assignment
        self._happens = happens

    def stay(self, seconds: float) -> None:
        if not self.stayed:
            self._happens()
        self.stayed.append(seconds)

    def resume(self) -> None:
        self.resumed += 1

    def again(self, partitions: Iterable[Partition]) -> None:
        self._assignment.again(partitions)
