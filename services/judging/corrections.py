"""Events that take an earlier one out for good, or put themselves in its place (MEANING §3 `voids`, `replaces`).

The corrected event is named by its id and shares the source; it may come later than its correction. What is out stays out,
so chains need no following: of A, replaced by B, replaced by C, only C is evidence.
"""

from __future__ import annotations

from domain.events import OperationalEvent
from services.history.databases import Transaction
from services.history.entries import event_stream
from services.history.history import History
from services.history.stored_events import event_of


class Corrections:
    """The events that other events take out, by source and id, as far as judging has read."""

    def __init__(self, history: History):
        self._history = history
        self._out: set[tuple[str, str]] = set()

    def load(self, reads: Transaction) -> None:
        self._out = {(source, id) for source, id in reads.query("SELECT source, id FROM view_correction")}

    def is_out(self, event: OperationalEvent) -> bool:
        return bool(self._out) and (event.source, event.id) in self._out

    def is_evidence(self, event: OperationalEvent) -> bool:
        """A voiding event is itself no evidence; a replacing one is."""
        return event.voids is None and not self.is_out(event)

    def take(self, writes: Transaction, event: OperationalEvent) -> list[OperationalEvent]:
        """Notes what the event corrects; the events, of those judged before, that are out from now on."""
        gone = []
        for id in dict.fromkeys(one for one in (event.voids, event.replaces) if one is not None):
            if (event.source, id) in self._out or id == event.id:
                continue
            self._out.add((event.source, id))
            writes.execute(
                "INSERT INTO view_correction (source, id, position) VALUES (?, ?, ?) ON CONFLICT (source, id) DO NOTHING",
                [event.source, id, event.position],
            )
            entry = self._history.find(event_stream(event.source, id))
            if entry is not None and entry.position < event.position:
                found = event_of(entry.state, entry.position)
                if found.voids is None:  # a voiding event was never evidence
                    gone.append(found)
        return gone
