"""Verifies a store: its entries against the leaves, tiles and checkpoints that were made of them, and against checkpoints that
somebody has kept elsewhere. What differs is named as narrowly as what was kept allows (TRUST §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from domain.merkle import Growing
from domain.records import NO_LEAF, Row, Salts, leaves
from domain.saying import Said, said
from domain.signed_notes import Checkpoint, NotANote, Verifier, read_note, verifier
from services.checkpoints import tree
from services.checkpoints.making import all_checkpoints
from services.checkpoints.signing import is_signed
from services.errors import StoreTooNew
from services.history.entries import CHECKPOINT_KEY, RESTORED, header_of
from services.history.history import History
from services.history.recorders import Census
from services.patience import go_on

TELLING: Final = frozenset({CHECKPOINT_KEY, RESTORED})
"""Topics of entries that tell of keys, and of branches."""
Told = tuple[str, bytes]
"""Topic and state of such an entry."""
Progress = Callable[[int, int], None]
"""Told how far it is: how many entries were read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint that is compared. `is_kept`: somebody has kept it elsewhere, so that nobody can have made it to agree; else it is
    one of the store's own, which is worth what its signature is."""

    checkpoint: Checkpoint
    note: str
    is_kept: bool = False

    @property
    def made(self) -> int:
        """When its cosignature says that it was made, in seconds since 1970; 0 where it has none."""
        _, lines = read_note(self.note)
        return next((int.from_bytes(line.signed[:8], "big") for line in lines if len(line.signed) == 72), 0)


@dataclass(frozen=True, slots=True)
class Branch:
    """The store was restored from a backup: what follows the first `size` entries took the place of something else. `at`: the
    moment, in microseconds."""

    size: int
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """`size`: of the tree over the entries that are there. `problems`: what was altered, one sentence each, the narrowest
    first."""

    size: int
    root: bytes
    given: tuple[Given, ...]
    """The checkpoints that it was compared with."""
    problems: tuple[Said, ...]
    signers: tuple[str, ...] = ()
    """The keys that signed the newest of its own, as verifiers (vkeys): of those that are trusted, announced, or named beside it."""
    branches: tuple[Branch, ...] = ()
    left: tuple[Checkpoint, ...] = ()
    """Checkpoints of what stood there before the store was restored."""


def given(note: str, *, is_kept: bool = False) -> Given:
    """Reads a checkpoint. Raises NotANote."""
    found, _ = read_note(note)
    return Given(found, note, is_kept)


def verify(
    history: History,
    kept: Sequence[Given] = (),
    trusted: Sequence[Verifier] = (),
    progress: Progress = lambda *_: None,
) -> Verified:
    """Reads every row once. `kept`: checkpoints from elsewhere. `trusted`: keys by which the store's own must be signed; a key that
    an entry announces is trusted from then on, where a key that is trusted has signed for that entry."""
    with history.database.snapshot() as reads:
        own = [_own(one.note, one.size) for one in all_checkpoints(reads)]
        comparing = Comparing([*(one for one in own if one is not None), *kept], trusted)
        census = history.census()
        pages = _pages(history, progress, census.rows)
        problems = [*_altered(pages, tree.grown(reads), tree.Tiles(reads), comparing)]
        problems += _unread(census, comparing.tree.size)
    if None in own:
        problems.append(said("a checkpoint of the store cannot be read"))
    found = comparing.found()
    return replace(found, problems=(*problems, *found.problems))


@dataclass
class Comparing:
    """Compares a tree, as it grows, with checkpoints."""

    given: Sequence[Given]
    trusted: Sequence[Verifier] = ()
    named: Sequence[Verifier] = ()
    """Keys that are named beside the checkpoints; nobody says that they are genuine."""
    tree: Growing = field(default_factory=Growing)

    def __post_init__(self) -> None:
        self.given = sorted(self.given, key=lambda one: one.checkpoint.size)
        self._waiting = list(reversed(self.given))
        self._trusts = list(self.trusted)
        self._announced: list[Verifier] = []
        self._known = [*self.trusted, *self.named]
        self._agree: list[int] = []
        self._differ: list[Given] = []
        self._signed: list[int] = []
        self._unsigned: list[int] = []
        self._branches: list[Branch] = []

    def add(self, leaves: Sequence[bytes], telling: Mapping[int, Told] | None = None) -> None:
        """The next leaves, and those of their entries, by their place among them, that tell of keys and of branches."""
        done, begin, telling = 0, self.tree.size, telling or {}
        while self._waiting and self._waiting[-1].checkpoint.size <= begin + len(leaves):
            end = max(self._waiting[-1].checkpoint.size - begin, done)
            self._extend(leaves, done, end, telling)
            self._compare(self._waiting.pop())
            done = end
        self._extend(leaves, done, len(leaves), telling)

    def _extend(self, leaves: Sequence[bytes], begin: int, end: int, telling: Mapping[int, Told]) -> None:
        self.tree.extend(leaves[begin:end])
        for place in sorted(telling):
            if begin <= place < end:
                self._tell(*telling[place])

    def found(self) -> Verified:
        """What came of it, once all leaves are in."""
        ahead = [one for one in self._waiting if not self._is_of_a_branch_left(one)]
        differ = [one for one in self._differ if not self._is_of_a_branch_left(one)]
        left = [one for one in (*self._differ, *reversed(self._waiting)) if one not in differ and one not in ahead]
        problems: list[Said] = []
        if differ:
            problems.append(_interval(self._agree, differ[0].checkpoint.size))
        if ahead:
            problems.append(said("a checkpoint of {size} entries is ahead of the store", size=ahead[0].checkpoint.size))
        unsigned = [size for size in self._unsigned if size > max(self._signed, default=0)]
        if unsigned:  # those before one that is signed are vouched for by it
            problems.append(
                said("the checkpoint of {size} entries is signed by no key that you trust", size=unsigned[0])
            )
        elif self.trusted and not self._signed:
            problems.append(said("no checkpoint is signed by a key that you trust"))
        signers = self._signers()
        if not self.trusted and self._known and not signers and any(not one.is_kept for one in self.given):
            problems.append(said("its newest checkpoint is signed by none of the keys that it names"))
        return Verified(
            self.tree.size, self.tree.root, tuple(self.given), tuple(problems), signers,
            tuple(self._branches), tuple(one.checkpoint for one in left),
        )  # fmt: skip

    def _compare(self, one: Given) -> None:
        is_signed_well = self._is_signed(one)
        if one.checkpoint.root != self.tree.root:
            self._differ.append(one)
            return
        if one.is_kept or is_signed_well:  # anybody who alters entries can make others that agree
            self._agree.append(one.checkpoint.size)
        if is_signed_well:
            self._signed.append(one.checkpoint.size)
            self._trusts += self._announced
            self._announced = []
        elif self.trusted and not one.is_kept:
            self._unsigned.append(one.checkpoint.size)

    def _is_signed(self, one: Given) -> bool:
        if not self._trusts:
            return False
        _, lines = read_note(one.note)
        return any(is_signed(one.note, line, key) for line in lines for key in self._trusts)

    def _signers(self) -> tuple[str, ...]:
        """A line of a note names a key and proves nothing: only signatures that are valid count."""
        newest = next((one for one in reversed(self.given) if not one.is_kept), None)
        if newest is None:
            return ()
        _, lines = read_note(newest.note)
        return tuple(sorted({key.text for key in self._known for line in lines if is_signed(newest.note, line, key)}))

    def _tell(self, topic: str, state: bytes) -> None:
        try:
            header = header_of(state)
            if topic == CHECKPOINT_KEY:
                key = verifier(header["vkey"])
                self._announced.append(key)
                self._known.append(key)
                return
            checkpoint, _ = read_note(header["checkpoint"])
            self._branches.append(Branch(checkpoint.size, int(header["received"]), str(header["reason"])))
        except (NotANote, ValueError, LookupError, TypeError, AttributeError, RecursionError, StoreTooNew):
            return  # an entry that was altered tells nothing

    def _is_of_a_branch_left(self, one: Given) -> bool:
        return any(
            branch.size < one.checkpoint.size and 0 < one.made * 1_000_000 <= branch.at for branch in self._branches
        )


def _altered(
    pages: Iterable[Sequence[Row]], grown: tree.Grown, tiles: tree.Tiles, comparing: Comparing
) -> Iterator[Said]:
    """The first entry that is not what the tiles say of it, else the first that is none; and what is missing at the end."""
    salts = Salts(grown.secret)
    other = none = None
    for rows in pages:
        made = leaves(rows, salts)
        if other is None:
            other = _first_other(tiles, comparing.tree.size, grown.size, made, rows)
        if none is None and NO_LEAF in made:
            index = comparing.tree.size + made.index(NO_LEAF)
            none = said(
                "entry {index}, at position {position}, is none", index=index, position=rows[made.index(NO_LEAF)][0]
            )
        comparing.add(made, {at: (topic, state) for at, (_, topic, _, _, state) in enumerate(rows) if topic in TELLING})
    if (problem := other or none) is not None:
        yield problem
    elif comparing.tree.size < grown.size:
        yield said("the last {count} entries are gone", count=grown.size - comparing.tree.size)


def _unread(found: Census, read: int) -> Iterator[Said]:
    """What stands in the table and is not read in its order: nobody judges it, and who looks for its stream finds it."""
    if found.outside and found.first is not None:
        yield said("an entry stands at position {position}, before the first", position=str(found.first))
    elif found.outside:
        yield said("an entry stands at no position")
    if found.rows - found.outside != read:
        yield said("{rows} rows are stored, and {read} are read by their positions", rows=found.rows, read=read)


def _first_other(tiles: tree.Tiles, begin: int, size: int, made: Sequence[bytes], rows: Sequence[Row]) -> Said | None:
    """The first of the leaves, from index `begin` on, that is not the one that the tiles have; behind `size` they have none."""
    at = 0
    most = min(len(made), size - begin)
    while at < most:
        number, place = divmod(begin + at, tree.WIDTH)
        count = min(tree.WIDTH - place, most - at)
        held = tiles.tile(0, number)[place * tree.HASH : (place + count) * tree.HASH]
        if held != b"".join(made[at : at + count]):
            while held[: tree.HASH] == made[at]:
                held, at = held[tree.HASH :], at + 1
            return said(
                "entry {index}, at position {position}, is not what it was",
                index=begin + at,
                position=rows[at][0],
            )
        at += count
    return None


def _interval(agree: Sequence[int], first: int) -> Said:
    """What was altered lies behind the last checkpoint that agrees, and within the first that does not."""
    before = max((one for one in agree if one < first), default=0)
    if not before:
        return said("altered among the first {size} entries", size=first)
    return said("altered among the entries {before} to {size}", before=before + 1, size=first)


def _pages(history: History, progress: Progress, whole: int) -> Iterator[Sequence[Row]]:
    """All rows that have a position, in their order; `whole`: how many there are."""
    after: object = 0
    read = 0
    while rows := history.rows(after, tree.AT_ONCE):
        go_on()
        yield rows
        after, read = rows[-1][0], read + len(rows)
        progress(read, whole)


def _own(note: str, size: int) -> Given | None:
    """None for what is no checkpoint, or one of another size than it is kept under: somebody has changed it."""
    try:
        found = given(note)
    except (NotANote, TypeError, AttributeError):
        return None
    return found if found.checkpoint.size == size else None
