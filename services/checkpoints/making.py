"""Checkpoints of a store: signed, kept for good, read back (TRUST §5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from domain.signed_notes import Checkpoint, read_note
from domain.times import Clock
from services.checkpoints import tree
from services.checkpoints.announcing import announce, announced
from services.checkpoints.signing import SigningKey, signed_note, vouched
from services.history.databases import Transaction, column_list
from services.history.history import History

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS history_checkpoint (size {bigint} PRIMARY KEY, position {bigint} NOT NULL, "
    "made {bigint} NOT NULL, note {text} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS history_checkpoint_wanted (id {bigint} PRIMARY KEY, position {bigint} NOT NULL)",
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
    if history.database.has_table("history_checkpoint_wanted"):
        return  # also for programs that may create nothing
    tree.create(history.database)
    with history.database.creating() as store:
        for table in TABLES:
            store.execute(table.format_map(history.database.types))


def make(history: History, keys: Sequence[SigningKey], clock: Clock) -> MadeCheckpoint | None:
    """Adds to the tree what the history has by now, and signs it; the newest checkpoint where nothing is new, None while the
    history is empty. Time never goes back: where the clock did, it is a second after the one before.

    `keys`: the one that signs, and behind it the one in whose place it stands, which signs the first checkpoint with it. A new key is
    announced by an entry before, which the one before signs too. Raises what `go_on` raises, Unavailable."""
    verifier = keys[0].verifiers[0]
    if history.last_position() and announced(history) != verifier.text:
        announce(history, verifier.text, clock, "".join(vouched(verifier, former) for former in keys[1:2]))
    grown = tree.grow(history, history.last_position())
    with history.database.snapshot() as reads:
        grown = tree.grown(reads)
        last = newest(reads)
        if not grown.size or (last is not None and last.size >= grown.size):
            return last
        root = tree.Tiles(reads).root(grown.size)
    made = max(clock() // 1_000_000, last.made + 1 if last is not None else 0)
    note = signed_note(Checkpoint(keys[0].name, grown.size, root), made, _signing(keys, last))
    checkpoint = MadeCheckpoint(grown.size, grown.position, made, note)
    with history.database.transaction() as writes:
        sql = f"INSERT INTO history_checkpoint ({_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (size) DO NOTHING"
        writes.execute(sql, checkpoint)
        [row] = writes.query(f"SELECT {_COLUMNS} FROM history_checkpoint WHERE size = ?", [grown.size])
    return MadeCheckpoint._make(row)


def _signing(keys: Sequence[SigningKey], last: MadeCheckpoint | None) -> Sequence[SigningKey]:
    """The keys that sign the next checkpoint: all of them where it is the first of the new one."""
    if last is None or keys[0].has_signed(last.note):
        return keys[:1]
    _, lines = read_note(last.note)
    before = {line.key_id for line in lines}
    return [keys[0], *(key for key in keys[1:] if key.verifiers[0].key_id in before)]


def newest(reads: Transaction) -> MadeCheckpoint | None:
    rows = reads.query(f"SELECT {_COLUMNS} FROM history_checkpoint ORDER BY size DESC LIMIT 1")
    return MadeCheckpoint._make(rows[0]) if rows else None


def covering(reads: Transaction, position: int) -> MadeCheckpoint | None:
    """The first checkpoint that covers the entry at that position; None while none does."""
    sql = f"SELECT {_COLUMNS} FROM history_checkpoint WHERE position >= ? ORDER BY size LIMIT 1"
    rows = reads.query(sql, [position])
    return MadeCheckpoint._make(rows[0]) if rows else None


def of_size(reads: Transaction, size: int) -> MadeCheckpoint | None:
    rows = reads.query(f"SELECT {_COLUMNS} FROM history_checkpoint WHERE size = ?", [size])
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
