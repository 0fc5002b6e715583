"""Looks at one contract as of a moment that go on from the look before (MEANING §6): of a year of reviews, each judges its own
month, not all that came before (decision 69)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import NamedTuple

from domain.times import Instant
from services.history.aside_database import AsideDatabase
from services.history.databases import Database
from services.history.entries import ERASED
from services.history.history import History
from services.judging.catalogue import only
from services.judging.judge import Judge
from services.judging.lens import Beyond, Lens
from services.patience import go_on
from services.seeing.past import with_needed
from services.seeing.seen import Seeing

AT_ONCE = 500
"""Entries of one step: what a step holds beyond the moment is judged by the next look again."""
MOST_BYTES = 64 << 20


class _Kept(NamedTuple):
    """`image`: the database as it was at `position`, where nothing was said of later than `as_of`. `begun`: where the history ended
    before it was made."""

    position: int
    as_of: Instant
    begun: int
    image: bytes


class KeptPasts:
    """The contracts that were looked at last, as far as nothing had been said of later than the moment; in memory, MOST_BYTES of them.
    Safe for several threads."""

    def __init__(self, most: int = MOST_BYTES, at_once: int = AT_ONCE) -> None:
        self._most, self._at_once = most, at_once
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def seeing_at(
        self,
        history: History,
        kept_as: tuple[int, str],
        as_of: Instant,
        position: int,
        *,
        contract: str,
        documents: Database,
    ) -> Iterator[Seeing]:
        """What `past.seeing_at` opens. `kept_as`: the store, and the rules that it follows."""
        needed = with_needed(documents, contract)
        accepts, key = only(needed), (*kept_as, *sorted(needed))
        with TemporaryDirectory(prefix="entente-") as folder:
            path = Path(folder) / "aside.db"
            end = history.last_position()
            begun = self._begun(history, key, as_of, position)
            if begun is not None:
                path.write_bytes(begun.image)
            database = AsideDatabase(str(path))
            try:
                exact = Judge(history, database, accepts=accepts, lens=Lens(as_of, position, until_beyond=True))
                self._run_until_beyond(exact)
                if begun is None or exact.position > begun.position:
                    self._keep(key, _Kept(exact.position, as_of, end, database.image()))
                judge = Judge(history, database, accepts=accepts, lens=Lens(as_of, position))
                while judge.run(self._at_once):
                    go_on()
                judge.stop_at(as_of)
                yield Seeing(history, database)
            finally:
                database.close()

    def _begun(self, history: History, key: Hashable, as_of: Instant, position: int) -> _Kept | None:
        with self._lock:
            found = self._kept.get(key)
        if found is None or history.read(found.begun, 1, [ERASED]):  # who was forgotten since is in none
            return None
        return found if found.as_of <= as_of and found.position <= position else None

    def _keep(self, key: Hashable, one: _Kept) -> None:
        with self._lock:
            self._kept[key] = one
            self._kept.move_to_end(key)
            while self.held() > self._most:
                self._kept.popitem(last=False)

    def held(self) -> int:
        """Bytes that are kept."""
        return sum(len(one.image) for one in self._kept.values())

    def _run_until_beyond(self, judge: Judge) -> None:
        try:
            while judge.run(self._at_once):
                go_on()
        except Beyond:
            pass  # the step is undone: it is judged behind what is kept
