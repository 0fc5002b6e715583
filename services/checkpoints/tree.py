"""The tree over the entries of one store, kept in tiles: 256 hashes each, as C2SP `tlog-tiles` has them.

Tile (level, number) holds the hashes of the complete subtrees (8 · level, 256 · number …), as many as there are; the nodes between
two levels of tiles are made of these. Whoever grows the tree holds the lock of the one judge (services/checkpoints/making.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, NamedTuple

from domain.merkle import Growing, leaf_hash, node_hash, root_of, subtrees
from domain.records import record, salts
from services.history.databases import Database, Transaction, first_value
from services.history.history import History
from services.history.recorders import Entry
from services.patience import go_on

WIDTH: Final = 256
HASH: Final = 32
"""Bytes."""
AT_ONCE: Final = 5_000
"""Entries of one transaction."""

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS history_tile (level {bigint} NOT NULL, number {bigint} NOT NULL, hashes {blob} NOT NULL, "
    "PRIMARY KEY (level, number)){clustered}",
    "CREATE TABLE IF NOT EXISTS history_tree (id {bigint} PRIMARY KEY, size {bigint} NOT NULL, position {bigint} NOT NULL, "
    "secret {blob} NOT NULL)",
)


class Grown(NamedTuple):
    """How far the tree is: of which size, and the position of the entry that is its last leaf."""

    size: int
    position: int
    secret: bytes


def create(database: Database) -> None:
    """Creates the tables where they are absent, and the secret of the store."""
    with database.creating() as store:
        for table in TABLES:
            store.execute(table.format_map(database.types))
        store.execute(
            "INSERT INTO history_tree (id, size, position, secret) VALUES (0, 0, 0, ?) ON CONFLICT (id) DO NOTHING",
            [secrets.token_bytes(32)],
        )


def grown(reads: Transaction) -> Grown:
    [(size, position, secret)] = reads.query("SELECT size, position, secret FROM history_tree WHERE id = 0")
    return Grown(size, position, bytes(secret))


def leaf_of(entry: Entry, salt: Callable[[int], bytes]) -> bytes:
    """Also of an entry that somebody has changed into another type of value."""
    state: object = entry.state
    held = state.encode() if isinstance(state, str) else bytes(entry.state)
    return leaf_hash(salt(entry.position) + record(entry.position, entry.stream, entry.version, entry.topic, held))


class Tiles:
    """The tiles as they stand in one snapshot; those that are read are kept."""

    def __init__(self, reads: Transaction):
        self._reads = reads
        self._known: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, number: int) -> bytes:
        """Empty where there is none."""
        if (level, number) not in self._known:
            sql = "SELECT hashes FROM history_tile WHERE level = ? AND number = ?"
            self._known[level, number] = bytes(first_value(self._reads.query(sql, [level, number]), b""))
        return self._known[level, number]

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree (level, index). Raises LookupError where the tree has none."""
        above, height = divmod(level, 8)
        first = index << height
        hashes = self.tile(above, first // WIDTH)
        place = first % WIDTH * HASH
        some = [hashes[at : at + HASH] for at in range(place, place + (HASH << height), HASH)]
        if len(some[-1]) < HASH:
            raise LookupError((level, index))
        while len(some) > 1:
            some = [node_hash(some[at], some[at + 1]) for at in range(0, len(some), 2)]
        return some[0]

    def root(self, size: int) -> bytes:
        return root_of(size, self.node)


class _Writing:
    """Leaves that are added within one transaction."""

    def __init__(self, writes: Transaction, size: int):
        self._tiles = Tiles(writes)
        self._writes = writes
        self._dirty: dict[tuple[int, int], bytearray] = {}
        self.tree = Growing(size, [self._tiles.node(level, index) for level, index in subtrees(0, size)])

    def add(self, leaf: bytes) -> None:
        for level, index, hash in self.tree.add(leaf):
            if level % 8 == 0:
                key = level // 8, index // WIDTH
                if key not in self._dirty:
                    self._dirty[key] = bytearray(self._tiles.tile(*key))
                self._dirty[key] += hash

    def write(self) -> None:
        rows = [(level, number, bytes(hashes)) for (level, number), hashes in sorted(self._dirty.items())]
        self._writes.insert(
            "history_tile",
            ("level", "number", "hashes"),
            rows,
            "(level, number) DO UPDATE SET hashes = excluded.hashes",
        )


def grow(history: History, until: int) -> Grown:
    """Adds the entries that are not leaves yet, up to the position `until`; each transaction of some thousand stays."""
    with history.database.connect() as reads:
        reached = grown(reads)
    salt = salts(reached.secret)
    while entries := [one for one in history.read(reached.position, AT_ONCE) if one.position <= until]:
        go_on()
        reached = _added(history, reached, map(partial(leaf_of, salt=salt), entries), entries[-1].position)
    return reached


def _added(history: History, before: Grown, leaves: Iterable[bytes], position: int) -> Grown:
    with history.database.transaction() as writes:
        writing = _Writing(writes, before.size)
        for leaf in leaves:
            writing.add(leaf)
        writing.write()
        after = before._replace(size=writing.tree.size, position=position)
        sql = "UPDATE history_tree SET size = ?, position = ? WHERE id = 0 AND size = ?"
        writes.execute(sql, [after.size, after.position, before.size])
    return after
