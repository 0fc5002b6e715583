"""The tree over the entries of one store, kept in tiles: 256 hashes each, as C2SP `tlog-tiles` has them (TRUST §5).

Tile (level, number) holds the hashes of the complete subtrees (8 · level, 256 · number …), as many as there are; the nodes between
two levels of tiles are made of these. Whoever grows the tree holds the lock of the one judge (services/checkpoints/keeping.py); where
two do so all the same, each step is made by one of them.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from domain.merkle import node_hash, root_of
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


def tile_root(hashes: bytes) -> bytes:
    """Of a whole tile: the node above it, eight levels up."""
    while len(hashes) > HASH:
        pairs = range(0, len(hashes), 2 * HASH)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH]).digest() for at in pairs])
    return hashes


def _with(tiles: Tiles, size: int, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
    """The tiles (level, number, hashes) that are others once these leaves stand behind a tree of that size."""
    changed: list[tuple[int, int, bytes]] = []
    level, nodes = 0, leaves
    while nodes:
        number, place = divmod(size >> 8 * level, WIDTH)
        above: list[bytes] = []
        hashes = tiles.tile(level, number)[: place * HASH] if place else b""
        begin = 0
        while begin < len(nodes):
            end = begin + WIDTH - len(hashes) // HASH
            hashes += b"".join(nodes[begin:end])
            changed.append((level, number, hashes))
            if len(hashes) == WIDTH * HASH:
                above.append(tile_root(hashes))
            number, hashes, begin = number + 1, b"", end
        level, nodes = level + 1, above
    return changed


def grow(history: History, until: int) -> Grown:
    """Adds the entries that are not leaves yet, up to the position `until`; each transaction of some thousand stays. Raises what
    `go_on` raises."""
    with history.database.connect() as reads:
        reached = grown(reads)
    salts = Salts(reached.secret)
    while rows := [row for row in history.rows(reached.position, AT_ONCE) if row[0] <= until]:
        go_on()
        reached = _added(history, reached, leaves(rows, salts), rows[-1][0])
    return reached


def _added(history: History, before: Grown, leaves: Sequence[bytes], position: int) -> Grown:
    """What the tree is then; where somebody else was quicker, what that one has made of it."""
    with history.database.snapshot() as reads:
        if grown(reads) != before:
            return grown(reads)
        changed = _with(Tiles(reads), before.size, leaves)
    after = before._replace(size=before.size + len(leaves), position=position)
    with history.database.transaction() as writes:
        # First of all, and by its size: it waits for whoever is at it, and finds the row changed then.
        sql = "UPDATE history_tree SET size = ?, position = ? WHERE id = 0 AND size = ? RETURNING size"
        if not writes.query(sql, [after.size, after.position, before.size]):
            return grown(writes)
        writes.insert(
            "history_tile",
            ("level", "number", "hashes"),
            changed,
            "(level, number) DO UPDATE SET hashes = excluded.hashes",
        )
    return after
