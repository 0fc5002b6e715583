"""Dead letters: a copy of what was set aside, as it came, to a topic of its own. Quarantine keeps the original."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import structlog
from kafka import KafkaProducer  # type: ignore[import-untyped]
from kafka.errors import MessageSizeTooLargeError  # type: ignore[import-untyped]

from ingestion.cloudevents import Bad
from ingestion.kafka.broker import WAIT_SECONDS, Kafka
from ingestion.kafka.messages import Message

log = structlog.get_logger()
LARGEST: Final = 64 << 20
"""Bytes of a letter: what the topic takes decides."""


class DeadLetters:
    """Nothing is sent where no topic is set. A letter is given up by the client when it is given up here. That the client sees
    to duplicates itself is not wanted: kafka-python 3.0 then sends nothing any more, once it has given up what it had tried to
    send again."""

    def __init__(self, kafka: Kafka):
        self._kafka = kafka
        self._producer: Any = None
        if kafka.dead_letter:
            with kafka.understood_errors():
                self._producer = KafkaProducer(
                    **kafka.client(),
                    acks="all",
                    enable_idempotence=False,
                    request_timeout_ms=WAIT_SECONDS * 500,
                    delivery_timeout_ms=WAIT_SECONDS * 1_000,
                    allow_auto_create_topics=False,
                    max_block_ms=WAIT_SECONDS * 1_000,
                    max_request_size=LARGEST,
                )

    def send(self, letters: Iterable[tuple[Message, Bad]]) -> None:
        """Returns when the broker has them. Raises Unavailable. What is read again is sent again; what the broker does not
        take (it is too large) stays in quarantine alone."""
        if self._producer is None:
            return
        with self._kafka.understood_errors():
            for future in [self._sent(message, bad) for message, bad in letters]:
                try:
                    future.get(timeout=WAIT_SECONDS)
                except MessageSizeTooLargeError as error:
                    log.warning("a dead letter was not taken", topic=self._kafka.dead_letter, says=str(error))

    def _sent(self, message: Message, bad: Bad) -> Any:
        value = b"" if message.value is None and message.key is None else message.value
        return self._producer.send(
            self._kafka.dead_letter, value=value, key=message.key, headers=_headers(message, bad)
        )

    def close(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout=WAIT_SECONDS)


def _headers(message: Message, bad: Bad) -> list[tuple[str, bytes | None]]:
    said = {
        "entente-topic": message.topic,
        "entente-partition": str(message.partition),
        "entente-offset": str(message.offset),
        "entente-problem": bad.slug,
        "entente-detail": bad.problem,
    }
    return [*message.headers, *((name, text.encode()) for name, text in said.items())]
