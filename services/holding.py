"""The reasons that keep time from passing, as they are said to people and to other programs."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from domain.saying import Said, said
from services.errors import some

Holder = Literal["body", "queue", "kafka", "outage", "clock"]
HOLDERS: Final[tuple[Holder, ...]] = ("body", "queue", "kafka", "outage", "clock")
"""A body that is still coming; what waits to be stored; a topic that is not read to its end; what producers repeat after an
outage of ours; a clock that cannot be right."""
MOST_SAID: Final = 5
"""Contracts that are named in a line."""


class Held(NamedTuple):
    """`seconds` is for how long. `waiting`: the contracts whose time waits, where that of others goes on; empty where all wait."""

    by: Holder
    why: str
    seconds: float
    waiting: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.line)

    @property
    def line(self) -> Said:
        """The line of `str`, to be said in another language."""
        said_first = said("{why}, for {seconds} s", why=self.why, seconds=f"{self.seconds:.0f}")
        if not self.waiting:
            return said_first
        return said("{held} (only of {contracts})", held=said_first, contracts=some(self.waiting, MOST_SAID))
