"""Time is an event: the history records “all events up to T have been received” (DESIGN §3.4, MEANING §2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.times import Instant, show, tzdata_version
from services.access import Principal
from services.errors import NotAllowed
from services.history.entries import RULES, TIME, pack, rules_stream, time_stream, unpack
from services.history.history import Fact, History
from services.judging.views import JUDGING


@dataclass(frozen=True, slots=True)
class Advanced:
    """The watermark after the call, and whether it moved. `position` is that of the entry that says so."""

    watermark: Instant
    has_moved: bool
    position: int

    def __str__(self) -> str:
        return f"{'time has passed to' if self.has_moved else 'already at'} {show(self.watermark)}"


class Timekeeping:
    """Writes *time passed T*. The watermark only grows; a smaller T changes nothing."""

    def __init__(self, history: History, now: Callable[[], Instant]):
        self._history = history
        self._now = now
        self._read_to = 0
        self._watermark: Instant | None = None

    def advance(self, who: Principal, to: Instant) -> Advanced:
        if who.role == "auditor":
            raise NotAllowed("an auditor decides nothing", mend="act as a service, or as administrator")
        watermark = self.watermark()
        if watermark is not None and to <= watermark:
            return Advanced(watermark, False, self._read_to)
        state = pack({"time": to, "received": self._now(), "by": str(who)}, b"")
        [appended] = self._history.append_facts([Fact(time_stream(to), TIME, state)])
        return Advanced(to, appended.is_new, appended.position)

    def watermark(self) -> Instant | None:
        """The largest T in the history; None before the first."""
        while entries := self._history.read(self._read_to, 1_000, [TIME]):
            for entry in entries:
                time: Instant = unpack(entry.state)[0]["time"]
                self._watermark = time if self._watermark is None else max(time, self._watermark)
            self._read_to = entries[-1].position
        return self._watermark


def adopt_rules(history: History, now: Callable[[], Instant]) -> None:
    """A new store begins with the rules of the program that made it (MEANING §7); a store that has some keeps them."""
    if history.read(0, 1, [RULES]):
        return
    header = {"judging": JUDGING, "tzdata": tzdata_version(), "received": now(), "by": "entente"}
    history.append_facts([Fact(rules_stream(str(JUDGING), tzdata_version()), RULES, pack(header, b""))])
