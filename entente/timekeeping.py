"""`serve --time live`: lets time pass by itself, held back while events may still be on their way in (MEANING §2)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from domain.times import Instant
from entente.wiring import Program
from services.access import PLATFORM
from services.judging.meetings import next_meeting
from services.judging.own_time import Scope

log = structlog.get_logger()
SECOND = 1_000_000
AT_LEAST_EVERY = 300 * SECOND


class LiveTime:
    """`holds` says why time may not pass yet because of what other processes bring in.

    Declares T = now − settle when a limit, a period's end or a review is passed, at least every five minutes and at most
    every second. After an outage of ours time waits for what the producers repeat."""

    def __init__(
        self,
        program: Program,
        now: Callable[[], Instant],
        *,
        settle: float,
        outage: float,
        holds: Callable[[], str | None] = lambda: None,
    ):
        self._program = program
        self._now = now
        self._holds = holds
        self._said: str | None = None
        self._settle = round(settle * SECOND)
        self._stopping = threading.Event()
        self._held_until = self._hold(round(outage * SECOND))

    @property
    def is_held(self) -> str | None:
        """Why time does not pass."""
        return self._said

    def run(self, beat: Callable[[], None]) -> None:
        """Until `stop`. Raises what writing time raises."""
        while not self._stopping.wait(1):
            self.step()
            beat()

    def stop(self) -> None:
        self._stopping.set()

    def step(self) -> bool:
        """Lets time pass if there is a reason to; whether it did."""
        now = self._now()
        if now < self._held_until or not self._program.door.is_drained:
            return False
        to = now - self._settle
        last = self._program.store.timekeeping.watermark()
        if last is not None and (to <= last or (to - last < AT_LEAST_EVERY and not self._something_passes(last, to))):
            return False
        if self._is_held():
            return False
        return self._program.store.timekeeping.advance(PLATFORM, to).has_moved

    def _is_held(self) -> bool:
        """Whether something outside this process may still be on its way in; why is said once. Asked after `now` was
        read: what came before that moment and is not stored shows."""
        why = self._holds()
        if why != self._said:
            self._said = why
            if why is not None:
                log.warning("time is held back", why=why)
        return why is not None

    def _hold(self, outage: Instant) -> Instant:
        now = self._now()
        last = self._program.store.timekeeping.watermark()
        was_down = last is not None and now - self._settle - last > 2 * AT_LEAST_EVERY
        if last is not None and was_down:
            self._program.store.timekeeping.was_down(PLATFORM, last, now)
        if was_down and outage:
            log.warning("time waits for what producers repeat after the outage", seconds=outage // SECOND)
            return now + outage
        return now

    def _something_passes(self, last: Instant, to: Instant) -> bool:
        with self._program.store.history.database.connect() as reads:
            for table in ("view_occurrence", "view_period"):
                if reads.query(
                    f"SELECT wake FROM {table} WHERE wake <= ? AND {Scope().condition(table)} LIMIT 1", [to]
                ):
                    return True
        for contract in self._program.reading.catalogue().contracts.values():
            meeting = next_meeting(contract, last)
            if meeting is not None and meeting.starts <= to:
                return True
        return False
