"""The lens through which the history is looked at: as of a moment, up to a position."""

from __future__ import annotations

from dataclasses import dataclass

from domain.events import OperationalEvent
from domain.times import Instant


class Beyond(Exception):
    """An entry says something of later than the moment."""


@dataclass(frozen=True, slots=True)
class Lens:
    """Looks at the history as of a moment (MEANING §6): events that happened later are left out, time stops there.
    `last_position` cuts the history behind an entry. `until_beyond`: instead of leaving anything out, `Beyond` is raised."""

    as_of: Instant | None = None
    last_position: int | None = None
    until_beyond: bool = False

    def shows(self, event: OperationalEvent) -> bool:
        return self._is_within(event.time)

    def cap(self, time: Instant) -> Instant:
        return time if self.as_of is None or self._is_within(time) else self.as_of

    def _is_within(self, time: Instant) -> bool:
        is_within = self.as_of is None or time <= self.as_of
        if self.until_beyond and not is_within:
            raise Beyond
        return is_within
