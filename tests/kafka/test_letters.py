"""Dead letters while the broker cannot be had."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from ingestion.cloudevents import Bad
from ingestion.kafka.broker import Kafka
from ingestion.kafka.letters import DeadLetters
from ingestion.kafka.messages import Message
from services.errors import Unavailable
from tests.faults.proxy import Proxy
from tests.kafka.broker import Broker
from tests.kafka.topics import Topic
from tests.patience import PATIENCE

pytestmark = pytest.mark.real_broker


def test_letters_go_on_after_one_was_given_up_while_the_broker_was_silent(broker: Broker, topic: Topic) -> None:
    """In its silence the broker had been asked already: the client tries again until the letter is too old."""
    topic.make(letters := f"{topic.name}-letters")
    proxy = Proxy(broker.behind, broker.detour)
    sending = DeadLetters(Kafka(proxy.address, topic.name, "g", dead_letter=letters))
    try:
        sending.send([letter(1)])
        proxy.stall()
        with pytest.raises(Unavailable):
            sending.send([letter(2)])
        proxy.flow()
        proxy.cut()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                sending.send([letter(3)])
                break
            except Unavailable:
                assert time.monotonic() < deadline
    finally:
        proxy.close()
        sending.close()
    sent = {dict(one.headers)["entente-offset"] for one in topic.everything(letters)}
    assert {b"1", b"3"} <= sent


@dataclass(frozen=True)
class Came:
    """A message as the client hands it over."""

    offset: int
    topic: str = "t"
    partition: int = 0
    key: bytes | None = b"k"
    value: bytes | None = b"what is no event"
    headers: Sequence[tuple[str, bytes | None]] = ()


def letter(offset: int) -> tuple[Message, Bad]:
    return Came(offset), Bad(b"what is no event", "not-json", "it is not")
