"""Judging by one process and by several, a shard each, on PostgreSQL with fsync on; and what a shard pays for events that are
none of its own, which more shards do not divide.

On few cores the judges and the server share them: the seconds of processor time say what more cores would give.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import psycopg

from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.history.entries import EVENT
from services.history.history import open_history
from services.history.stored_events import event_of
from services.judging.judge import BATCH, Judge
from services.judging.shares import Share, shard_of
from services.opening import open_store
from services.seeing.past import scratch
from tests.bench.entry import Entry
from tests.bench.streaming import DURABLE, NOW, ROOT
from tests.given import contract, criterion, document, turnaround
from tests.servers import postgres_server

EVENTS = 120_000
CONTRACTS = 64
"""One commitment each, as many in every shard, and each event is of one of them."""
RUNS = 2
"""Of each the quickest counts: others share the machine."""
Connection = psycopg.Connection[tuple[object, ...]]
NOBODYS = 10**9
"""So many shards that nearly none owns any commitment."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Microseconds an event: by the clock, of all judges together, of the judge that took longest, and of the server."""

    wall: float
    judges: float
    longest: float
    server: float


def _names() -> Iterator[str]:
    room = [CONTRACTS // MOST] * MOST
    for number in count():
        name = f"c{number}"
        shard = shard_of(f"{name}/d/on-time", MOST)
        if room[shard]:
            room[shard] -= 1
            yield name


MOST = 4
NAMES = list(islice(_names(), CONTRACTS))


def measure(folder: Path) -> list[Entry]:
    with postgres_server(**DURABLE) as server:
        store = server.rpartition("/")[0] + "/shards"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE shards TEMPLATE template0")
            taken = _fill(store, connection)
            sent, reading, passing = _passed_over(store, connection)
            turns = [{shards: _judged(store, shards, turn) for shards in (1, 2, 4)} for turn in range(RUNS)]
            alone = {shards: _judged(store, shards, RUNS, together=False) for shards in (2, 4)}
    best = {shards: min((turn[shards] for turn in turns), key=lambda one: one.wall) for shards in (1, 2, 4)}
    one = best[1]
    entries = [
        Entry("judging on PostgreSQL by one process", 1e6 / one.wall, "events/s"),
        Entry("  of that, of the judge", one.judges, "µs an event"),
        Entry("  of that, of the server", one.server, "µs an event"),
    ]
    for shards in (2, 4):
        found = best[shards]
        entries += [
            Entry(f"judging by {shards}, a shard each", 1e6 / found.wall, "events/s", 1e6 / one.wall, "one"),
            Entry("  the judge that takes longest", found.longest, "µs an event", one.judges, "one"),
            Entry("  the same, one judge after the other", alone[shards].longest, "µs an event", one.judges, "one"),
            Entry("  the server, of all", found.server, "µs an event", one.server, "one"),
        ]
    return [
        Entry("an event taken in, of the worker", taken[0], "µs"),
        Entry("  of the server", taken[1], "µs"),
        *entries,
        Entry("an event sent to a shard, of the server", sent, "µs"),
        Entry("an event of another shard, read and decoded", reading, "µs", one.judges, "judging it"),
        Entry("  and asked whose it is", passing, "µs", one.judges, "judging it"),
    ]


def _fill(url: str, connection: Connection) -> tuple[float, float]:
    """Microseconds of processor time of an event from its bytes to the history: of the worker, of the server."""
    store = open_store(url, clock=lambda: NOW)
    for name in NAMES:
        where = {"data.for": name}
        opened, closed = {"type": "opened", "where": where}, {"type": "closed", "where": where}
        agreed = contract(criterion(turnaround(within="40 min", opened=opened, closed=closed)), id=name)
        store.use(Contracting).apply(ADMINISTRATOR, document(agreed), sign=("supplier", "client"))
    door = Door(store.history, store.clock)
    batches = [list(_events(first, BATCH)) for first in range(0, EVENTS, BATCH)]
    before, began = _server_time(connection), time.process_time()
    for batch in batches:
        door.submit([decode_structured(one) for one in batch], ADMINISTRATOR, "kafka")
    worker, server = time.process_time() - began, _server_time(connection) - before
    store.close()
    return worker / EVENTS * 1e6, server / EVENTS * 1e6


def _events(first: int, count: int) -> Iterator[bytes]:
    """Cases that open and close, of some 330 bytes each."""
    for number in range(first, first + count):
        case, is_closing = divmod(number, 2)
        minute = case % (28 * 1_440)
        event = {
            "specversion": "1.0",
            "id": str(number),
            "source": "bench/shards",
            "type": "closed" if is_closing else "opened",
            "subject": f"case-{case}",
            "time": f"2026-02-{1 + minute // 1_440:02}T{minute % 1_440 // 60:02}:{minute % 60:02}:{30 * is_closing:02}Z",
            "data": {"for": NAMES[case % CONTRACTS], "priority": 2, "text": "x" * 130},
        }
        yield json.dumps(event).encode()


def _passed_over(store: str, connection: Connection) -> tuple[float, float, float]:
    """Microseconds of one core an event that the server sends, that is only read and decoded, and that a judge of other
    commitments passes over."""
    history = open_history(store)
    before, began = _server_time(connection), time.process_time()
    after = 0
    while page := history.read(after, BATCH):
        for entry in page:
            if entry.topic == EVENT:
                event_of(entry.state, entry.position)
        after = page[-1].position
    reading, sent = time.process_time() - began, _server_time(connection) - before
    with scratch() as database:
        judge = Judge(history, database, share=Share(1, NOBODYS))
        began = time.process_time()
        judge.catch_up()
        passing = time.process_time() - began
    history.close()
    return sent / EVENTS * 1e6, reading / EVENTS * 1e6, passing / EVENTS * 1e6


def _judged(store: str, shards: int, turn: int, *, together: bool = True) -> Judged:
    """From nothing to the end of the history, by so many processes at once, or one after the other."""
    schemas = [f"bench_{turn}_{shards}_{shard}" for shard in range(shards)]
    with psycopg.connect(store, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f"CREATE SCHEMA {schema}".encode())
        connection.execute("CHECKPOINT")
        running = [_started(store, schema, shard, shards) for shard, schema in enumerate(schemas)]
        before, began = _server_time(connection), time.perf_counter()
        if together:
            for one in running:
                _go(one)
            seconds = [float(_line(one)) for one in running]
        else:
            seconds = [float(_line(_go(one))) for one in running]
        wall = time.perf_counter() - began
        for one in running:
            one.communicate(timeout=60)
        time.sleep(1)  # the server's processes end a little later
        server = _server_time(connection) - before
        for schema in schemas:
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())
    return Judged(*(one / EVENTS * 1e6 for one in (wall, sum(seconds), max(seconds), server)))


def _started(store: str, schema: str, shard: int, shards: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.shard", store, schema, str(shard), str(shards)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert _line(process) == "ready"
    return process


def _go(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _server_time(connection: Connection) -> float:
    """Seconds of processor time of all processes of the server, those that have ended too."""
    [(backend,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
    parent = _stat(Path(f"/proc/{backend}/stat"))[1]
    ticks = sum(map(int, _stat(Path(f"/proc/{parent}/stat"))[13:15]))
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found = _stat(path)
        except OSError:
            continue
        ticks += int(found[11]) + int(found[12]) if found[1] == parent else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> list[str]:
    """From the state on: the parent is the second; the twelfth and thirteenth are its ticks, then those of its ended children."""
    return path.read_text().rpartition(") ")[2].split()
