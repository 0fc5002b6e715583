"""Checkpoints of a store: made by the one judge of the first shard, kept for good, handed out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.signed_notes import Checkpoint
from domain.times import Clock
from services.checkpoints import tree
from services.checkpoints.signing import SigningKey
from services.history.databases import Transaction, column_list
from services.history.history import History

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS history_checkpoint (size {bigint} PRIMARY KEY, position {bigint} NOT NULL, "
    "made {bigint} NOT NULL, note {text} NOT NULL)"
)


class MadeCheckpoint(NamedTuple):
    """`position` is that of the last of the `size` entries, `made` in seconds since 1970, `note` the signed text."""

    size: int
    position: int
    made: int
    note: str


_COLUMNS = column_list(MadeCheckpoint)


def create(history: History) -> None:
    """Creates the tables of the tree and of its checkpoints where they are absent."""
    tree.create(history.database)
    with history.database.creating() as store:
        store.execute(TABLE.format_map(history.database.types))


def make(history: History, key: SigningKey, clock: Clock) -> MadeCheckpoint | None:
    """Adds to the tree what the history has by now, and signs it; the newest checkpoint where nothing is new, None while the
    history is empty. Time never goes back: where the clock did, it is a second after the one before."""
    grown = tree.grow(history, history.last_position())
    with history.database.snapshot() as reads:
        last = newest(reads)
        root = tree.Tiles(reads).root(grown.size)
    if not grown.size or (last is not None and last.size == grown.size):
        return last
    made = max(clock() // 1_000_000, last.made + 1 if last is not None else 0)
    note = key.note(Checkpoint(key.name, grown.size, root), made)
    checkpoint = MadeCheckpoint(grown.size, grown.position, made, note)
    with history.database.transaction() as writes:
        sql = f"INSERT INTO history_checkpoint ({_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (size) DO NOTHING"
        writes.execute(sql, checkpoint)
    return checkpoint


def newest(reads: Transaction) -> MadeCheckpoint | None:
    rows = reads.query(f"SELECT {_COLUMNS} FROM history_checkpoint ORDER BY size DESC LIMIT 1")
    return MadeCheckpoint._make(rows[0]) if rows else None


def covering(reads: Transaction, position: int) -> MadeCheckpoint | None:
    """The first checkpoint that covers the entry at that position; None while none does."""
    sql = f"SELECT {_COLUMNS} FROM history_checkpoint WHERE position >= ? ORDER BY size LIMIT 1"
    rows = reads.query(sql, [position])
    return MadeCheckpoint._make(rows[0]) if rows else None


def checkpoints(reads: Transaction, after: int = 0, limit: int = 1_000) -> list[MadeCheckpoint]:
    """Those of a size above `after`, ascending."""
    sql = f"SELECT {_COLUMNS} FROM history_checkpoint WHERE size > ? ORDER BY size LIMIT ?"
    return [MadeCheckpoint._make(row) for row in reads.query(sql, [after, limit])]


def all_checkpoints(reads: Transaction) -> Iterator[MadeCheckpoint]:
    """All of them, ascending."""
    after = 0
    while some := checkpoints(reads, after):
        yield from some
        after = some[-1].size
