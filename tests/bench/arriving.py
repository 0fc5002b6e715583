"""Events over HTTP into PostgreSQL with fsync on: how many become durable against a raw COPY of the same rows, and how soon an
event that was sent is in the figures while a thousand a second arrive."""

from __future__ import annotations

import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg

from services.history.entries import EVENT, pack
from services.history.history import Fact
from services.history.postgres_recorder import COPY, copied_rows
from tests.bench.entry import Entry
from tests.bench.streaming import BATCH, CONTRACT, DURABLE, NOW, ROOT, database, sample
from tests.servers import postgres_server

BATCHES, CLIENTS = 40, 3
RATE, TOGETHER, SECONDS = 1_000, 20, 20
"""Events a second, events of one request, and how long: the first quarter warms up."""


def measure(folder: Path) -> list[Entry]:
    with postgres_server(**DURABLE) as server:
        raw, over_http = _durable(server)
        waits = _visible(server, folder)
    soon = sorted(waits)
    return [
        Entry("events over HTTP in batches, durable", over_http, "events/s", raw, "raw COPY", at_least=0.3),
        Entry(f"an event sent → figure visible, at {RATE:,}/s: median", statistics.median(soon), "s"),
        Entry("  95 of 100 within", soon[int(len(soon) * 0.95)], "s", wanted=1.0),
    ]


def _durable(server: str) -> tuple[float, float]:
    """Events a second: raw copies and turns of batches over HTTP take turns."""
    with _serving(database(server, "arriving"), "--role", "api") as port, _bare(server) as copied:
        numbers = count()
        speeds: tuple[list[float], list[float]] = ([], [])
        for _ in range(BATCHES // CLIENTS // 2):
            events = list(sample(next(numbers) * BATCH, BATCH))
            speeds[0].append(copied(events))
            turns = [[list(sample(next(numbers) * BATCH, BATCH)) for _ in range(2)] for _ in range(CLIENTS)]
            began = time.perf_counter()
            threads = [threading.Thread(target=_push, args=(port, batches)) for batches in turns]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            speeds[1].append(2 * CLIENTS * BATCH / (time.perf_counter() - began))
    return statistics.median(speeds[0]), statistics.median(speeds[1])


class _Bare:
    def __init__(self, connection: psycopg.Connection):
        self._connection = connection

    def __call__(self, events: Sequence[bytes]) -> float:
        """Events a second of one raw COPY."""
        front = pack({"received": NOW, "by": "administrator", "channel": "http"}, b"")
        facts = [Fact(uuid4().bytes, EVENT, front + one) for one in events]
        rows = copied_rows([fact.key for fact in facts], facts)
        began = time.perf_counter()
        with self._connection.cursor() as cursor, cursor.copy(COPY) as stream:
            stream.write(rows)
        self._connection.commit()
        return len(events) / (time.perf_counter() - began)


@contextmanager
def _bare(server: str) -> Iterator[_Bare]:
    with psycopg.connect(database(server, "beside")) as connection:
        yield _Bare(connection)


def _push(port: int, batches: Sequence[Sequence[bytes]]) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for batch in batches:
        _posted(client, batch)
    client.close()


def _posted(client: http.client.HTTPConnection, events: Sequence[bytes]) -> list[dict[str, int]]:
    """The answers to each."""
    body = b"[" + b",".join(events) + b"]"
    client.request("POST", "/v1/events", body, {"content-type": "application/cloudevents-batch+json"})
    answer = client.getresponse()
    told = json.loads(answer.read())
    assert answer.status == 202, told
    found: list[dict[str, int]] = told["items"]
    return found


def _visible(server: str, folder: Path) -> list[float]:
    """Seconds from sending a request to the first figure that knows its last event, of each request but the first ones."""
    store = database(server, "visible")
    (folder / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    command = [sys.executable, "-m", "entente", "--store", store, "apply", str(folder / "contract.yaml")]
    subprocess.run([*command, "--sign", "supplier,client"], check=True, cwd=ROOT, stdout=-3)
    with _serving(store, "--time", "manual") as port:
        sent: list[tuple[float, int]] = []
        is_over = threading.Event()
        sender = threading.Thread(target=_send, args=(port, sent, is_over))
        sender.start()
        waits = _watch(port, sent, is_over)
        sender.join()
    return waits[len(waits) // 4 :]


def _send(port: int, sent: list[tuple[float, int]], is_over: threading.Event) -> None:
    """At the rate, as a clock says; notes when each request was sent, and where its last event stands."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    events = sample(0, RATE * SECONDS)
    began = time.perf_counter()
    for number in range(RATE * SECONDS // TOGETHER):
        ahead = began + number * TOGETHER / RATE - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
        now = time.perf_counter()
        answers = _posted(client, [next(events) for _ in range(TOGETHER)])
        sent.append((now, answers[-1]["position"]))
    is_over.set()


def _watch(port: int, sent: list[tuple[float, int]], is_over: threading.Event) -> list[float]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    waits: list[float] = []
    while not is_over.is_set() or len(waits) < len(sent):
        client.request("GET", "/v1/figures?commitment=bench/requests/answered", headers={"accept": "application/json"})
        answer = json.loads(client.getresponse().read())
        now = time.perf_counter()
        position = _position(answer)
        while len(waits) < len(sent) and sent[len(waits)][1] <= position:
            waits.append(now - sent[len(waits)][0])
        time.sleep(0.02)
    return waits


def _position(answer: object) -> int:
    """The entry up to which the figures are made."""
    [figure, *_] = answer["items"] if isinstance(answer, dict) else answer  # type: ignore[misc]
    return int(figure["position"])


@contextmanager
def _serving(store: str, *options: str) -> Iterator[int]:
    """The port."""
    command = [sys.executable, "-m", "entente", "--store", store, "serve", "--port", "0", *options]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        found = next(match for line in server.stderr if (match := re.search(r"127\.0\.0\.1:(\d+)", line)))
        drain = threading.Thread(target=server.stderr.read, daemon=True)
        drain.start()
        yield int(found[1])
    finally:
        server.terminate()
        server.wait(timeout=30)
