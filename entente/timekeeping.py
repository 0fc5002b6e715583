"""`serve --time live`: lets time pass by itself, held back while events may still be on their way in (MEANING §2)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from domain.times import Clock, Instant
from entente.clock import ClockWatch
from entente.wiring import Program
from services.access import ADMINISTRATOR, PLATFORM
from services.directory.feeds import Awaited
from services.directory.reading import read_fed
from services.holding import Held, Holder
from services.judging.catalogue import InForce
from services.judging.meetings import next_meeting
from services.judging.own_time import Scope

log = structlog.get_logger()
SECOND = 1_000_000
AT_LEAST_EVERY = 300 * SECOND
SAID_AFTER: Final = 5.0
"""Seconds for which something holds time before it is said in the log."""


PARTLY_EVERY: Final = 10.0
"""Seconds between two looks whose time may pass while that of others waits."""


def everybody(contracts: Iterable[InForce]) -> set[str]:
    return {one.id for one in contracts}


class LiveTime:
    """`holds` says why time may not pass yet because of what other processes bring in, and `waits` which contracts wait for that:
    the time of the others goes on, ahead of the store's.

    Declares T = now − settle when a limit, a period's end or a review is passed, at least every five minutes and at most
    every second. Contracts that are fed by files stay behind until the next one came (decision 38). After an outage of ours time
    waits for what the producers repeat; a store that went back has one too. While the clock cannot be right, time stands still and no
    outage is noted, unless `accepts_clock`."""

    def __init__(
        self,
        program: Program,
        now: Clock,
        *,
        settle: float,
        outage: float,
        holds: Callable[[], str | None] = lambda: None,
        accepts_clock: bool = False,
        waits: Callable[[Iterable[InForce]], set[str]] = everybody,
    ):
        self._program = program
        self._now = now
        self._holds = holds
        self._waits = waits
        self._waiting: tuple[str, ...] = ()
        self._looked = -PARTLY_EVERY
        self._fed: list[Awaited] = []
        self._fed_at = -PARTLY_EVERY
        self._told: dict[str, Instant] = {}
        self._said: str | None = None
        self._held: Held | None = None
        self._held_since = 0.0
        self._settle = round(settle * SECOND)
        self._stopping = threading.Event()
        self._outage = round(outage * SECOND)
        self._lineage = program.store.history.lineage()
        self._held_until: Instant | None = None
        """Known as soon as the clock can be right."""
        self._clock = ClockWatch(program.store.history, is_accepted=accepts_clock)
        self._is_clock_right(now())

    def held(self) -> Held | None:
        """Says what keeps time from passing, as of the last step; None where nothing does."""
        return self._held

    def run(self, beat: Callable[[], None]) -> None:
        """Runs until `stop`. Raises what writing time raises."""
        while not self._stopping.wait(1):
            self.step()
            beat()

    def stop(self) -> None:
        self._stopping.set()

    def step(self) -> bool:
        """Lets time pass if there is a reason to; whether it did."""
        now = self._now()
        if (lineage := self._program.store.history.lineage()) != self._lineage:
            self._lineage, self._held_until = lineage, None
        if not self._is_clock_right(now):
            return False
        if self._held_until is not None and now < self._held_until:
            self._note(self._since("outage", "producers may still repeat what they sent in an outage of ours"))
            return False
        self._look_at_files(now)
        entering = self._program.door.holds()
        to = now - self._settle - round(entering.seconds * SECOND if entering is not None else 0)
        last = self._program.store.timekeeping.watermark()
        if last is not None and (to <= last or (to - last < AT_LEAST_EVERY and not self._something_passes(last, to))):
            self._note(entering)
            return False
        why = self._holds()  # asked after `now` was read: what came before that moment and is not stored shows
        if why is not None:
            self._pass_for_others(to)
            self._note(self._since("kafka", why)._replace(waiting=self._waiting))
            return False
        self._note(entering)
        return self._program.store.timekeeping.advance(PLATFORM, to, waiting=self._waiting_for_files()).has_moved

    def awaited(self) -> list[Awaited]:
        """The contracts whose time waits for the next file of a tool, as of the last step."""
        now = self._now()
        return [one for one in self._fed if now < one.feed.until]

    def _waiting_for_files(self) -> set[str]:
        return {one.contract for one in self.awaited()}

    def _look_at_files(self, now: Instant) -> None:
        """Lets the time of contracts that are fed by files pass to the last event of the last file: as far as all of their tools
        were heard of."""
        if time.monotonic() < self._fed_at + PARTLY_EVERY:
            return
        self._fed_at = time.monotonic()
        self._fed = self._program.store.read(ADMINISTRATOR, read_fed)
        waiting = self._program.store.timekeeping.waiting()
        heard: dict[str, list[Instant | None]] = {}
        for one in self.awaited():
            heard.setdefault(one.contract, []).append(one.feed.heard)
        for contract in sorted(heard.keys() & waiting):
            known = [one for one in heard[contract] if one is not None]
            if len(known) == len(heard[contract]) and min(known) > self._told.get(contract, 0):
                self._program.store.timekeeping.advance(PLATFORM, min(*known, now - self._settle), contract)
                self._told[contract] = min(known)

    def _is_clock_right(self, now: Instant) -> bool:
        """Says whether the clock can be right; looks for an outage of ours as soon as it can."""
        if (why := self._clock.why_not(now)) is not None:
            self._note(self._since("clock", why))
            return False
        if self._held_until is None:
            self._held_until = self._hold(now)
        return True

    def _pass_for_others(self, to: Instant) -> None:
        """Lets the time of those contracts pass that need not wait, one by one: each as often as the store's would. A contract
        that is held for its past stays where it is held."""
        if time.monotonic() < self._looked + PARTLY_EVERY:
            return
        self._looked = time.monotonic()
        contracts = self._program.store.seeing.catalogue().contracts
        waiting = self._waits(contracts.values())
        reached, held, due = self._times_of_their_own(to)
        self._waiting = tuple(sorted(waiting)) if len(waiting) < len(contracts) else ()
        last = self._program.store.timekeeping.watermark()
        for name in sorted(contracts.keys() - waiting - held - self._waiting_for_files()):
            known = [one for one in (reached.get(name), last) if one is not None]
            since = max(known, default=None)
            if since is None or to - since >= AT_LEAST_EVERY or (to > since and name in due):
                self._program.store.timekeeping.advance(PLATFORM, to, name)

    def _times_of_their_own(self, to: Instant) -> tuple[dict[str, Instant], set[str], set[str]]:
        """Reads the contracts whose time is not the store's, each with the time it has reached; those that are held for
        their past; and those of which something is due by `to`."""
        with self._program.store.history.database.connect() as reads:
            rows = reads.query("SELECT contract, watermark, has_joined FROM view_own_time")
            due = {
                commitment.partition("/")[0]
                for table in ("view_occurrence", "view_period")
                for (commitment,) in reads.query(f"SELECT DISTINCT commitment FROM {table} WHERE wake <= ?", [to])
            }
        return {name: at for name, at, _ in rows}, {name for name, _, has_joined in rows if not has_joined}, due

    def _note(self, held: Held | None) -> None:
        """Keeps what holds time; says it once where it lasts, and that it is over."""
        self._held = held
        if held is None and self._said is not None:
            log.info("time is held back no more", by=self._said)
            self._said = None
        elif held is not None and held.seconds >= SAID_AFTER and self._said != held.by:
            log.warning("time is held back", by=held.by, why=str(held))
            self._said = held.by

    def _since(self, by: Holder, why: str) -> Held:
        """Held by what does not say for how long itself."""
        if self._held is None or self._held.by != by:
            self._held_since = time.monotonic()
        return Held(by, why, time.monotonic() - self._held_since)

    def _hold(self, now: Instant) -> Instant:
        last = self._program.store.timekeeping.lived()
        was_down = last is not None and now - self._settle - last > 2 * AT_LEAST_EVERY
        if last is not None and was_down:
            fed = sorted({one.contract for one in self._program.store.read(ADMINISTRATOR, read_fed)})
            self._program.store.outages.was_down(PLATFORM, last, now, fed)
        if was_down and self._outage:
            log.warning("time waits for what producers repeat after the outage", seconds=self._outage // SECOND)
            return now + self._outage
        return now

    def _something_passes(self, last: Instant, to: Instant) -> bool:
        with self._program.store.history.database.connect() as reads:
            for table in ("view_occurrence", "view_period"):
                if reads.query(
                    f"SELECT wake FROM {table} WHERE wake <= ? AND {Scope().condition(table)} LIMIT 1", [to]
                ):
                    return True
        for contract in self._program.store.seeing.catalogue().contracts.values():
            meeting = next_meeting(contract, last)
            if meeting is not None and meeting.starts <= to:
                return True
        return False
