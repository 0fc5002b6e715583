"""Verifies a store: its entries against the leaves, tiles and checkpoints that were made of them, and against checkpoints that
somebody has kept elsewhere. What differs is named as narrowly as what was kept allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.merkle import Growing
from domain.records import salts
from domain.saying import Said, said
from domain.signed_notes import Checkpoint, Verifier, read_note
from services.checkpoints import tree
from services.checkpoints.making import all_checkpoints
from services.checkpoints.signing import is_signed
from services.history.history import History
from services.history.recorders import Entry
from services.patience import go_on


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint that is compared: one of the store's own, or one that was kept elsewhere. `is_trusted`: signed by a key that
    whoever verifies has named."""

    checkpoint: Checkpoint
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """`size`: of the tree over the entries that are there. `problems`: what was altered, one sentence each, the narrowest
    first."""

    size: int
    root: bytes
    given: tuple[Given, ...]
    """The checkpoints that it was compared with."""
    problems: tuple[Said, ...]


def given(note: str, trusted: Sequence[Verifier] = ()) -> Given:
    """Reads a checkpoint. Raises NotANote."""
    found, lines = read_note(note)
    return Given(found, any(is_signed(note, line, key) for line in lines for key in trusted))


def verify(history: History, kept: Sequence[Given] = (), trusted: Sequence[Verifier] = ()) -> Verified:
    """Reads every entry once. `kept`: checkpoints from elsewhere."""
    with history.database.snapshot() as reads:
        own = [given(one.note, trusted) for one in all_checkpoints(reads)]
        every = sorted([*own, *kept], key=lambda one: one.checkpoint.size)
        grown, tiles = tree.grown(reads), tree.Tiles(reads)
        salt = salts(grown.secret)
        growing, altered = Growing(), None
        agree: list[int] = []
        differ: list[int] = []
        waiting = iter([*every, None])
        following = next(waiting)
        for index, entry in enumerate(_entries(history)):
            leaf = tree.leaf_of(entry, salt)
            growing.add(leaf)
            if altered is None and index < grown.size and tiles.tile(0, index // tree.WIDTH)[_place(index)] != leaf:
                altered = said(
                    "entry {index}, at position {position}, is not what it was", index=index, position=entry.position
                )
            while following is not None and following.checkpoint.size == growing.size:
                if following.checkpoint.root != growing.root:
                    differ.append(growing.size)
                elif following.is_trusted:  # anybody who alters entries can make others that agree
                    agree.append(growing.size)
                following = next(waiting)
    problems = [altered] if altered is not None else []
    if altered is None and growing.size < grown.size:
        problems.append(said("the last {count} entries are gone", count=grown.size - growing.size))
    if differ:
        problems.append(_interval(agree, min(differ)))
    if following is not None:
        problems.append(said("a checkpoint of {size} entries is ahead of the store", size=following.checkpoint.size))
    return Verified(growing.size, growing.root, tuple(every), tuple(problems))


def _interval(agree: Sequence[int], first: int) -> Said:
    """What was altered lies behind the last checkpoint that agrees, and within the first that does not."""
    before = max((one for one in agree if one < first), default=0)
    if not before:
        return said("altered among the first {size} entries", size=first)
    return said("altered among the entries {before} to {size}", before=before + 1, size=first)


def _place(index: int) -> slice:
    at = index % tree.WIDTH * tree.HASH
    return slice(at, at + tree.HASH)


def _entries(history: History) -> Iterator[Entry]:
    after = 0
    while entries := history.read(after, tree.AT_ONCE):
        go_on()
        yield from entries
        after = entries[-1].position
