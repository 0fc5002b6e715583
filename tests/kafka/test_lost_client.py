"""A client of Kafka that has lost its way: the worker sees that nothing comes of what is there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka import KafkaConsumer  # type: ignore[import-untyped]
from kafka.coordinator.assignors.range import RangePartitionAssignor  # type: ignore[import-untyped]
from kafka.errors import KafkaConnectionError  # type: ignore[import-untyped]

from entente.settings import Settings
from entente.wiring import program
from ingestion.kafka.broker import Kafka
from ingestion.kafka.worker import Worker
from services.access import ADMINISTRATOR
from services.errors import Refused
from tests.end_to_end.agreements import requests
from tests.end_to_end.running import wait_until
from tests.kafka.test_workers import stored
from tests.kafka.topics import Topic

pytestmark = pytest.mark.real_broker

HALF_OF_FIVE_MINUTES = 150


class Running:
    def __init__(self, worker: Worker):
        self.worker = worker
        self.refused: Refused | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.worker.run()
        except Refused as error:
            self.refused = error


@contextmanager
def reading(store: str, topic: Topic, looks_after: float = 2) -> Iterator[Running]:
    kafka = Kafka(topic.servers, topic.name, topic.name, session=6)
    with program(Settings(store=store)) as opened:
        running = Running(Worker(kafka, opened.store.history, opened.door, ADMINISTRATOR, looks_after=looks_after))
        running.thread.start()
        try:
            yield running
        finally:
            running.worker.stop()
            running.thread.join()


def send(topic: Topic, events: list[bytes]) -> None:
    topic.send_keyed((json.loads(one)["subject"].encode(), one) for one in events)


def test_a_client_that_reads_nothing_of_what_is_there_is_begun_anew(store_url: str, topic: Topic) -> None:
    events = requests("marketing", 20)  # two each
    with reading(store_url, topic) as running:
        send(topic, events[:20])
        wait_until(lambda: len(stored(store_url)) == 20)
        client = running.worker._reading._client
        client.pause(*client.assignment())  # and nobody will resume it
        send(topic, events[20:])
        wait_until(lambda: len(stored(store_url)) == len(events))
        assert running.worker._reading._client is not client


def test_a_group_whose_leader_gave_nobody_anything_is_joined_anew(
    sqlite_url: str, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's leader, which has not heard of the topic at the moment that it shares it out, leaves it at that."""
    shared_out: list[int] = []
    share_out = RangePartitionAssignor.assign.__func__

    class Deaf:
        def partitions_for_topic(self, topic: str) -> None:
            return None

    def deaf_at_first(cls: type, cluster: Any, members: Any) -> Any:
        shared_out.append(len(members))
        return share_out(cls, Deaf() if len(shared_out) == 1 else cluster, members)

    monkeypatch.setattr(RangePartitionAssignor, "assign", classmethod(deaf_at_first))
    with reading(sqlite_url, topic, looks_after=1) as running:
        wait_until(lambda: len(running.worker._assignment.read) == topic.partitions)
    assert len(shared_out) == 2


def test_a_client_that_cannot_be_begun_anew_just_now_is_begun_anew_later(
    sqlite_url: str, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It remains a member meanwhile, and waits for the broker."""
    events = requests("marketing", 20)
    failed: list[str] = []

    def gone_at_first(**told: Any) -> Any:
        if not failed:
            failed.append(told["group_id"])
            raise KafkaConnectionError("gone")
        return KafkaConsumer(**told)

    with reading(sqlite_url, topic) as running:
        send(topic, events[:20])
        wait_until(lambda: len(stored(sqlite_url)) == 20)
        monkeypatch.setattr("ingestion.kafka.reading.KafkaConsumer", gone_at_first)
        client = running.worker._reading._client
        client.pause(*client.assignment())
        send(topic, events[20:])
        wait_until(lambda: failed == [topic.name])
        wait_until(lambda: len(stored(sqlite_url)) == len(events))


def test_a_topic_created_again_is_noticed_though_nothing_comes_of_it(sqlite_url: str, topic: Topic) -> None:
    with reading(sqlite_url, topic) as running:
        send(topic, requests("marketing", 5))
        wait_until(lambda: len(stored(sqlite_url)) == 10)
        topic.delete()
        topic.make()
        wait_until(lambda: not running.thread.is_alive())
    assert running.refused is not None
    assert running.refused.slug == "topic-recreated"


def test_partitions_that_are_added_are_soon_read(sqlite_url: str, topic: Topic) -> None:
    """A client that is told of the topic late looks the same: it asks again long before the library's five minutes are over."""
    with reading(sqlite_url, topic) as running:
        client = running.worker._reading._client
        wait_until(lambda: len(client.assignment()) == topic.partitions)
        topic.grow(topic.partitions + 1)
        topic.send(requests("marketing", 1)[0], partition=topic.partitions)
        wait_until(lambda: len(stored(sqlite_url)) == 1, within=HALF_OF_FIVE_MINUTES)
