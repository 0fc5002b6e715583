"""Room for what is on its way in: a bound on memory, shared fairly among those who push.

Refused is who cannot be taken now, before anything of it is kept: 503 where the room is full, 429 where one alone has taken
its share of it. Both say when to try again.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from domain.saying import said
from services.errors import TooMany, Unavailable

LONGEST: Final = 30
"""Seconds that anybody is asked to wait."""


class Room:
    """The room of one event loop, for its thread alone. `what` says what is counted: events, bytes. One key may take half of
    it; into an empty room anything may go that is no larger than it."""

    def __init__(self, most: int, what: str):
        self._most = most
        self._what = what
        self._taken: Counter[str] = Counter()
        self._all = 0
        self._seconds_each = 0.0

    def take(self, key: str, size: int) -> None:
        """Takes room for `size` more. Raises TooMany, Unavailable where there is none, and nothing is taken."""
        if self._all and self._all + size > self._most:
            text = said("more {what} are arriving than can be stored", what=self._what)
            raise Unavailable(text, mend=said("send them again in a while"), retry_after=self.wait())
        if self._taken[key] and self._taken[key] + size > self._most // 2:
            text = said("{taken:,} {what} of yours are waiting already", taken=self._taken[key], what=self._what)
            raise TooMany(text, mend=said("wait for the answers before sending more"), retry_after=self.wait())
        self._taken[key] += size
        self._all += size

    def give_back(self, key: str, size: int) -> None:
        self._taken[key] -= size
        self._all -= size
        if self._taken[key] <= 0:
            del self._taken[key]

    def gave(self, size: int, seconds: float) -> None:
        """Notes how many seconds it took to store so much: `wait` goes by that."""
        if size:
            each = seconds / size
            self._seconds_each = each if not self._seconds_each else self._seconds_each * 0.8 + each * 0.2

    def wait(self) -> int:
        """Gives the whole seconds after which half of what waits should be gone: 1 to LONGEST."""
        return min(LONGEST, max(1, round(self._seconds_each * self._all / 2)))
