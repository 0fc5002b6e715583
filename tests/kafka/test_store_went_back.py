"""A store that is older again than what was read from it, under a running worker: what it lacks is read once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from services.history.history import History, open_history
from tests.end_to_end.agreements import requests
from tests.end_to_end.running import wait_until
from tests.kafka.test_lost_client import reading, send
from tests.kafka.test_workers import stored
from tests.kafka.topics import Topic

pytestmark = pytest.mark.real_broker

EVENTS = requests("marketing", 60)


@dataclass
class Backup:
    """How far a store was: what came since can be taken out, as a restore does."""

    position: int
    offsets: dict[str, int]

    @classmethod
    def of(cls, store: str) -> Backup:
        history = open_history(store)
        try:
            return cls(history.last_position(), history.offsets("kafka/"))
        finally:
            history.close()

    def restore(self, store: str) -> None:
        history = open_history(store)
        try:
            self._restore(history)
        finally:
            history.close()

    def _restore(self, history: History) -> None:
        recorder = history._recorder
        with history.database.transaction() as writes:
            writes.execute(f"DELETE FROM {recorder._table} WHERE {recorder._position} > ?", [self.position])
            for name in history.offsets("kafka/").keys() - self.offsets.keys():
                writes.execute(f"DELETE FROM {recorder._tracking} WHERE application_name = ?", [name])
            for name, offset in self.offsets.items():
                sql = f"UPDATE {recorder._tracking} SET notification_id = ? WHERE application_name = ?"
                writes.execute(sql, [offset, name])


def has_each_once(store: str, events: Sequence[bytes]) -> bool:
    return sorted(stored(store)) == sorted(events)


@pytest.mark.parametrize("first", [0, 40])
def test_what_a_restored_store_lacks_is_read_again_with_what_comes_next(
    store_url: str, topic: Topic, first: int
) -> None:
    with reading(store_url, topic, looks_after=600):  # the next append alone is to tell
        send(topic, EVENTS[:first])
        wait_until(lambda: has_each_once(store_url, EVENTS[:first]))
        backup = Backup.of(store_url)
        send(topic, EVENTS[first:80])
        wait_until(lambda: has_each_once(store_url, EVENTS[:80]))
        backup.restore(store_url)
        send(topic, EVENTS[80:])
        wait_until(lambda: has_each_once(store_url, EVENTS))


def test_what_a_restored_store_lacks_is_read_again_though_only_others_come(store_url: str, topic: Topic) -> None:
    """Of a partition that nothing comes to, beside one that is never silent."""
    kept, lost, others = EVENTS[:20], EVENTS[20:40], iter(EVENTS[40:])
    with reading(store_url, topic) as running:
        topic.send(*kept, partition=0)
        wait_until(lambda: has_each_once(store_url, kept))
        backup = Backup.of(store_url)
        topic.send(*lost, partition=1)
        wait_until(lambda: has_each_once(store_url, [*kept, *lost]))
        backup.restore(store_url)
        while not {*lost} <= {*stored(store_url)}:
            topic.send(next(others), partition=0)
            running.thread.join(0.1)
