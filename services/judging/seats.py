"""One shard of one layout as a process judges it: behind the shard's lock, which one process holds at a time."""

from __future__ import annotations

from domain.times import Clock
from services.history.databases import Database
from services.history.history import History
from services.judging import outbox
from services.judging.judge import Judge
from services.judging.layouts import Layout
from services.judging.shares import Share


class Seat:
    """`judge` is there from the first batch on, as long as the seat is held."""

    def __init__(self, history: History, database: Database, layout: Layout, share: Share):
        self.layout = layout
        self.judge: Judge | None = None
        self._lineage = 0
        self._share = share
        self._history = history
        self._database = database
        self._tables: Database | None = None
        self._lock = database.judge_lock(layout.lock(share.shard))

    @property
    def is_first(self) -> bool:
        """True for the first shard of what is in force: its judge does what is done once a store."""
        return self.layout.is_in_force and self._share.shard == 0

    @property
    def position(self) -> int:
        return self.judge.position if self.judge is not None else 0

    @property
    def is_within_an_entry(self) -> bool:
        """True when the judge has judged a part of the entry that comes next."""
        return self.judge is not None and self.judge.slices > 0

    def is_held(self) -> bool:
        return self._lock.is_held()

    def take(self) -> bool:
        """Takes the seat if nobody has it; whether we have it now."""
        if not self._lock.is_held():
            self.judge = None  # somebody else may have judged meanwhile
        return self._lock.try_acquire()

    def run(self, limit: int) -> int:
        """Runs the judge as `Judge.run` says; a new one where the store is another one than before."""
        lineage = self._history.lineage()
        if self.judge is None or lineage != self._lineage:
            self._lineage = lineage
            self.judge = Judge(self._history, self._own_tables(), share=self._share)
        return self.judge.run(limit)

    def send(self, now: Clock) -> int:
        """Sends as `outbox.send` does; nothing follows from a layout that is not in force yet."""
        return outbox.send(self._history, self._own_tables(), now) if self.layout.is_in_force else 0

    def leave(self) -> None:
        self.judge = None
        self._lock.release()
        if self._tables is not None and self._tables is not self._database:
            self._tables.close()
        self._tables = None

    def _own_tables(self) -> Database:
        if self._tables is None:
            inside = self.layout.generation > 0
            self._tables = self._database.schema(self.layout.schema(self._share.shard)) if inside else self._database
        return self._tables
