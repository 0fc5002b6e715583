"""What keeps time from passing, as it is said to people and to other programs."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Holder = Literal["body", "queue", "kafka", "outage", "clock"]
HOLDERS: Final[tuple[Holder, ...]] = ("body", "queue", "kafka", "outage", "clock")
"""A body that is still coming; what waits to be stored; a topic that is not read to its end; what producers repeat after an
outage of ours; a clock that cannot be right."""


class Held(NamedTuple):
    """`seconds` is for how long."""

    by: Holder
    why: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.why}, for {self.seconds:.0f} s"
