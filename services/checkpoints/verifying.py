"""Verifies a store: its entries against the leaves, tiles and checkpoints that were made of them, and against checkpoints that
somebody has kept elsewhere. What differs is named as narrowly as what was kept allows (TRUST §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from domain.merkle import Growing
from domain.records import NO_LEAF, Row, Salts, leaves
from domain.saying import Said, said
from domain.signed_notes import COSIGNED, ED25519, Checkpoint, NotANote, Verifier, read_note, verifier
from services.checkpoints import tree
from services.checkpoints.making import MadeCheckpoint, all_checkpoints
from services.checkpoints.signing import is_signed, is_vouched_for
from services.errors import StoreTooNew
from services.history.entries import CHECKPOINT_KEY, RESTORED, header_of
from services.history.history import History
from services.history.recorders import Census
from services.patience import go_on

TELLING: Final = frozenset({CHECKPOINT_KEY, RESTORED})
"""Topics of entries that tell of keys, and of branches."""
Told = tuple[str, bytes]
"""Topic and state of such an entry."""
LAST_SECOND: Final = 253_402_300_800
"""The first second of the year 10000, which no calendar here has."""
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
    """The store was restored from a backup: what follows the first `size` entries, which have that root, took the place of something
    else. `at`: the moment, in microseconds. `index`: of the entry that says so."""

    size: int
    root: bytes
    at: int
    reason: str
    index: int


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
    vouched: int = 0
    """So many entries, from the first on, are those of a checkpoint that was kept, or that a key signed that is trusted."""
    dated: int = 0
    """When the newest of its own was signed, in seconds since 1970, as a key says that is trusted, or where none is, one of those that
    are announced or named; 0 where none says it."""

    @property
    def agreeing(self) -> int:
        """How many of the checkpoints are of what is there."""
        return len(self.given) - len(self.left)


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
        made = list(all_checkpoints(reads))
        own = [_own(one) for one in made]
        comparing = Comparing([*(one for one in own if one is not None), *kept], trusted)
        census, ends = history.census(), _Ends([one.size for one in made])
        pages = ends.watched(_pages(history, progress, census.rows))
        problems = [*_altered(pages, tree.grown(reads), tree.Tiles(reads), comparing)]
        problems += _unread(census, comparing.tree.size)
    if None in own:
        problems.append(said("a checkpoint of the store cannot be read"))
    problems += [
        said("the checkpoint of {size} entries is kept with another position", size=one.size)
        for one in made
        if ends.found.get(one.size, one.position) != one.position
    ]
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
        self._trusts = [other for one in self.trusted for other in _both(one)]
        self._known = [*self.trusted, *self.named]
        self._agree: list[Given] = []
        self._differ: list[Given] = []
        self._signed: list[tuple[int, int]] = []
        """Size and moment, in seconds, of those that agree and that a trusted key signed."""
        self._unsigned: list[int] = []
        self._branches: list[Branch] = []
        self._oldest = next((one for one in self.given if one.is_kept), None) if not self.trusted else None

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
        before = self.tree.size - begin
        self.tree.extend(leaves[begin:end])
        for place in sorted(telling):
            if begin <= place < end:
                self._tell(before + place, *telling[place])

    def found(self) -> Verified:
        """What came of it, once all leaves are in."""
        branches = [one for one in self._branches if self._is_vouched_for(one)]
        left = [one for one in (*self._differ, *reversed(self._waiting)) if self._is_left(one, branches)]
        ahead = [one for one in self._waiting if one not in left]
        differ = [one for one in self._differ if one not in left]
        problems: list[Said] = []
        if differ:
            problems.append(_interval(self._agree, differ[0]))
        if ahead:
            problems.append(said("a checkpoint of {size} entries is ahead of the store", size=ahead[0].checkpoint.size))
        if (differ or ahead) and (made_up := [one for one in self._branches if one not in branches]):
            problems.append(
                said(
                    "that it was restored behind entry {size} is vouched for by no key that you trust",
                    size=made_up[0].size,
                )
            )
        signed = max((size for size, _ in self._signed), default=0)
        unsigned = [size for size in self._unsigned if size > signed]
        if unsigned:  # those before one that is signed are vouched for by it
            problems.append(
                said("the checkpoint of {size} entries is signed by no key that you trust", size=unsigned[0])
            )
        elif self.trusted and not self._signed:
            problems.append(said("no checkpoint is signed by a key that you trust"))
        signers = self._signers()
        if not self.trusted and self._known and not signers and any(not one.is_kept for one in self.given):
            problems.append(said("its newest checkpoint is signed by none of the keys that it names"))
        vouched = max([signed, *(one.checkpoint.size for one in self._agree if one.is_kept)])
        return Verified(
            self.tree.size, self.tree.root, tuple(self.given), tuple(problems), signers,
            tuple(self._branches), tuple(one.checkpoint for one in left), vouched, self._dated(),
        )  # fmt: skip

    def _compare(self, one: Given) -> None:
        signed_at = self._signed_at(one)
        if one.checkpoint.root != self.tree.root:
            self._differ.append(one)
            return
        if one.is_kept or signed_at is not None:  # anybody who alters entries can make others that agree
            self._agree.append(one)
        if signed_at is not None:
            self._signed.append((one.checkpoint.size, signed_at))
        elif self.trusted and not one.is_kept:
            self._unsigned.append(one.checkpoint.size)

    def _signed_at(self, one: Given) -> int | None:
        """When a trusted key says that it signed, in seconds since 1970, 0 where it does not say; None where none has signed."""
        return _signed_at(one, self._trusts)

    def _dated(self) -> int:
        newest = next((one for one in reversed(self.given) if not one.is_kept), None)
        keys = self._trusts if self.trusted else [key for one in self._known for key in _both(one)]
        made = _signed_at(newest, keys) if newest is not None else None
        return made if made and made < LAST_SECOND else 0

    def _signers(self) -> tuple[str, ...]:
        """A line of a note names a key and proves nothing: only signatures that are valid count."""
        newest = next((one for one in reversed(self.given) if not one.is_kept), None)
        if newest is None:
            return ()
        _, lines = read_note(newest.note)
        return tuple(sorted({key.text for key in self._known for line in lines if is_signed(newest.note, line, key)}))

    def _tell(self, index: int, topic: str, state: bytes) -> None:
        try:
            header = header_of(state)
            if topic == CHECKPOINT_KEY:
                self._learn(verifier(header["vkey"]), str(header.get("signed", "")))
                return
            checkpoint, _ = read_note(header["checkpoint"])
            at, reason = int(header["received"]), str(header["reason"])
            self._branches.append(Branch(checkpoint.size, checkpoint.root, at, reason, index))
        except (NotANote, ValueError, LookupError, TypeError, AttributeError, RecursionError, StoreTooNew):
            return  # an entry that was altered tells nothing

    def _learn(self, key: Verifier, signed: str) -> None:
        """A key that an entry announces is trusted where one that is trusted has signed just that; and, of who trusts none but has
        kept checkpoints, where it has signed the oldest of them."""
        self._known.append(key)
        both = _both(key)
        _, lines = read_note(self._oldest.note) if self._oldest is not None else (None, [])
        if any(is_vouched_for(key, signed, one) for one in self._trusts) or (
            self._oldest is not None and any(is_signed(self._oldest.note, line, one) for line in lines for one in both)
        ):
            self._trusts += [one for one in both if one not in self._trusts]

    def _is_vouched_for(self, branch: Branch) -> bool:
        """It begins at a checkpoint that agrees with this very tree, and a trusted key has signed for the entry that says so."""
        begins = (branch.size, branch.root)
        return self._ends(branch) > 0 and any(
            (one.checkpoint.size, one.checkpoint.root) == begins for one in self._agree
        )

    def _ends(self, branch: Branch) -> int:
        """The moment, in seconds, at which it had begun at the latest; 0 where no trusted key has signed for it."""
        return min(branch.at // 1_000_000, next((made for size, made in self._signed if size > branch.index), 0))

    def _is_left(self, one: Given, branches: Sequence[Branch]) -> bool:
        """Made by a trusted key, before the branch began, of more than it begins with."""
        longer = [branch for branch in branches if branch.size < one.checkpoint.size]
        made = (self._signed_at(one) or 0) if longer else 0
        return any(0 < made <= self._ends(branch) for branch in longer)


def _signed_at(one: Given, keys: Sequence[Verifier]) -> int | None:
    """When one of the keys says that it signed, in seconds since 1970, 0 where it does not say; None where none has signed."""
    _, lines = read_note(one.note) if keys else (None, [])
    times = [
        int.from_bytes(line.signed[:8], "big") if key.kind == COSIGNED else 0
        for line in lines
        for key in keys
        if is_signed(one.note, line, key)
    ]
    return max(times, default=None)


def _both(key: Verifier) -> tuple[Verifier, Verifier]:
    """Whoever trusts a key trusts its signatures and its cosignatures."""
    return Verifier(key.name, ED25519, key.key), Verifier(key.name, COSIGNED, key.key)


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
    if not found.is_plain:
        yield said("entries are read from what is no table, or what others have put rules on")
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


def _interval(agree: Sequence[Given], first: Given) -> Said:
    """What was altered lies behind the last checkpoint that agrees, and within the first that does not. Where that one was kept, only
    others that were kept count: whoever has the key can have signed all of the store's own anew."""
    size = first.checkpoint.size
    counting = [one.checkpoint.size for one in agree if one.is_kept or not first.is_kept]
    before = max((one for one in counting if one < size), default=0)
    if not before:
        return said("altered among the first {size} entries", size=size)
    return said("altered among the entries {before} to {size}", before=before + 1, size=size)


def _pages(history: History, progress: Progress, whole: int) -> Iterator[Sequence[Row]]:
    """All rows that have a position, in their order; `whole`: how many there are."""
    after: object = 0
    read = 0
    while rows := history.rows(after, tree.AT_ONCE):
        go_on()
        yield rows
        after, read = rows[-1][0], read + len(rows)
        progress(read, whole)


def _own(made: MadeCheckpoint) -> Given | None:
    """None for what is no checkpoint, or one of another size or time than it is kept under: somebody has changed it."""
    try:
        found = given(made.note)
        _, lines = read_note(made.note)
    except (NotANote, TypeError, AttributeError):
        return None
    times = [line.time for line in lines if line.time is not None]
    return found if found.checkpoint.size == made.size and (made.made in times or not times) else None


class _Ends:
    """Notes at which positions trees of these sizes end, while their rows are read. `sizes`: ascending."""

    def __init__(self, sizes: Sequence[int]):
        self._sizes = sizes
        self.found: dict[int, object] = {}

    def watched(self, pages: Iterable[Sequence[Row]]) -> Iterator[Sequence[Row]]:
        begin = at = 0
        for rows in pages:
            while at < len(self._sizes) and self._sizes[at] <= begin + len(rows):
                if self._sizes[at] > begin:
                    self.found[self._sizes[at]] = rows[self._sizes[at] - begin - 1][0]
                at += 1
            begin += len(rows)
            yield rows
