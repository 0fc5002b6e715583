"""A real broker for this run, a fresh topic for each test, and the program told of both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.end_to_end.running import Entente
from tests.kafka.broker import Broker, NoBroker, kafka_broker
from tests.kafka.light_broker import LightBroker, light_broker
from tests.kafka.topics import Topic

_numbers = count(1)


@pytest.fixture(scope="session")
def _running() -> Iterator[Broker | LightBroker]:
    """Apache Kafka. Where that cannot be had a laptop takes a light broker and leaves out what needs the real one; continuous
    integration fails."""
    with ExitStack() as stack:
        if os.environ.get("ENTENTE_TEST_BROKER") == "light":
            running: Broker | LightBroker = stack.enter_context(light_broker("ENTENTE_TEST_BROKER=light"))
        else:
            try:
                running = stack.enter_context(kafka_broker())
            except NoBroker as missing:
                if os.environ.get("CI"):
                    raise
                running = stack.enter_context(light_broker(str(missing)))
        yield running


@pytest.fixture
def broker(_running: Broker | LightBroker) -> Broker:
    """The real one."""
    if isinstance(_running, LightBroker):
        pytest.skip(f"this needs Apache Kafka, which a light broker stands in for: {_running.because}")
    return _running


@pytest.fixture
def topic(_running: Broker | LightBroker, request: pytest.FixtureRequest) -> Iterator[Topic]:
    """With two partitions."""
    if request.node.get_closest_marker("real_broker"):
        request.getfixturevalue("broker")
    made = Topic(_running.servers, f"t-{os.getpid()}-{next(_numbers)}", partitions=2)
    yield made
    made.close()


@pytest.fixture
def entente(sqlite_url: str, tmp_path: Path, topic: Topic) -> Entente:
    return Entente(sqlite_url, tmp_path, topic.settings())


@pytest.fixture
def entente_on_either(store_url: str, tmp_path: Path, topic: Topic) -> Entente:
    return Entente(store_url, tmp_path, topic.settings())
