"""Events into PostgreSQL with fsync on, and from Kafka to figures, each against a raw binary COPY of the same rows.

Everything in one run: raw copies and what is compared with them take turns, so that all see the same machine.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.history.entries import EVENT, event_key, pack
from services.history.history import Fact, open_history
from services.history.postgres_recorder import COPY, copied_rows
from tests.bench.entry import Entry
from tests.kafka.broker import kafka_broker
from tests.kafka.topics import Topic
from tests.servers import postgres_server

ROOT = Path(__file__).parents[2]
BATCH = 1_000
BATCHES = 60
SIZE = 332
"""Bytes of an event."""
NOW = 1_773_144_000_000_000
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
CHAIN = 120_000
"""Events of the whole chain."""


def measure(folder: Path) -> list[Entry]:
    with postgres_server(**DURABLE) as server:
        raw, append, whole = _writing(server)
        speed, seconds = chain(server, folder)
    reference = statistics.median(raw)
    return [
        Entry("raw binary COPY, the reference", reference, "events/s"),
        _entry("recorder append", statistics.median(append), reference, 0.8),
        _entry("decode → check → de-duplicate → append", statistics.median(whole), reference, 0.4),
        _entry("whole chain: Kafka → judged figures", speed, reference, 0.1),
        Entry(f"  of which reading {CHAIN:,} events into the history", CHAIN / seconds, "events/s"),
    ]


def _entry(name: str, value: float, reference: float, least: float) -> Entry:
    return replace(Entry(name, value, "events/s", reference, "raw COPY"), at_least=least)


def _writing(server: str) -> tuple[list[float], list[float], list[float]]:
    """Events per second of each batch, the three in turn."""
    stores = [database(server, name) for name in ("raw", "append", "whole")]
    histories = [open_history(store) for store in stores]
    door = Door(histories[2], lambda: NOW)
    speeds: tuple[list[float], list[float], list[float]] = ([], [], [])
    front = pack({"received": NOW, "by": "administrator", "channel": "kafka"}, b"")
    with psycopg.connect(stores[0]) as connection:
        for number in range(BATCHES):
            events = list(sample(number * BATCH, BATCH))
            facts = [
                Fact(event_key("bench/kafka", str(number * BATCH + at)), EVENT, front + one)
                for at, one in enumerate(events)
            ]
            rows = copied_rows([fact.key for fact in facts], facts)

            def copy(rows: bytes = rows) -> None:
                with connection.cursor() as cursor, cursor.copy(COPY) as stream:
                    stream.write(rows)
                connection.commit()

            def submit(events: Sequence[bytes] = events) -> None:
                door.submit([decode_structured(one) for one in events], ADMINISTRATOR, "kafka")

            speeds[0].append(_speed(copy))
            speeds[1].append(_speed(lambda facts=facts: histories[1].append_facts(facts)))
            speeds[2].append(_speed(submit))
    for history in histories:
        history.close()
    return speeds


def _speed(act: object) -> float:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    return BATCH / (time.perf_counter() - began)


def chain(server: str, folder: Path) -> tuple[float, float]:
    """Events per second from a full topic to figures with a worker and a judge beside each other; seconds until all was
    stored. The clock starts when the worker has its partitions, as that of a peer does with its first message."""
    store = database(server, "chain")
    (folder / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    entente = [sys.executable, "-m", "entente", "--store", store]
    subprocess.run(
        [*entente, "apply", folder / "contract.yaml", "--sign", "supplier,client"], check=True, cwd=ROOT, stdout=-3
    )
    with kafka_broker() as broker:
        topic = Topic(broker.servers, "bench", partitions=4)
        topic.send_keyed((f"case-{number // 2}".encode(), one) for number, one in enumerate(sample(0, CHAIN)))
        env = {**os.environ, **topic.settings()}
        with (
            psycopg.connect(store, autocommit=True) as looking,
            _running([*entente, "serve", "--role", "judge", "--time", "manual"], env),
        ):
            time.sleep(2)
            [(start,)] = looking.execute("SELECT MAX(notification_id) FROM stored_events").fetchall()
            log = folder / "worker.log"
            with _running([*entente, "consume"], env, log):
                while "reading" not in log.read_text(encoding="utf-8"):
                    time.sleep(0.01)
                began = time.perf_counter()
                while True:
                    [(last,)] = looking.execute("SELECT MAX(notification_id) FROM stored_events").fetchall()
                    if last >= start + CHAIN:
                        stored = time.perf_counter() - began
                        break
                    time.sleep(0.05)
            while looking.execute("SELECT position FROM view_position WHERE shard = 0").fetchall()[0][0] < last:
                time.sleep(0.05)
            seconds = time.perf_counter() - began
        topic.close()
    return CHAIN / seconds, stored


@contextmanager
def _running(command: list[str], env: dict[str, str], log: Path = Path(os.devnull)) -> Iterator[None]:
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=said)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def database(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE bench_{name} TEMPLATE template0".encode())
    store = f"{server.rpartition('/')[0]}/bench_{name}"
    open_history(store).close()
    return store


def sample(first: int, count: int) -> Iterator[bytes]:
    """Cases that open and close, of SIZE bytes each."""
    for number in range(first, first + count):
        case, is_closing = divmod(number, 2)
        minute = case % (28 * 1_440)
        day, hour, minute = 1 + minute // 1_440, minute % 1_440 // 60, minute % 60
        event = {
            "specversion": "1.0",
            "id": str(number),
            "source": "bench/kafka",
            "type": "request.closed" if is_closing else "request.opened",
            "subject": f"case-{case}",
            "time": f"2026-02-{day:02}T{hour:02}:{minute:02}:{30 * is_closing:02}Z",
            "datacontenttype": "application/json",
            "data": {"for": "marketing", "priority": 2, "text": ""},
        }
        event["data"]["text"] = "x" * (SIZE - len(json.dumps(event)))  # type: ignore[index]
        yield json.dumps(event).encode()


CONTRACT = """
entente: 1
contract: bench
title: Bench
supplier: sales
client: marketing
timezone: Europe/Paris
valid: {from: 2026-01-05}
deliverables:
  - id: requests
    title: Requests
    criteria:
      - id: answered
        owner: anna.martin
        indicator:
          kind: turnaround
          opened: {type: request.opened, where: {data.for: marketing}}
          closed: {type: request.closed, where: {data.for: marketing}}
          within: 4 h
        target: {at_least: 50 %, per: month}
"""
