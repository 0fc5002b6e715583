"""A store that is altered behind the program's back, in five ways, and what verifying says of it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import psycopg

from services.checkpoints.making import make
from services.checkpoints.signing import SigningKey
from services.checkpoints.verifying import given, verify
from services.history.history import History, open_history
from tests.services.api_case import opened, report

KEY: Final = SigningKey("ville.example/entente", b"\x07" * 32)
FORGED: Final = SigningKey("ville.example/entente", b"\x08" * 32)
NOW: Final = 1_773_144_000_000_000
TIMES: Final[Mapping[str, int]] = {"flip": 1_000, "delete": 100, "swap": 100, "truncate": 100, "rewrite": 100}
WEEKS: Final = 60


class Row(NamedTuple):
    position: int
    stream: UUID
    version: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A store at rest, and the checkpoints that were handed out of it."""

    url: str
    notes: tuple[str, ...]

    @property
    def sizes(self) -> list[int]:
        return [given(note).checkpoint.size for note in self.notes]


@dataclass
class Altered:
    """A copy of it that is altered; `index` is that of the first entry that is not what it was."""

    history: History
    rows: Sequence[Row]
    chance: random.Random
    index: int = -1

    @property
    def column(self) -> str:
        return "notification_id" if self.history.database.has_schemas else "rowid"

    def change(self, sql: str, *values: object) -> None:
        with self.history.database.transaction() as writes:
            writes.execute(sql.replace("POSITION", self.column), values)

    def stream(self, id: UUID) -> object:
        return id if self.history.database.has_schemas else id.hex


def sealed(url: str) -> Sealed:
    """A town with two contracts and a year of reports, checkpointed every few weeks."""
    notes = []
    with opened(url) as case:
        case.lived()
        for week in range(WEEKS):
            for client in ("marketing", "finance"):
                sent = [
                    report(client, f"w{week}", "2026-02-02T08:00:00Z", id=f"{client}/{week}/{number}")
                    for number in range(5)
                ]
                case.push("sales/crm", *sent)
            if week % 10 == 9:
                made = make(case.store.history, [KEY], lambda: NOW)
                assert made is not None
                notes.append(made.note)
    return Sealed(url, tuple(notes))


@contextmanager
def copied(store: Sealed, folder: Path, number: int, seed: str) -> Iterator[Altered]:
    """A copy of the store, thrown away at the end of the block."""
    if store.url.startswith("sqlite:///"):
        source, copy = Path(store.url.removeprefix("sqlite:///")), folder / f"copy{number}.db"
        shutil.copy(source, copy)
        with _opened(f"sqlite:///{copy}", seed) as altered:
            yield altered
        for suffix in ("", "-wal", "-shm", ".lock"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)
        return
    server, _, name = store.url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}_copy" TEMPLATE "{name}"')
        try:
            with _opened(f"{server}/{name}_copy", seed) as altered:
                yield altered
        finally:
            admin.execute(f'DROP DATABASE "{name}_copy" WITH (FORCE)')


@contextmanager
def _opened(url: str, seed: str) -> Iterator[Altered]:
    history = open_history(url)
    try:
        rows = [Row(one.position, one.stream, one.version, one.state) for one in history.read(0, 100_000)]
        yield Altered(history, rows, random.Random(seed))
    finally:
        history.close()


def flip(it: Altered) -> None:
    """One bit: of what is stored, mostly; else of the id of its stream, or of its version."""
    it.index = it.chance.randrange(len(it.rows))
    row = it.rows[it.index]
    what = it.chance.choice(("state",) * 8 + ("stream", "version"))
    if what == "version":
        it.change(
            "UPDATE stored_events SET originator_version = ? WHERE POSITION = ?",
            row.version ^ 1 << it.chance.randrange(16, 30),
            row.position,
        )
    elif what == "stream":
        id = it.stream(UUID(int=row.stream.int ^ 1 << it.chance.randrange(128)))
        it.change("UPDATE stored_events SET originator_id = ? WHERE POSITION = ?", id, row.position)
    else:
        state = bytearray(row.state)
        state[it.chance.randrange(len(state))] ^= 1 << it.chance.randrange(8)
        it.change("UPDATE stored_events SET state = ? WHERE POSITION = ?", bytes(state), row.position)


def delete(it: Altered) -> None:
    it.index = it.chance.randrange(len(it.rows) - 1)
    it.change("DELETE FROM stored_events WHERE POSITION = ?", it.rows[it.index].position)


def swap(it: Altered) -> None:
    """Two entries change their places."""
    it.index, other = sorted(it.chance.sample(range(len(it.rows)), 2))
    first, second = it.rows[it.index].position, it.rows[other].position
    for position, then in ((first, 10**9), (second, first), (10**9, second)):
        it.change("UPDATE stored_events SET POSITION = ? WHERE POSITION = ?", then, position)


def truncate(it: Altered) -> None:
    it.index = it.chance.randrange(1, len(it.rows))
    it.change("DELETE FROM stored_events WHERE POSITION >= ?", it.rows[it.index].position)


def rewrite(it: Altered) -> None:
    """The end of the history written anew, with a tree and checkpoints of its own, by whoever has the store but not the key."""
    it.index = it.chance.randrange(1, len(it.rows))
    for row in it.rows[it.index :]:
        it.change("UPDATE stored_events SET state = ? WHERE POSITION = ?", row.state + b" ", row.position)
    for table in ("history_tile", "history_checkpoint"):
        it.change(f"DELETE FROM {table}")
    it.change("UPDATE history_tree SET size = 0, position = 0")
    make(it.history, [FORGED], lambda: NOW)


WAYS: Final[Mapping[str, Callable[[Altered], None]]] = {
    "flip": flip,
    "delete": delete,
    "swap": swap,
    "truncate": truncate,
    "rewrite": rewrite,
}


def expected(store: Sealed, way: str, it: Altered) -> str:
    """How what was done has to be named: by index and position where the tiles were left alone, else by the interval."""
    if way == "truncate":
        return f"the last {len(it.rows) - it.index} entries are gone"
    if way == "rewrite":
        before = max((size for size in store.sizes if size <= it.index), default=0)
        first = min(size for size in store.sizes if size > it.index)
        return (
            f"altered among the entries {before + 1} to {first}"
            if before
            else f"altered among the first {first} entries"
        )
    return f"entry {it.index}, at position "


def found(store: Sealed, way: str, number: int, folder: Path) -> str | None:
    """None where the alteration was found and named; else what was said instead."""
    with copied(store, folder, number, f"{way} {number}") as it:
        WAYS[way](it)
        kept = [given(note, is_kept=True) for note in store.notes] if way == "rewrite" else ()
        told = [str(one) for one in verify(it.history, kept).problems]
        wanted = expected(store, way, it)
    if told and told[0].startswith(wanted):
        return None
    return f"{way} {number}: {wanted!r} is not what was said: {told}"
