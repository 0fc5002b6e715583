"""How far time has come: that of the store, and the one contract's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Time:
    """`own` is what was declared for the contract alone; while it `is_held`, only that counts."""

    store: datetime | None = None
    own: datetime | None = None
    is_held: bool = False

    @property
    def watermark(self) -> datetime | None:
        if self.is_held:
            return self.own
        return max((one for one in (self.store, self.own) if one is not None), default=None)

    def advance(self, moment: datetime) -> None:
        self.store = max(self.store or moment, moment)

    def hold(self, start: datetime) -> None:
        """It waits at its start; where the store's time has not come so far it has joined at once."""
        if self.store is not None and start < self.store:
            self.is_held = True
            self.declare(start)

    def declare(self, moment: datetime) -> None:
        """Not before the store's time it joins that."""
        self.own = max(self.own or moment, moment)
        if self.is_held and (self.store is None or self.own >= self.store):
            self.is_held = False
