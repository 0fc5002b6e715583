"""Notices that the store is not the one any more that was read before.

After a restore, or a failover to a server that was behind, the history is shorter than what a running program has read of it, and
its positions are given away again, to others. The last entry that was seen tells: entries are never changed or taken out, so
that a history in which it stands as it stood is the same up to there.
"""

from __future__ import annotations

import threading

import structlog

from domain.saying import said
from services.errors import Unavailable
from services.history.recorders import End, HistoryRecorder

log = structlog.get_logger()


class Lineage:
    """The numbers of the stores that one program has seen at one address. Safe for several threads."""

    def __init__(self, recorder: HistoryRecorder):
        self._recorder = recorder
        self._lock = threading.Lock()
        self._last: End | None = None
        self._number = 0

    def look(self) -> int:
        """Numbers the stores that have stood at this address since the program opened it, from 0 on: a new number once
        it is another store. Inside a transaction it gives the number found before it, for a snapshot may be older than
        what others have seen. Raises Unavailable while the store is not whole."""
        if self._recorder.database.is_in_transaction():
            return self._number
        known = self._last
        ends = self._recorder.ends(known.position if known is not None else 0)
        if not ends.is_whole:
            raise not_whole(self._recorder.database.place)
        with self._lock:
            if known is not None and ends.then != known:
                self._number += 1
                self._last = ends.last
                log.warning("the store is another one than before: it is read anew", read_to=known.position)
            elif self._last is None or (ends.last is not None and ends.last.position > self._last.position):
                self._last = ends.last
            return self._number


def not_whole(place: str) -> Unavailable:
    """Tables are there, and what is written last when they are made or restored is not."""
    mend = said("let the restore that is under way come to its end; where none is, restore it or name another database")
    return Unavailable(said("the store is not whole"), place=place, mend=mend)
