"""What keeps time from passing, as it is said to people and to other programs."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

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
        some = ", ".join(self.waiting[:MOST_SAID])
        more = f" and {len(self.waiting) - MOST_SAID} more" if len(self.waiting) > MOST_SAID else ""
        whose = f" (only of {some}{more})" if self.waiting else ""
        return f"{self.why}, for {self.seconds:.0f} s{whose}"
