"""A real broker for this run, a fresh topic for each test, and the program told of both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.end_to_end.running import Entente
from tests.kafka.broker import Broker, NoBroker, kafka_broker
from tests.kafka.topics import Topic

_numbers = count(1)


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """Where it cannot be had, a laptop leaves out the tests of this folder; continuous integration fails."""
    try:
        with kafka_broker() as running:
            yield running
    except NoBroker as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"what Kafka brings in is not tested here (tests/kafka): {missing}")


@pytest.fixture
def topic(broker: Broker) -> Iterator[Topic]:
    """With two partitions."""
    made = Topic(broker.servers, f"t-{os.getpid()}-{next(_numbers)}", partitions=2)
    yield made
    made.close()


@pytest.fixture
def entente(sqlite_url: str, tmp_path: Path, topic: Topic) -> Entente:
    return Entente(sqlite_url, tmp_path, topic.settings())


@pytest.fixture
def entente_on_either(store_url: str, tmp_path: Path, topic: Topic) -> Entente:
    return Entente(store_url, tmp_path, topic.settings())
