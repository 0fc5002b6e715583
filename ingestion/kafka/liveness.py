"""Whether the client still hands over what the broker has: it may have lost its way, and it does not say so."""

from __future__ import annotations

from ingestion.kafka.every import Every


class Liveness:
    """When the broker is to be asked because nothing arrives, and what its answer means. `seconds`: how long nothing may arrive;
    `now` is in seconds of a clock that only grows."""

    def __init__(self, seconds: float, now: float):
        self._silent = Every(seconds, now)
        self._has_lacked = False

    def arrived(self, now: float) -> None:
        """Something has come, or could not have come before now."""
        self._silent.begin(now)
        self._has_lacked = False

    def is_due(self, now: float) -> bool:
        """True when nothing has arrived for so long that the broker is to be asked; not again before as long has passed."""
        return self._silent.is_due(now)

    def is_lost(self, *, lacks: bool) -> bool:
        """Judges the broker's answer: the client has lost its way when there is something that did not arrive, or nobody who
        is to read it (`lacks`), twice in a row. Once may be chance: it may have come just now. After that it is counted anew."""
        is_lost = lacks and self._has_lacked
        self._has_lacked = lacks and not is_lost
        return is_lost
