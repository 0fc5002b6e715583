"""A record of Kafka, as kafka-python hands it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.kafka.messages import Header


@dataclass
class Record:
    value: bytes | None
    headers: Sequence[Header] = ()
    key: bytes | None = None
    topic: str = "events"
    partition: int = 0
    offset: int = 0
