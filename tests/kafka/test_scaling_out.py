"""Any numbers of workers that read and of shards that judge, beside each other on PostgreSQL: the same figures, and the read
models that one judge makes of the same history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.running import Entente, wait_until
from tests.end_to_end.test_shards import EVENTS, UNTIL, agree, as_judged_by_one, holders, judging, lock, shown
from tests.kafka.broker import Broker
from tests.kafka.test_workers import count, stored
from tests.kafka.topics import Topic


@pytest.fixture
def topic(broker: Broker, request: pytest.FixtureRequest) -> Iterator[Topic]:
    """With a partition for each of four workers."""
    made = Topic(broker.servers, f"scaling-{abs(hash(request.node.name))}", partitions=4)
    yield made
    made.close()


@pytest.mark.parametrize(("workers", "shards"), [(1, 2), (2, 4), (4, 1)])
def test_any_numbers_of_workers_and_of_shards_come_to_the_same(
    postgres_url: str, tmp_path: Path, topic: Topic, workers: int, shards: int
) -> None:
    entente = Entente(postgres_url, tmp_path, topic.settings())
    agree(entente)
    entente.ok("migrate", "--shards", shards)
    with ExitStack() as running:
        judges = [running.enter_context(judging(entente)) for _ in range(shards)]
        generation = int(shards > 1)
        wait_until(lambda: sorted(holders(postgres_url)) == [lock(generation, shard) for shard in range(shards)])
        readers = [running.enter_context(entente.started("consume")) for _ in range(workers)]
        for one in readers:
            wait_until(lambda: "reading" in one.shown(), one.shown)  # noqa: B023
        topic.send_keyed((json.loads(one).get("subject", "report").encode(), one) for one in EVENTS)
        wait_until(lambda: len(stored(postgres_url)) == len(EVENTS), lambda: count(postgres_url))
        entente.ok("advance", UNTIL)
        assert all(one.is_alive() for one in (*judges, *readers))
        assert "no difference" in entente.ok("replay")
        assert shown(entente) == as_judged_by_one(entente)
