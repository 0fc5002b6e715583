"""Topics as producers see them: made, filled, deleted, looked at."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from tests.patience import PATIENCE

STRUCTURED = [("content-type", b"application/cloudevents+json")]

FIRST_ANSWER = 120_000
"""Milliseconds that a broker may take to answer for the first time: a loaded machine is slow."""

Headers = Sequence[tuple[str, bytes | None]]


class Topic:
    """One topic of a broker, made anew."""

    def __init__(self, servers: str, name: str, *, partitions: int):
        self.servers = servers
        self.name = name
        self.partitions = partitions
        self._admin: Any = KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=FIRST_ANSWER)
        self._producer: Any = KafkaProducer(
            bootstrap_servers=servers, bootstrap_timeout_ms=FIRST_ANSWER, max_request_size=8 << 20, linger_ms=5
        )
        self.make()

    def make(self, name: str | None = None, **configs: str) -> None:
        wanted = {"num_partitions": self.partitions, "replication_factor": 1, "configs": configs}
        made = name or self.name
        for _ in range(100):
            try:
                self._admin.create_topics({made: wanted})
                break
            except KafkaError:  # the one of that name is still being deleted
                time.sleep(0.1)
        self._admin.wait_for_topics([made])

    def grow(self, partitions: int) -> None:
        """Until it has so many."""
        self._admin.create_partitions({self.name: partitions})

    def delete(self) -> None:
        self._admin.delete_topics([self.name])

    def settings(self, **more: str) -> dict[str, str]:
        """What the program is told; a short session, so that a dead worker is missed soon."""
        told = {"servers": self.servers, "topic": self.name, "group": self.name, "session": "2", **more}
        return {f"ENTENTE_KAFKA_{name.upper()}": value for name, value in told.items()}

    def send(
        self,
        *values: bytes | None,
        key: bytes | None = b"k",
        headers: Headers = STRUCTURED,
        partition: int | None = None,
    ) -> list[int]:
        """Their offsets, once the broker has them."""
        sent = [self._producer.send(self.name, value, key, [*headers], partition) for value in values]
        return [future.get(timeout=PATIENCE).offset for future in sent]

    def send_keyed(self, messages: Iterable[tuple[bytes, bytes]]) -> None:
        """Keys and values, in structured mode."""
        for future in [self._producer.send(self.name, value, key, [*STRUCTURED]) for key, value in messages]:
            future.get(timeout=PATIENCE)

    def delete_records(self, before: int, partition: int = 0) -> None:
        self._admin.delete_records({TopicPartition(self.name, partition): before})

    def committed(self) -> dict[int, int]:
        """What the group was told, by partition."""
        [found] = self._admin.list_group_offsets({self.name: None}).values()
        return {place.partition: told.offset for place, told in found.items() if place.topic == self.name}

    def everything(self, name: str) -> list[Any]:
        """All messages of another topic."""
        consumer: Any = KafkaConsumer(
            name, bootstrap_servers=self.servers, auto_offset_reset="earliest", consumer_timeout_ms=3_000
        )
        try:
            return list(consumer)
        finally:
            consumer.close()

    def close(self) -> None:
        self._producer.close()
        self._admin.close()


def binary(attributes: Mapping[str, str], content_type: str = "application/json") -> Headers:
    return [
        *((f"ce_{name}", value.encode()) for name, value in attributes.items()),
        ("content-type", content_type.encode()),
    ]
