"""How many sign-ins by an identity provider one address has under way: beginning one takes nothing but a request, and is kept."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock
from typing import Final

from domain.durations import SECOND
from domain.saying import said
from domain.times import Clock, Instant
from services.errors import TooMany
from services.throttling import network_of

MOST: Final = 200
"""Begun and not come back of one address, which may be that of a whole building."""
NETWORKS: Final = 10_000
"""Addresses that are remembered, those from which something was begun last."""


class UnderWay:
    """Of this program alone, in memory. `lasts`: how long, in microseconds, somebody may take at the provider."""

    def __init__(self, clock: Clock, lasts: Instant):
        self._clock, self._lasts = clock, lasts
        self._begun: OrderedDict[str, deque[Instant]] = OrderedDict()
        self._turn = Lock()

    def begin(self, address: str) -> None:
        """Raises TooMany where as many are under way from there as may be."""
        name, now = network_of(address), self._clock()
        with self._turn:
            begun = self._begun.setdefault(name, deque())
            while begun and not 0 <= now - begun[0] < self._lasts:
                begun.popleft()
            if len(begun) >= MOST:
                raise TooMany(
                    said("too many sign-ins are under way from this address"),
                    mend=said("try again in a few minutes"),
                    retry_after=max(1, (begun[0] + self._lasts - now) // SECOND),
                )
            begun.append(now)
            self._begun.move_to_end(name)
            if len(self._begun) > NETWORKS:
                self._begun.popitem(last=False)

    def end(self, address: str) -> None:
        """One of them came back."""
        with self._turn:
            if begun := self._begun.get(network_of(address)):
                begun.popleft()
