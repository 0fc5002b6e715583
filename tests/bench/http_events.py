"""Events over HTTP, durable when answered, against a bare insert and commit into the same file."""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

from tests.bench.entry import Entry

ROOT = Path(__file__).parents[2]
SINGLES, BATCHES, SIZE = 400, 30, 1_000


def measure(folder: Path) -> list[Entry]:
    """Medians; singles, batches and bare commits in turn, so that all see the same machine."""
    store = folder / "bench.db"
    command = [
        sys.executable,
        "-m",
        "entente",
        "--store",
        f"sqlite:///{store}",
        "serve",
        "--port",
        "0",
        "--time",
        "manual",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        port = int(re.findall(r":(\d+)", server.stderr.readline())[0])
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        bare = _Bare(store)
        for _ in range(50):
            _post(client, _event(), "application/cloudevents+json")
            bare.commit()
        singles: list[float] = []
        commits: list[float] = []
        batches: list[float] = []
        for index in range(SINGLES):
            singles.append(_post(client, _event(), "application/cloudevents+json"))
            commits.append(bare.commit())
            if index % (SINGLES // BATCHES) == 0:
                batch = b"[" + b",".join(_event() for _ in range(SIZE)) + b"]"
                batches.append(_post(client, batch, "application/cloudevents-batch+json"))
                time.sleep(0.2)
    finally:
        server.terminate()
        server.wait(timeout=20)
    single, commit, batch_time = (statistics.median(one) * 1_000 for one in (singles, commits, batches))
    return [
        Entry("one event over HTTP, durable", single, "ms", commit, "bare insert + commit", 4),
        Entry(f"a batch of {SIZE:,} over HTTP, durable", batch_time, "ms", single, "one event over HTTP", 10),
    ]


class _Bare:
    """A bare insert and commit into the same file, of a row of the same size."""

    def __init__(self, store: Path):
        self._database = sqlite3.connect(store, isolation_level=None, timeout=30)
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, state BLOB)")

    def commit(self) -> float:
        row = (str(uuid4()), _event())
        began = time.perf_counter()
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("INSERT INTO bare VALUES (?, ?)", row)
        self._database.execute("COMMIT")
        return time.perf_counter() - began


def _event() -> bytes:
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "bench/http",
        "type": "case.opened",
        "subject": str(uuid4()),
        "time": "2026-03-02T09:15:00+01:00",
        "data": {"priority": 2, "due": "2026-03-04T12:00:00+01:00", "text": "x" * 60},
    }
    return json.dumps(event).encode()


def _post(client: http.client.HTTPConnection, body: bytes, media: str) -> float:
    began = time.perf_counter()
    client.request("POST", "/v1/events", body, {"content-type": media})
    answer = client.getresponse()
    answer.read()
    seconds = time.perf_counter() - began
    assert answer.status == 202, answer.status
    return seconds
