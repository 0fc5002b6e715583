"""Proofs over the tree: that an entry is in it, and that one size of it begins with another (RFC 9162 §2.1.3, §2.1.4)."""

from __future__ import annotations

from dataclasses import dataclass

from domain import merkle
from domain.records import Salts, leaves
from domain.saying import said
from services.checkpoints import tree
from services.checkpoints.making import MadeCheckpoint, covering, of_size
from services.errors import Invalid, NotFound, Refused
from services.history.databases import Transaction
from services.history.history import Entry
from services.proving.own import Own
from services.seeing.seen import Seen


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an entry is leaf `index` of the tree of that size: the hashes of `path` lead from its leaf to the root. `checkpoint`: the
    one of that size, None where there is none."""

    entry: Entry
    salt: bytes
    leaf: bytes
    index: int
    size: int
    root: bytes
    path: tuple[bytes, ...]
    checkpoint: MadeCheckpoint | None


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree of size `second` begins with that of size `first`."""

    first: int
    second: int
    roots: tuple[bytes, bytes]
    path: tuple[bytes, ...]


def prove_entry(seen: Seen, position: int, size: int | None = None) -> Inclusion:
    """In the tree of that size; without one, in that of the first checkpoint that covers the entry. Raises NotFound for an entry
    that is not there or not theirs to see, Refused while no checkpoint covers it, Invalid for a size that the tree has not."""
    entry = seen.history.at(position)
    if entry is None or not Own(seen).has(entry):
        raise NotFound(said("there is no entry at position {position}", position=position))
    checkpoint = covering(seen.reads, position) if size is None else of_size(seen.reads, size)
    if size is None:
        if checkpoint is None:
            raise Refused(
                said("no checkpoint covers position {position} yet", position=position),
                mend=said("ask again in a minute"),
                slug="not-checkpointed",
            )
        size = checkpoint.size
    grown, tiles = tree.grown(seen.reads), tree.Tiles(seen.reads)
    index = _index(seen, position)
    if not index < size <= grown.size:
        raise _no_size(size, grown.size)
    salts = Salts(grown.secret)
    [leaf] = leaves([entry.row], salts)
    path = tuple(merkle.inclusion(index, size, tiles.node))
    return Inclusion(entry, salts(position), leaf, index, size, tiles.root(size), path, checkpoint)


def prove_growth(reads: Transaction, first: int, second: int) -> Consistency:
    """Raises Invalid for sizes that the tree has not."""
    grown, tiles = tree.grown(reads), tree.Tiles(reads)
    if not 0 < first <= second <= grown.size:
        raise _no_size(second if first <= second else first, grown.size)
    path = tuple(merkle.consistency(first, second, tiles.node))
    return Consistency(first, second, (tiles.root(first), tiles.root(second)), path)


def _index(seen: Seen, position: int) -> int:
    """The place of an entry in the tree: as many entries stand before it. Counted from the last checkpoint before."""
    sql = "SELECT size, position FROM history_checkpoint WHERE position < ? ORDER BY size DESC LIMIT 1"
    found = seen.reads.query(sql, [position])
    size, last = found[0] if found else (0, 0)
    return int(size) + seen.history.count(last, position)


def _no_size(size: int, grown: int) -> Invalid:
    return Invalid(
        said("the tree has no size {size} for this", size=size),
        mend=said("sizes of `GET /v1/checkpoints`, at most {size}", size=grown),
        slug="size-invalid",
    )
