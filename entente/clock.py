"""Judges whether the clock of the machine can be right, by what the history has received: only then may time pass by itself."""

from __future__ import annotations

from typing import Final

from domain.saying import said
from domain.times import Instant, show
from services.history.history import History
from services.history.received import received_at

SECOND: Final = 1_000_000
DAYS: Final = 7
LEAP: Final = DAYS * 86_400 * SECOND
BACK: Final = 60 * SECOND
"""Microseconds that clocks of several machines may be apart before one of them is called wrong."""


class ClockWatch:
    """Trusts a clock as long as it goes on from where it was seen last: at the start, the last entry of the history; then each
    look. `is_accepted`: somebody has said that it is right now, whatever the history says."""

    def __init__(self, history: History, *, is_accepted: bool = False):
        self._seen = None if is_accepted else last_received(history)

    def why_not(self, now: Instant) -> str | None:
        """Why this cannot be the time; None where it can. A clock that is set right again is trusted again."""
        if self._seen is not None and (why := implausible(now, self._seen)) is not None:
            return said("{why}: set the clock, or `entente serve --accept-clock` where it is right", why=why)
        self._seen = now if self._seen is None else max(now, self._seen)
        return None


def implausible(now: Instant, seen: Instant) -> str | None:
    """Says what is wrong with a clock that says `now` after it was `seen`; None where nothing is."""
    if now < seen - BACK:
        return said(
            "the clock says {now}, before {seen} when something was received last", now=show(now), seen=show(seen)
        )
    if now > seen + LEAP:
        return said(
            "the clock says {now}, more than {days} days after {seen} when it was last known to be right",
            now=show(now),
            days=DAYS,
            seen=show(seen),
        )
    return None


def last_received(history: History) -> Instant | None:
    """Gives the instant at which the last entry was received; None while nothing says it."""
    last = history.last_position()
    entries = history.read(last - 1, 1) if last else []
    return (received_at(history, entries[0]) or None) if entries else None
