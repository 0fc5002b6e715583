"""The tree over the entries of one store, kept in tiles: 256 hashes each, as C2SP `tlog-tiles` has them (TRUST §5).

Tile (level, number) holds the hashes of the complete subtrees (8 · level, 256 · number …), as many as there are; the nodes between
two levels of tiles are made of these. Whoever grows the tree holds the lock of the one judge (services/checkpoints/keeping.py); where
two do so all the same, each step is made by one of them.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.merkle import Growing, node_hash, root_of, subtrees
from domain.records import Salts, leaves
from services.history.databases import Database, Transaction, first_value
from services.history.history import History
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
    "secret {blob} NOT NULL, origin {text} NOT NULL)",
)


class Grown(NamedTuple):
    """How far the tree is: of which size, and the position of the entry that is its last leaf. `secret` is that of the salts, 32
    bytes, `origin` the name of the store where the operator gives it none."""

    size: int
    position: int
    secret: bytes
    origin: str


def create(database: Database) -> None:
    """Creates the tables where they are absent, and the secret and the name of the store."""
    with database.creating() as store:
        for table in TABLES:
            store.execute(table.format_map(database.types))
        letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))
        store.execute(
            "INSERT INTO history_tree (id, size, position, secret, origin) VALUES (0, 0, 0, ?, ?) "
            "ON CONFLICT (id) DO NOTHING",
            [secrets.token_bytes(32), f"entente.invalid/{letters}"],
        )


def grown(reads: Transaction) -> Grown:
    [(size, position, secret, origin)] = reads.query(
        "SELECT size, position, secret, origin FROM history_tree WHERE id = 0"
    )
    return Grown(size, position, bytes(secret), origin)


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


class _Step:
    """Leaves that are added behind a tree of that size, and the tiles that are others then."""

    def __init__(self, tiles: Tiles, size: int):
        self._tiles = tiles
        self._changed: dict[tuple[int, int], bytearray] = {}
        self.tree = Growing(size, [tiles.node(level, index) for level, index in subtrees(0, size)])

    def add(self, leaf: bytes) -> None:
        for level, index, hash in self.tree.add(leaf):
            if level % 8 == 0:
                key = level // 8, index // WIDTH
                if key not in self._changed:
                    kept = index % WIDTH * HASH
                    self._changed[key] = bytearray(self._tiles.tile(*key)[:kept])
                self._changed[key] += hash

    def rows(self) -> list[tuple[int, int, bytes]]:
        return [(level, number, bytes(hashes)) for (level, number), hashes in sorted(self._changed.items())]


def grow(history: History, until: int) -> Grown:
    """Adds the entries that are not leaves yet, up to the position `until`; each transaction of some thousand stays. Raises what
    `go_on` raises."""
    with history.database.connect() as reads:
        reached = grown(reads)
    salts = Salts(reached.secret)
    while entries := [one for one in history.read(reached.position, AT_ONCE) if one.position <= until]:
        go_on()
        reached = _added(history, reached, leaves(entries, salts), entries[-1].position)
    return reached


def _added(history: History, before: Grown, leaves: Iterable[bytes], position: int) -> Grown:
    """What the tree is then; where somebody else was quicker, what that one has made of it."""
    with history.database.snapshot() as reads:
        if grown(reads) != before:
            return grown(reads)
        step = _Step(Tiles(reads), before.size)
        for leaf in leaves:
            step.add(leaf)
    after = before._replace(size=step.tree.size, position=position)
    with history.database.transaction() as writes:
        # First of all, and by its size: it waits for whoever is at it, and finds the row changed then.
        sql = "UPDATE history_tree SET size = ?, position = ? WHERE id = 0 AND size = ? RETURNING size"
        if not writes.query(sql, [after.size, after.position, before.size]):
            return grown(writes)
        writes.insert(
            "history_tile",
            ("level", "number", "hashes"),
            step.rows(),
            "(level, number) DO UPDATE SET hashes = excluded.hashes",
        )
    return after
