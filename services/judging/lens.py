"""The lens through which the history is looked at: as of a moment, up to a position."""

from __future__ import annotations

from dataclasses import dataclass

from domain.events import OperationalEvent
from domain.times import Instant


@dataclass(frozen=True, slots=True)
class Lens:
    """Looks at the history as of a moment (MEANING §6): events that happened later are left out, time stops there.
    `last_position` cuts the history behind an entry."""

    as_of: Instant | None = None
    last_position: int | None = None

    def shows(self, event: OperationalEvent) -> bool:
        return self.as_of is None or event.time <= self.as_of

    def cap(self, time: Instant) -> Instant:
        return time if self.as_of is None else min(time, self.as_of)
