"""Checkpoints while a program runs: when one is due, who makes it, how one is asked for, where it is handed out (TRUST §5).

The judge of the first shard makes them. Every other program asks it: the position that is to be covered stands in a table, where
that judge finds it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final

import structlog

from domain.contract import Contract
from domain.review import Review
from domain.saying import said
from domain.signed_notes import notes_in
from domain.times import Clock
from services.appended import append_whole
from services.checkpoints.making import MadeCheckpoint, checkpoints, covering, make, newest, of_size
from services.checkpoints.signing import SigningKey, read_key
from services.errors import Invalid, Unavailable
from services.history.databases import first_value
from services.history.history import History

log = structlog.get_logger()

EVERY: Final = 60.0
"""Seconds after which what is new is covered at the latest."""
ENTRIES: Final = 10_000
"""New entries after which a checkpoint does not wait any longer."""
LOOK: Final = 0.5
"""Seconds from one look for what is due to the next."""
ASKS: Final = 5.0
"""Seconds that a checkpoint is waited for by who has asked for one."""
SIGNATURES: Final = (Contract.Signed.TOPIC, Review.Signed.TOPIC)
"""Topics of entries that are covered at once."""
LAST_BYTES: Final = 20_000
"""Bytes at the end of the file that checkpoints are handed out to, in which the last one is looked for."""
_SIGNS: Final = "\u2014 ".encode()
_SIGNATURE: Final = re.compile(b"^" + _SIGNS + b"[^\n]*\n", re.MULTILINE)

Leading = Callable[[], AbstractContextManager[bool]]
"""Holds the lock of the judge of the first shard for a block, and gives whether it does."""


class Keeping:
    """Keeps the checkpoints of one store up to date. `keys`: files, that of the key in use first, and behind it that of the one
    before; none: none are made. `name`: the origin that the operator gives the store. `to`: a file that each is appended to."""

    def __init__(
        self,
        history: History,
        clock: Clock,
        leading: Leading,
        *,
        keys: Sequence[Path] = (),
        name: str = "",
        to: Path | None = None,
    ):
        self._history = history
        self._clock = clock
        self._leading = leading
        self._files = keys
        self._name = name
        self._to = to
        self._made_at = time.monotonic() - EVERY

    @property
    def has_key(self) -> bool:
        return bool(self._files)

    def keys(self) -> list[SigningKey]:
        """Raises Invalid for files that hold none, and for a key that was made under another name."""
        found = [read_key(file) for file in self._files]
        for key, file in zip(found, self._files, strict=True):
            if self._name and key.name != self._name:
                raise Invalid(
                    said("the key is of {name}, and this store signs as {origin}", name=key.name, origin=self._name),
                    place=str(file),
                    mend=said("make a key for this name, or set `ENTENTE_ORIGIN`"),
                )
        return found

    def newest(self) -> MadeCheckpoint | None:
        with self._history.database.connect() as reads:
            return newest(reads)

    def make(self) -> MadeCheckpoint | None:
        """Makes one that covers what the history has by now; None while it is empty. For who holds the lock. Raises Invalid
        without a key."""
        keys = self.keys()
        if not keys:
            raise no_key()
        made = make(self._history, keys, self._clock)
        self._made_at = time.monotonic()
        if made is not None and self._to is not None:
            self._hand_out(made, self._to)
        return made

    def ensure(self, position: int, seconds: float = ASKS) -> MadeCheckpoint | None:
        """The first checkpoint that covers the position: made here where no judge is at work elsewhere, else asked for, and waited
        for as long. None where it is not there then. Raises Invalid without a key."""
        if (found := self._covering(position)) is not None:
            return found
        with self._leading() as leads:
            if leads:
                self.make()
        if not leads:
            self._ask(position)
            deadline = time.monotonic() + seconds
            while (found := self._covering(position)) is None and time.monotonic() < deadline:
                time.sleep(0.05)
        return found or self._covering(position)

    def keep(self, leads: Callable[[], bool], stopping: Event, beat: Callable[[], None] = lambda: None) -> None:
        """Makes what is due for as long as the program runs. `leads`: whether this program is the judge of the first shard."""
        while not stopping.wait(LOOK):
            try:
                if leads() and self.is_due():
                    self.make()
            except Unavailable:
                if stopping.is_set():
                    return  # a long one is broken off, and gone on with at the next start
                raise
            beat()

    def is_due(self) -> bool:
        """Says whether something new waits for a checkpoint, and should wait no longer."""
        last_position = self._history.last_position()
        with self._history.database.connect() as reads:
            last = newest(reads)
            wanted = first_value(reads.query("SELECT position FROM history_checkpoint_wanted WHERE id = 0"), 0)
        covered = last.position if last is not None else 0
        if last_position <= covered:
            return False
        if wanted > covered or last_position - covered >= ENTRIES or time.monotonic() - self._made_at >= EVERY:
            return True
        return self.awaits_signature(covered)

    def awaits_signature(self, covered: int | None = None) -> bool:
        """Says whether somebody has signed a contract or a review behind the newest checkpoint."""
        if covered is None:
            last = self.newest()
            covered = last.position if last is not None else 0
        return bool(self._history.read(covered, 1, SIGNATURES))

    def _covering(self, position: int) -> MadeCheckpoint | None:
        with self._history.database.connect() as reads:
            return covering(reads, position)

    def _ask(self, position: int) -> None:
        with self._history.database.transaction() as writes:
            writes.execute(
                "INSERT INTO history_checkpoint_wanted (id, position) VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET "
                "position = CASE WHEN history_checkpoint_wanted.position > excluded.position "
                "THEN history_checkpoint_wanted.position ELSE excluded.position END",
                [position],
            )

    def _hand_out(self, made: MadeCheckpoint, to: Path) -> None:
        """Appends what the file has not got yet: one that could not be written before too, or was cut. What is wrong with the file
        is logged, and stops nothing."""
        origin = made.note.partition("\n")[0].encode() + b"\n"
        try:
            append_whole(to, lambda file: self._missing(file, made), lambda file: self._ends(file, origin), 0o666)
        except (OSError, ValueError) as error:
            log.error("the checkpoint was not handed out", file=str(to), error=str(error))

    def _missing(self, file: BinaryIO, made: MadeCheckpoint) -> bytes:
        _, tail = _tail(file)
        last = _last_note(tail)
        after = _size(last) if last is not None else 0
        if last == made.note:
            return b""
        with self._history.database.connect() as reads:
            missing = [made] if after >= made.size else checkpoints(reads, after, 1_000_000)
        return "".join(one.note for one in missing).encode()

    def _ends(self, file: BinaryIO, origin: bytes) -> int:
        """Behind the last whole checkpoint of the file. Raises ValueError where something else than the beginning of one of this
        store stands there."""
        start, tail = _tail(file)
        end = max((found.end() for found in _SIGNATURE.finditer(tail)), default=0)
        cut = tail[end:].strip(b"\n")
        if (start and not end) or not any(cut.startswith(one) or one.startswith(cut) for one in (origin, _SIGNS)):
            raise ValueError("the file holds something else than checkpoints")
        if (last := _last_note(tail[:end])) is not None:
            with self._history.database.connect() as reads:
                whole = of_size(reads, _size(last))
            if whole is not None and whole.note != last and whole.note.startswith(last):  # a signature is lacking
                end -= len(last.encode())
        return start + end


def no_key() -> Invalid:
    return Invalid(
        said("there is no key for checkpoints"),
        place="ENTENTE_CHECKPOINT_KEY",
        mend=said("`entente keys create FILE --checkpoint` makes one"),
    )


def _tail(file: BinaryIO) -> tuple[int, bytes]:
    """Where the last bytes of the file begin, and these."""
    start = max(0, file.seek(0, os.SEEK_END) - LAST_BYTES)
    file.seek(start)
    return start, file.read()


def _last_note(tail: bytes) -> str | None:
    """The last checkpoint at the end of the file; None where it has none. Raises ValueError."""
    notes = notes_in(tail.decode("utf-8", "replace"))
    return notes[-1] if notes else None


def _size(note: str) -> int:
    """Raises ValueError."""
    return int(note.split("\n", 2)[1])
