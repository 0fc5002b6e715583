"""Workers that die, stand still, come and go: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import open_history
from tests.end_to_end.agreements import requests
from tests.end_to_end.running import Entente, Server, Started, started, wait_until
from tests.faults.proxy import Proxy
from tests.kafka.test_consume import agree, shown
from tests.kafka.topics import Topic

EVENTS = requests("marketing", 3_000)
UNTIL = "2026-02-10T00:00:00Z"
pytestmark = pytest.mark.real_broker


def send(topic: Topic, events: list[bytes]) -> None:
    topic.send_keyed((json.loads(one)["subject"].encode(), one) for one in events)


def stored(store: str) -> list[bytes]:
    """The bytes of every event, in order."""
    history = open_history(store)
    try:
        return [unpack(one.state)[1] for one in history.read(0, 1_000_000, [EVENT])]
    finally:
        history.close()


def count(store: str) -> int:
    history = open_history(store)
    try:
        return history.last_position()
    finally:
        history.close()


@contextmanager
def fragile(entente: Entente, **changed: str) -> Iterator[Started]:
    env = {**entente.env, **{f"ENTENTE_KAFKA_{name.upper()}": value for name, value in changed.items()}}
    with started("tests.kafka.fragile", [entente.store], entente.folder, env) as running:
        yield running


def ends_right(entente: Entente, sent: list[bytes]) -> None:
    """Everything that was sent is stored once, and judged as from a file."""
    entente.ok("consume", "--until-drained")
    assert sorted(stored(entente.store)) == sorted(sent)
    entente.ok("advance", UNTIL)
    folder = entente.folder / "beside"
    folder.mkdir()
    beside = Entente(f"sqlite:///{folder / 'entente.db'}", folder)
    agree(beside)
    (folder / "e.jsonl").write_bytes(b"\n".join(sent))
    beside.ok("import", "e.jsonl", "--advance", UNTIL)
    assert shown(entente) == shown(beside)
    assert "no difference" in entente.ok("replay")


def test_a_worker_killed_in_the_middle_again_and_again(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    entente.env["ENTENTE_KAFKA_BATCH"] = "100"
    agree(entente)
    send(topic, EVENTS)
    for _ in range(4):
        before = count(entente.store)
        with entente.started("consume") as running:
            wait_until(lambda: count(entente.store) > before or not running.is_alive(), running.shown)  # noqa: B023
            running.kill()
        assert count(entente.store) > before
    ends_right(entente, EVENTS)


def test_workers_that_come_and_go_while_events_arrive(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    entente.env["ENTENTE_KAFKA_BATCH"] = "50"
    agree(entente)
    half = len(EVENTS) // 2
    with entente.started("consume") as first:
        send(topic, EVENTS[:half])
        wait_until(lambda: count(entente.store) > 100, first.shown)
        with entente.started("consume") as second:
            wait_until(lambda: "reading" in second.shown(), second.shown)
            send(topic, EVENTS[half:])
            assert first.kill(signal.SIGTERM).code == 0
            send(topic, EVENTS[:100])
            wait_until(lambda: len(set(stored(entente.store))) == len(EVENTS), second.shown)
            assert second.kill(signal.SIGTERM).code == 0
    ends_right(entente, EVENTS)


def test_a_worker_that_dies_is_replaced(entente: Entente, topic: Topic) -> None:
    with entente.started("consume") as first, entente.started("consume") as second:
        for one in (first, second):
            wait_until(lambda: "reading" in one.shown(), one.shown)  # noqa: B023
        first.kill()
        send(topic, EVENTS)
        wait_until(lambda: len(stored(entente.store)) == len(EVENTS), second.shown)
        assert second.kill(signal.SIGTERM).code == 0
    assert sorted(stored(entente.store)) == sorted(EVENTS)


def test_a_worker_paused_past_its_session_stores_nothing_of_its_old_batch(
    entente_on_either: Entente, topic: Topic
) -> None:
    entente = entente_on_either
    agree(entente)
    stops = EVENTS[200].replace(b'"for"', b'"STOP": true, "for"')
    events = [*EVENTS[:200], stops, *EVENTS[201:400]]
    with fragile(entente) as paused:
        wait_until(lambda: "reading" in paused.shown(), paused.shown)
        topic.send(*events, partition=0)
        wait_until(lambda: is_stopped(paused), paused.shown)
        with entente.started("consume") as other:
            wait_until(lambda: len(stored(entente.store)) == len(events), other.shown)
            paused.process.send_signal(signal.SIGCONT)
            wait_until(lambda: "this batch is not what the store needs next" in paused.shown(), paused.shown)
            topic.send(*EVENTS[400:500], partition=0)
            wait_until(lambda: len(stored(entente.store)) == len(events) + 100, other.shown)
            assert paused.kill(signal.SIGTERM).code == 0
            assert other.kill(signal.SIGTERM).code == 0
    assert stored(entente.store) == [*events, *EVENTS[400:500]]


def is_stopped(running: Started) -> bool:
    stat = Path(f"/proc/{running.process.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] == "T"


def test_a_message_that_ends_the_process_is_set_aside_unread(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    entente.env["ENTENTE_KAFKA_BATCH"] = "20"
    agree(entente)
    kills = EVENTS[50].replace(b'"for"', b'"KILL": true, "for"')
    topic.send(*EVENTS[:50], kills, *EVENTS[51:100], partition=0)
    deaths = 0
    while len(stored(entente.store)) < 99:
        with fragile(entente) as running:
            wait_until(lambda: not running.is_alive() or len(stored(entente.store)) == 99, running.shown)
            deaths += not running.is_alive()
            assert deaths < 8
    assert deaths >= 4  # with others in a batch, then `attempts` times alone
    history = open_history(entente.store)
    [item] = history.read(0, 1_000, [QUARANTINED])
    header, raw = unpack(item.state)
    history.close()
    assert (header["slug"], header["offset"], raw) == ("kills-the-worker", 50, kills)
    assert sorted(stored(entente.store)) == sorted([*EVENTS[:50], *EVENTS[51:100]])


def test_reading_pauses_while_the_store_cannot_be_had(postgres_url: str, tmp_path: Path, topic: Topic) -> None:
    """For longer than a session: the worker keeps its partitions and what it has read, and goes on from there."""
    entente = Entente(postgres_url, tmp_path, topic.settings())
    agree(entente)
    with entente.started("consume") as running:
        wait_until(lambda: running.shown().count("reading  ") == 2, running.shown)
        allow_connections(postgres_url, False)
        topic.send(*EVENTS[:100], partition=0)
        wait_until(lambda: "reading is paused" in running.shown(), running.shown)
        allow_connections(postgres_url, True)
        wait_until(lambda: len(stored(entente.store)) == 100, running.shown)
        for partition, begin in ((1, 100), (0, 110)):
            topic.send(*EVENTS[begin : begin + 10], partition=partition)
            wait_until(lambda: len(stored(entente.store)) == begin + 10, running.shown)  # noqa: B023
        assert running.shown().count("reading  ") == 2
        assert running.kill(signal.SIGTERM).code == 0
    assert stored(entente.store) == EVENTS[:120]


def test_a_worker_shows_its_state(postgres_url: str, tmp_path: Path, topic: Topic) -> None:
    entente = Entente(postgres_url, tmp_path, topic.settings())
    with entente.started("consume", "--port", "0") as running:
        worker = Server(running, running.address())
        wait_until(lambda: worker.get("/readyz").status_code == 200, running.shown)
        topic.send(EVENTS[0], EVENTS[0], b"{", partition=1)
        for line in (
            'entente_events_received_total{channel="kafka",result="accepted"} 1.0',
            'entente_events_received_total{channel="kafka",result="duplicate"} 1.0',
            'entente_kafka_stored_offset{partition="1"} 2.0',
            'entente_kafka_lag_messages{partition="1"} 0.0',
            'entente_kafka_rejected_total{partition="1"} 1.0',
        ):
            wait_until(lambda: line in worker.get("/metrics").text, running.shown)  # noqa: B023
        allow_connections(postgres_url, False)
        topic.send(EVENTS[1], partition=0)
        wait_until(lambda: worker.get("/readyz").status_code == 503, running.shown)
        assert worker.get("/healthz").status_code == 200
        allow_connections(postgres_url, True)
        wait_until(lambda: worker.get("/readyz").status_code == 200, running.shown)
        assert running.kill(signal.SIGTERM).code == 0


def test_a_lost_reply_to_a_commit_leaves_no_partition_unread(postgres_url: str, tmp_path: Path, topic: Topic) -> None:
    """The batch is stored, and refused when it is tried again: its partition goes on, and so do the others, which were
    paused meanwhile."""
    server, _, name = postgres_url.partition("@")[2].partition("/")
    proxy = Proxy(server)
    entente = Entente(f"postgresql://entente@{proxy.address}/{name}", tmp_path, topic.settings())
    sent = iter(EVENTS)
    used: list[bytes] = []

    def send_one(partition: int) -> None:
        used.append(next(sent))
        topic.send(used[-1], partition=partition)

    try:
        with entente.started("consume") as running:
            wait_until(lambda: running.shown().count("reading  ") == 2, running.shown)
            for partition in (0, 1):  # the first of each is noted before it is read, in a transaction of its own
                send_one(partition)
                wait_until(lambda: len(stored(postgres_url)) == len(used), running.shown)
            proxy.rob(b"COMMIT")
            send_one(0)
            wait_until(lambda: "this batch is not what the store needs next" in running.shown(), running.shown)
            assert proxy.robberies == 1
            for partition in (1, 0):
                send_one(partition)
                wait_until(lambda: len(stored(postgres_url)) == len(used), running.shown)
            assert running.kill(signal.SIGTERM).code == 0
    finally:
        proxy.close()
    assert sorted(stored(postgres_url)) == sorted(used)


def allow_connections(url: str, allowed: bool) -> None:
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {allowed}".encode())
        if not allowed:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
