"""Who judges, and when: one judge per store, awake as soon as something is appended (DESIGN §5)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from domain.times import Instant
from services.errors import Unavailable
from services.history.databases import Database, JudgeLock
from services.history.history import History
from services.judging import outbox
from services.judging.judge import BATCH, Judge, Overtaken

GATHER = 0.05
"""Seconds that the judge leaves to those who append, after it was woken: one batch then holds more."""

Observe = Callable[[int, float], None]
"""Told of every batch: how many entries, how many seconds."""


class JudgingLoop:
    """Holds the judge's lock while it judges. `catch_up` serves commands, `serve` a program that stays."""

    def __init__(
        self, history: History, database: Database, now: Callable[[], Instant], *, observe: Observe | None = None
    ):
        self._history = history
        self._database = database
        self._now = now
        self._observe = observe or (lambda entries, seconds: None)
        self._lock: JudgeLock = database.judge_lock()
        self._judge: Judge | None = None
        self._turn = threading.Lock()
        self._is_serving = False
        self._stopping = threading.Event()

    def catch_up(self, *, timeout: float = 600, progress: Callable[[int, int], None] | None = None) -> int:
        """Returns when everything appended so far is judged, and what follows from it is appended and judged too: by
        itself, or by whoever holds the lock. The reached position. Raises Unavailable when a judge elsewhere does not
        get there in time."""
        deadline = time.monotonic() + timeout
        target = self._history.last_position()
        self._reach(
            lambda: self.position() >= target and not self._is_outbox_waiting(target), target, deadline, progress
        )
        follows = self._history.last_position()
        self._reach(lambda: self.position() >= follows, follows, deadline, progress)
        return follows

    def _reach(
        self, is_reached: Callable[[], bool], target: int, deadline: float, progress: Callable[[int, int], None] | None
    ) -> None:
        while not is_reached():
            if self._is_serving or not self._judge_once(progress):
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"the judge has reached {self.position()} of {target} and does not go on",
                        mend="look at the running `entente serve`",
                    )
                time.sleep(0.01)

    def serve(self, *, poll: float = 0.5, beat: Callable[[], None] = lambda: None) -> None:
        """Judges until `stop`, and says so with each round. Waits for the lock while somebody else has it. Raises what
        judging raises: whoever calls it calls it again, and meanwhile somebody else may take the lock."""
        self._is_serving = True
        try:
            while not self._stopping.is_set():
                with self._turn:
                    if not self._lock.is_held():
                        self._judge = None  # somebody else may have judged meanwhile
                    if self._lock.try_acquire():
                        self._judge_all(None)
                beat()
                if self._history.wait_beyond(self._judge.position if self._judge else 0, poll):
                    self._stopping.wait(GATHER)
        finally:
            self._is_serving = False
            self._judge = None
            self._lock.release()

    def stop(self) -> None:
        self._stopping.set()

    def position(self) -> int:
        """How far the read models are: what is committed, whoever judged it."""
        with self._database.connect() as reads:
            found = reads.query("SELECT position FROM view_position WHERE shard = 0")
        return found[0][0] if found else 0

    def _is_outbox_waiting(self, position: int) -> bool:
        """Whether something that an entry up to that position asked for is not in the history yet."""
        sql = "SELECT id FROM view_outbox WHERE appended IS NULL AND position <= ? LIMIT 1"
        with self._database.connect() as reads:
            return bool(reads.query(sql, [position]))

    def _judge_once(self, progress: Callable[[int, int], None] | None) -> bool:
        """False when another process is the judge, or has become it meanwhile."""
        with self._turn:
            if not self._lock.try_acquire():
                return False
            try:
                self._judge_all(progress)
            except Overtaken:
                return False
            finally:
                self._judge = None
                self._lock.release()
        return True

    def _judge_all(self, progress: Callable[[int, int], None] | None) -> None:
        if self._judge is None:
            self._judge = Judge(self._history, self._database)
        while True:
            began = time.perf_counter()
            while entries := self._judge.run(BATCH):
                self._observe(entries, time.perf_counter() - began)
                if progress is not None:
                    progress(self._judge.position, self._history.last_position())
                began = time.perf_counter()
                if self._stopping.is_set():
                    return
            if not outbox.send(self._history, self._database, self._now):
                return
