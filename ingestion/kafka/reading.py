"""Membership in the consumer group, and reading as a member: the library's client, held to what the assignment says.

Partitions that are fresh are paused, where the group has just given them or their messages are to be read again; those that have
been taken over are read.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer  # type: ignore[import-untyped]
from kafka.errors import (  # type: ignore[import-untyped]
    AuthorizationError,
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    RetriableError,
    UnsupportedCodecError,
)
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]

from ingestion.kafka.assignment import Assignment, Partition
from ingestion.kafka.broker import Kafka
from ingestion.kafka.health import Health
from ingestion.kafka.messages import Message
from services.errors import Invalid

log = structlog.get_logger()

POLL_SECONDS: Final = 0.5


class Rebalanced(Protocol):
    """The one that is told what the group gives and takes: from the client's thread, while `poll` or `leave` waits for it."""

    def given(self, partitions: Iterable[Partition]) -> None: ...
    def taken(self, partitions: Iterable[Partition]) -> None: ...


class Reading:
    """One member of the group, for the worker's thread alone. `batch`: the most messages that are read at once; `looks_after`:
    how many seconds old what the broker says of the topic may be. Joins when it is made; raises Unavailable, Invalid."""

    def __init__(
        self,
        kafka: Kafka,
        assignment: Assignment,
        health: Health,
        told: Rebalanced,
        *,
        batch: int,
        looks_after: float,
    ):
        self._kafka = kafka
        self._batch = batch
        self._looks_after = looks_after
        self._assignment = assignment
        self._health = health
        self._told = told
        self._client = self._made()
        self._subscribe()

    def begin_anew(self) -> None:
        """Leaves the group, and joins as a new member. Raises Unavailable, Invalid where there is no way to the broker just
        now: then it remains the member that it was."""
        left, self._client = self._client, self._made()
        with suppress(KafkaError):
            left.close(timeout_ms=5_000)
        self._told.taken(self._assignment.mine)
        self._subscribe()

    def leave(self) -> None:
        """Leaves the group for good."""
        self._client.close(timeout_ms=5_000)

    def poll(self) -> dict[Any, list[Message]]:
        """Waits for what arrives, at most `POLL_SECONDS`, and gives it by partition; nothing where the broker cannot be had
        just now. Raises Invalid where a batch cannot be taken apart, and what `Kafka.understood_errors` says of errors that
        trying again does not mend."""
        try:
            return dict(self._client.poll(timeout_ms=int(POLL_SECONDS * 1_000), max_records=self._batch))
        except (OffsetOutOfRangeError, LogTruncationError):
            self._assignment.again(self._assignment.mine)  # who takes over looks what has happened, and says it
        except KafkaError as error:
            if isinstance(error, CorruptRecordError | UnsupportedCodecError):
                raise self._unreadable(error) from error
            if isinstance(error, AuthorizationError) or not isinstance(error, RetriableError):
                with self._kafka.understood_errors():
                    raise
            self.again(self._assignment.mine)  # the client may have passed over what it then did not hand over
            self._health.wait(str(error))
        except Exception as error:  # a batch, taken apart by one of many libraries, is not what it should be
            raise self._unreadable(error) from error
        return {}

    def hold(self, partition: Partition) -> None:
        """Pauses a partition that the group gives, until `go_on` says where it goes on: it keeps the client from choosing."""
        self._client.pause(partition)
        self._client.seek(partition, 0)

    def go_on(self, partition: Partition, start: int) -> None:
        """Reads it from the offset `start` on."""
        self._client.seek(partition, start)
        self._client.resume(partition)

    def again(self, partitions: Iterable[Partition]) -> None:
        """Reads again, from where the store is, what was read of these partitions and is not stored: once they are taken over."""
        for partition in self._assignment.mine & self._client.assignment() & set(partitions):
            self._client.pause(partition)
            self._assignment.again([partition])

    def stay(self, seconds: float) -> None:
        """Remains a member for so long, or until the worker is stopped, and reads nothing. Only `resume` ends the pause."""
        self._client.pause(*self._client.assignment())
        until = time.monotonic() + seconds
        while not self._health.stopping.is_set() and (left := until - time.monotonic()) > 0:
            try:
                self.again(self._client.poll(timeout_ms=max(1, int(min(left, POLL_SECONDS) * 1_000))))
            except KafkaError as error:
                log.warning("Kafka cannot be reached either", says=str(error))
                self._health.stopping.wait(left)

    def resume(self) -> None:
        """Reads on, of every partition that has been taken over."""
        self._client.resume(*self._assignment.read)

    def position(self, partition: Partition) -> int | None:
        """Gives the offset that the partition goes on at; None where that is not known now. Raises KafkaError."""
        at: int | None = self._client.position(partition, timeout_ms=1_000)
        return at

    def tell(self, ends: Mapping[Partition, int], *, at_once: bool) -> None:
        """Tells the group how far each partition is stored. Waits for the answer where it is told at once."""
        offsets = {partition: OffsetAndMetadata(end, "", -1) for partition, end in ends.items()}
        try:
            if at_once:
                self._client.commit(offsets, timeout_ms=2_000)
            else:
                self._client.commit_async(offsets)
        except KafkaError as error:
            log.warning("the group was not told", says=str(error))

    def _made(self) -> Any:
        with self._kafka.understood_errors():
            return KafkaConsumer(**_settings(self._kafka, self._batch, self._looks_after))

    def _subscribe(self) -> None:
        with self._kafka.understood_errors():
            self._client.subscribe([self._kafka.topic], listener=_Listener(self._told))

    def _unreadable(self, error: Exception) -> Invalid:
        """Says where the batch may be: the client has handed over everything before it, so one of these partitions goes on
        there."""
        ends = [f"{one.topic}[{one.partition}]:{self.position(one)}" for one in sorted(self._assignment.read)]
        return self._kafka.unreadable(error, " or ".join(ends))


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, told: Rebalanced):
        self._told = told

    def on_partitions_revoked(self, revoked: Iterable[Partition]) -> None:
        self._told.taken(revoked)

    def on_partitions_assigned(self, assigned: Iterable[Partition]) -> None:
        self._told.given(assigned)


def _settings(kafka: Kafka, batch: int, looks_after: float) -> dict[str, Any]:
    """Says `metadata_max_age_ms`, of which the library's default is five minutes: so long nobody would read partitions that are
    added, or any where the answer about the topic crosses the question, which the library then does not repeat."""
    return {
        **kafka.client(),
        "group_id": kafka.group,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_committed",
        "allow_auto_create_topics": False,
        "session_timeout_ms": round(kafka.session * 1_000),
        "heartbeat_interval_ms": round(kafka.session * 1_000 / 5),
        "max_poll_records": batch,
        "metadata_max_age_ms": round(looks_after * 1_000),
        "fetch_max_bytes": 16 << 20,
        "max_partition_fetch_bytes": 4 << 20,
        "metrics_enabled": False,
    }
