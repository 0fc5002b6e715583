"""What is done now and then, in a loop that comes round far more often. The clock is the caller's: any seconds that only grow."""

from __future__ import annotations

from math import inf


class Every:
    """Due once `seconds` have passed since it was due last, or since `begun`; where that is left out, at once."""

    def __init__(self, seconds: float, begun: float = -inf):
        self._seconds = seconds
        self._since = begun

    def is_due(self, now: float) -> bool:
        """True from the end of the seconds on, that instant included; they begin anew where it is so."""
        is_due = now >= self._since + self._seconds
        if is_due:
            self._since = now
        return is_due

    def begin(self, now: float) -> None:
        """The seconds begin anew."""
        self._since = now
