"""Moments of the history that pages show: judged once, kept for a while for who reads on, and thrown away (decision 62).

A page waits for a turn of a few seconds. Where the history is longer than that the next one goes on from where it stopped, so that
neither a reader nor a thread is held for minutes, and nothing is judged that nobody waits for.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from domain.saying import said
from services.errors import Unavailable
from services.history.aside_database import AsideDatabase
from services.history.databases import Database
from services.history.entries import ERASED
from services.history.history import History
from services.judging.catalogue import everything, only
from services.judging.judge import Judge
from services.judging.lens import Lens
from services.patience import Patience, go_on, waiting
from services.seeing.looking_back import Looks, a_place
from services.seeing.past import with_needed
from services.seeing.seen import Seeing

AT_MOST: Final = 4
"""Moments that are kept of a store at once, each with a database of its own."""
UNUSED: Final = 600.0
"""Seconds after which a moment that nobody looks at is thrown away, once somebody looks at another."""
TURN: Final = 10.0
"""Seconds that one page waits for a moment to be judged."""
_BATCH: Final = 2_000
LOOKING_BACK: Final = "looking-back"
"""The slug of a refusal that says how far it is: who asks again is answered sooner."""
BUSY: Final = said("others are looking back at the history now")


@dataclass(eq=False)
class _Look:
    """One moment. `judge`: until all is judged; `begun`: where the history ended then; `users`: who reads it now."""

    position: int
    contract: str | None
    judge: Judge | None
    seeing: Seeing
    begun: int
    users: int = 0
    used: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def serves(self, position: int, contract: str | None) -> bool:
        """Says whether it is that moment: of everything, once that is judged, for one contract too."""
        is_of = self.contract == contract or (self.contract is None and self.judge is None)
        return self.position == position and is_of

    def goes_with(self, folder: str) -> None:
        """That is where its database lies, until nobody holds it any more, or the program ends."""
        self._close = weakref.finalize(self, _clean, self.seeing.database, folder)

    def close(self) -> None:
        self._close()


class KeptLooks:
    """The moments that are kept of one store. Safe for several threads."""

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self._lock = threading.Lock()
        self._looks: list[_Look] = []

    @contextmanager
    def look(self, now: Seeing, position: int, contract: str | None) -> Iterator[Seeing]:
        """Opens the store as it was shown when the history ended at that position; of one contract, and those that it needs, where
        that is enough. Raises Unavailable while it is being judged, saying how far it is, and while others look back."""
        look = self._take(now.history, position, contract)
        try:
            if look.judge is not None:
                with a_place(now, Looks, BUSY), self._turn(look):
                    self._judge(look)
            yield look.seeing
        finally:
            self._give_back(look)

    def _take(self, history: History, position: int, contract: str | None) -> _Look:
        with self._lock:
            self._forget(history)
            look = next((one for one in self._looks if one.serves(position, contract)), None)
            if look is None:
                self._make_room()
                look = _begin(history, position, contract)
                self._looks.append(look)
            look.users += 1
            return look

    def _give_back(self, look: _Look) -> None:
        with self._lock:
            look.users -= 1
            look.used = self.clock()
            if not look.users and look not in self._looks:
                look.close()

    def _forget(self, history: History) -> None:
        """Throws away what nobody has looked at for long, and all that was judged before somebody was forgotten: what was erased is
        shown no more, whatever the moment."""
        for one in list(self._looks):
            is_old = not one.users and self.clock() - one.used > UNUSED
            if is_old or history.read(one.begun, 1, [ERASED]):
                self._throw_away(one)

    def _make_room(self) -> None:
        """Throws away what was looked at longest ago. Raises Unavailable while all are being looked at."""
        if len(self._looks) < AT_MOST:
            return
        free = [one for one in self._looks if not one.users]
        if not free:
            raise Unavailable(BUSY, mend=said("try again in a moment"))
        self._throw_away(min(free, key=lambda one: one.used))

    def _throw_away(self, look: _Look) -> None:
        """At once, or by the last who reads it."""
        self._looks.remove(look)
        if not look.users:
            look.close()

    @contextmanager
    def _turn(self, look: _Look) -> Iterator[None]:
        """Whoever asks for a moment that another judges waits for it."""
        until = self.clock() + TURN
        while not look.turn.acquire(timeout=0.1):
            go_on()
            if self.clock() > until:
                raise _still(look)
        try:
            yield
        finally:
            look.turn.release()

    def _judge(self, look: _Look) -> None:
        judge, until = look.judge, self.clock() + TURN
        if judge is None:
            return
        while True:
            go_on()
            with waiting(Patience()):  # a batch is never left half done
                is_done = not judge.run(_BATCH)
            if is_done:
                look.judge = None
                return
            if self.clock() > until:
                raise _still(look)


def _begin(history: History, position: int, contract: str | None) -> _Look:
    folder = tempfile.mkdtemp(prefix="entente-")
    database = AsideDatabase(str(Path(folder) / "aside.db"))
    accepts = only(with_needed(history.database, contract)) if contract is not None else everything
    judge = Judge(history, database, accepts=accepts, lens=Lens(None, position))
    look = _Look(position, contract, judge, Seeing(history, database), history.last_position())
    look.goes_with(folder)
    return look


def _clean(database: Database, folder: str) -> None:
    database.close()
    shutil.rmtree(folder, ignore_errors=True)


def _still(look: _Look) -> Unavailable:
    reached = look.judge.position if look.judge is not None else look.position
    return Unavailable(
        said("it is judged up to position {reached} of {position} so far", reached=reached, position=look.position),
        mend=said("look again in a moment: it goes on from there"),
        slug=LOOKING_BACK,
    )
