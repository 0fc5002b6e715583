"""What an event costs when much is stored: make bench-long ARGS="--events 1000000 --on postgresql". Ten million by default.

A store grows. On the way, slices into it take turns with slices into a copy of what it was with the first 100,000 in it,
so that both see the same machine. An event is sent, checked, stored, judged and counted, and time passes.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from tests.bench.__main__ import ROOT, show
from tests.bench.entry import Entry
from tests.bench.growing import SLICE, Growing
from tests.bench.streaming import DURABLE
from tests.servers import postgres_server

EVENTS = 10_000_000
FEW = 100_000
"""The reference."""
SHARES = (0.1, 0.2, 0.5, 1)
"""Of all events: where it is measured besides."""
TURNS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where stores are: the address of one by its name, how a closed one is copied, and how large its tables and indexes are."""

    url: Callable[[str], str]
    copy: Callable[[str, str], None]
    sizes: Callable[[str], list[tuple[str, int]]]


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench.long_history", description=__doc__)
    options.add_argument("--events", type=int, default=EVENTS, help="how many are stored at the end")
    options.add_argument("--on", choices=PLACES, default="sqlite")
    options.add_argument("--folder", help="where the stores are; some 2 GB for a million events")
    given = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="entente-bench-", dir=given.folder) as folder,
        PLACES[given.on](Path(folder)) as place,
    ):
        entries = measure(place, given.events)
    show(entries)
    target = ROOT / "build" / f"bench-long-{given.on}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([entry.as_json() for entry in entries], indent=2) + "\n", encoding="utf-8")


def measure(place: Place, events: int) -> list[Entry]:
    marks = [FEW, *(mark for share in SHARES if (mark := round(events * share) // SLICE * SLICE) > FEW)]
    base = Growing(place.url("base"))
    _grow(base, FEW)
    base.close()
    place.copy("base", "large")
    large = Growing(place.url("large"), FEW)
    entries: list[Entry] = []
    memory: float | None = None
    for mark in marks:
        _grow(large, mark)
        name = f"{mark:,} stored"
        cost = _against_base(place, large, name)
        peak = _peak()
        memory = memory or peak
        entries += [cost, Entry(f"  memory, {name}", peak, "MiB", memory, f"{FEW:,} stored", 1.2)]
        print("  ".join(part for one in entries[-2:] for part in one.as_row()), file=sys.stderr, flush=True)
    large.close()
    sizes = place.sizes("large")
    return entries + [Entry(f"  size of {name}", size / 2**20, "MiB") for name, size in sizes if size > LEAST]


def _grow(grown: Growing, events: int) -> None:
    while grown.events < events:
        grown.grow()


def _against_base(place: Place, large: Growing, name: str) -> Entry:
    place.copy("base", "small")
    small = Growing(place.url("small"), FEW)
    turns = [(large.grow(), small.grow()) for _ in range(TURNS)]
    small.close()
    cost, reference = (statistics.median(one) for one in zip(*turns, strict=True))
    return Entry(f"an event, {name}", cost, "µs", reference, f"{FEW:,} stored", 1.2)


def _peak() -> float:
    """MiB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Place]:
    def path(name: str) -> Path:
        return folder / f"{name}.db"

    def sizes(name: str) -> list[tuple[str, int]]:
        with closing(sqlite3.connect(path(name))) as database:
            return database.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC").fetchall()

    def copy(one: str, other: str) -> None:
        shutil.copy(path(one), path(other))

    yield Place(lambda name: f"sqlite:///{path(name)}", copy, sizes)


@contextmanager
def _on_postgresql(folder: Path) -> Iterator[Place]:
    with postgres_server(**DURABLE) as server, psycopg.connect(server, autocommit=True) as connection:

        def url(name: str) -> str:
            return f"{server.rpartition('/')[0]}/{name}"

        def copy(one: str, other: str) -> None:
            connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(other)))
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(other), Identifier(one)))

        def sizes(name: str) -> list[tuple[str, int]]:
            with psycopg.connect(url(name)) as database:
                return database.execute(_SIZES).fetchall()

        copy("template0", "base")
        yield Place(url, copy, sizes)


_SIZES = """SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
ORDER BY 2 DESC"""
PLACES = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}
LEAST = 2**20
"""Bytes of a table or an index that is worth a line."""


if __name__ == "__main__":
    main()
