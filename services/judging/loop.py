"""The loop that judges: one judge per store and shard, awake as soon as something is appended (DESIGN §5).

Programs that stay share the shards among themselves: each holds as many as come to it, by how many there are, and gives
some back when another one joins. When one ends, however it ends, its locks are free and the others take them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from domain.saying import said
from domain.times import Clock
from services.errors import Unavailable
from services.history.databases import Database, Presence, first_value
from services.history.history import History
from services.judging.judge import BATCH, Overtaken
from services.judging.layouts import Layout, layouts
from services.judging.reshaping import Change, ChangeLost, alone, check_number
from services.judging.seats import Seat

GATHER = 0.05
"""Seconds that the judge leaves to those who append, after it was woken: one batch then holds more."""
LET_IN = 0.12
"""Seconds between two slices of one step of time: whoever waits for the lock of a file looks for it ten times a second."""
LOOK_AGAIN = 0.5
"""Seconds from one look for shards that nobody judges to the next: each look is a connection."""
TRIES = 20
"""Tries of a new layout to take over while somebody reads for long."""

Observe = Callable[[int, float], None]
"""Told of every batch: how many entries, how many seconds."""
Progress = Callable[[int, int], None] | None
"""Told how far it is: the position reached, the position to reach."""


class JudgingLoop:
    """Holds the judge's locks while it judges. `catch_up` serves commands, `serve` a program that stays."""

    def __init__(self, history: History, database: Database, now: Clock, *, observe: Observe | None = None):
        self._history = history
        self._database = database
        self._now = now
        self._observe = observe or (lambda entries, seconds: None)
        self._layouts: list[Layout] = []
        self._seats: list[Seat] = []
        self._presence: Presence | None = None
        self._look_again = 0.0
        self._turn = threading.Lock()
        self._is_serving = False
        self._leads = False
        self._stopping = threading.Event()

    def catch_up(self, *, timeout: float = 600, progress: Progress = None) -> int:
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

    def _reach(self, is_reached: Callable[[], bool], target: int, deadline: float, progress: Progress) -> None:
        while not is_reached():
            if self._is_serving or not self._judge_once(progress, deadline):
                if time.monotonic() > deadline:
                    raise Unavailable(
                        said(
                            "the judge has reached {position} of {target} and does not go on",
                            position=self.position(),
                            target=target,
                        ),
                        mend=said("look at the running `entente serve`"),
                    )
                time.sleep(0.01)

    @property
    def leads(self) -> bool:
        """Says whether this program, which serves, is the judge of the first shard."""
        return self._leads

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Keeps every other judge of the first shard out for a block; False where there is one, which then goes on."""
        if self._is_serving:
            yield self._leads
            return
        with self._turn:
            self._renew()
            first = [seat for seat in self._seats if seat.is_first]
            is_ours = bool(first) and first[0].take()
            try:
                yield is_ours
            finally:
                for seat in first:
                    seat.leave()

    def serve(self, *, poll: float = 0.5, beat: Callable[[], None] = lambda: None) -> None:
        """Judges until `stop`, and says so with each round. Waits for a lock while others have all of them. Raises what
        judging raises: whoever calls it calls it again, and meanwhile somebody else may take the locks."""
        self._is_serving = True
        has_waited = False
        try:
            while not self._stopping.is_set():
                with self._turn:
                    seats = self._fair_share()
                    self._leads = any(seat.is_first for seat in seats)
                    is_building = self._judge_all(seats, None)
                if seats or has_waited:  # who failed may find its own lock not given back yet: that is no good round
                    beat()
                has_waited = not seats
                if is_building:
                    continue
                positions = [seat.position for seat in seats if seat.layout.is_in_force]
                if not positions:
                    self._stopping.wait(poll)
                elif self._history.wait_beyond(min(positions), poll):
                    self._stopping.wait(GATHER)
        finally:
            self._is_serving = self._leads = False
            self._leave()

    def stop(self) -> None:
        self._stopping.set()

    def divide(self, shards: int, *, progress: Progress = None, waits: Callable[[], None] = lambda: None) -> bool:
        """Cuts the judging into so many shards: builds them beside what is in force, together with the judges that run, and
        puts them in force. False where it is cut so already. Changes come one after the other: `waits` is told where another
        one is waited for. Raises Invalid, Unavailable."""
        check_number(self._database, shards)
        if not self._database.has_schemas:
            return False
        with self._turn, alone(self._database, waits=waits, is_stopping=self._stopping.is_set) as change:
            new = change.begin(shards)
            try:
                return not new.is_in_force and self._built(change, new, progress)
            finally:
                self._leave()

    def _built(self, change: Change, new: Layout, progress: Progress) -> bool:
        """Judges until the new layout is level and in force; False when told to stop before."""
        tries = 0
        while not self._stopping.is_set():
            self._renew()
            if not self._judge_all([seat for seat in self._seats if seat.take()], progress):
                time.sleep(0.05)
            try:
                if change.take_over(new):
                    return True
            except ChangeLost:
                raise
            except Unavailable:
                if (tries := tries + 1) == TRIES:
                    raise
        return False

    def position(self) -> int:
        """The position up to which the judges of all shards, whoever they are, have committed the read models."""
        with self._database.connect() as reads:
            position: int = first_value(reads.query("SELECT position FROM view_position WHERE shard = 0"), 0)
        return position

    def _is_outbox_waiting(self, position: int) -> bool:
        """Says whether something that an entry up to that position asked for is not in the history yet."""
        sql = "SELECT id FROM view_outbox WHERE appended IS NULL AND position <= ? LIMIT 1"
        with self._database.connect() as reads:
            return bool(reads.query(sql, [position]))

    def _judge_once(self, progress: Progress, deadline: float) -> bool:
        """Judges all shards in force. False when another process is the judge of one, or has become it meanwhile, or when the turn
        has not come to this thread by the deadline."""
        if not self._turn.acquire(timeout=max(deadline - time.monotonic(), 0)):
            return False
        try:
            self._renew()
            in_force = [seat for seat in self._seats if seat.layout.is_in_force]
            seats = [seat for seat in in_force if seat.take()]
            try:
                self._judge_all(seats, progress)
            except Overtaken:
                return False
            finally:
                for seat in seats:
                    seat.leave()
        finally:
            self._turn.release()
        return len(seats) == len(in_force)

    def _judge_all(self, seats: Sequence[Seat], progress: Progress) -> bool:
        """Judges until nothing is left for the seats in force, and a batch for each that is being built; says whether
        those have more."""
        try:
            while not self._stopping.is_set():
                is_moving = is_building = False
                for seat in seats:
                    if self._stopping.is_set():
                        break
                    has_run = self._run(seat, progress)
                    is_moving |= has_run and seat.layout.is_in_force
                    is_building |= has_run and not seat.layout.is_in_force
                if not is_moving and not any(seat.send(self._now) for seat in seats):
                    return is_building
        except Overtaken:
            raise
        except Exception:
            # Where somebody has divided the shards anew meanwhile, the tables that it needed are gone: it begins again.
            if layouts(self._database) == self._layouts:
                raise
        return False

    def _run(self, seat: Seat, progress: Progress) -> bool:
        began = time.perf_counter()
        entries = seat.run(BATCH)
        if entries:
            self._observe(entries, time.perf_counter() - began)
            if progress is not None:
                progress(seat.position, self._history.last_position())
        if seat.is_within_an_entry:
            self._stopping.wait(LET_IN)
        return bool(entries)

    def _fair_share(self) -> list[Seat]:
        """The seats that come to us, of all, by how many programs judge now."""
        self._renew()
        if len(self._seats) == 1:
            return [seat for seat in self._seats if seat.take()]
        if self._presence is None:
            self._presence = self._database.judges()
        share = -(-len(self._seats) // max(self._presence.count(), 1))
        held = [seat for seat in self._seats if seat.is_held()]
        for seat in held[share:]:
            seat.leave()
        kept = held[:share]
        if len(kept) < share and time.monotonic() >= self._look_again:
            self._look_again = time.monotonic() + LOOK_AGAIN
            free = (seat for seat in self._seats if seat not in held and seat.take())
            kept += islice(free, share - len(kept))
        return [seat for seat in self._seats if seat in kept]

    def _renew(self) -> None:
        """The seats of the layouts that there are now."""
        found = layouts(self._database)
        if found != self._layouts:
            self._leave()
            self._layouts = found
            self._look_again = 0.0
            self._seats = [
                Seat(self._history, self._database, layout, share) for layout in found for share in layout.shares
            ]

    def _leave(self) -> None:
        for seat in self._seats:
            seat.leave()
        if self._presence is not None:
            self._presence.release()
            self._presence = None
