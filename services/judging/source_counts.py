"""The counts of what each source sends: how many events of each type, how many of them no contract claims, when the
last happened."""

from __future__ import annotations

from dataclasses import dataclass

from domain.events import OperationalEvent
from domain.times import Instant
from services.history.databases import Transaction


@dataclass(slots=True)
class _Counts:
    last: Instant
    events: int = 0
    unclaimed: int = 0


class SourceCounts:
    """Counts of one batch, which `write` adds to those stored."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], _Counts] = {}

    def forget(self) -> None:
        self._counts = {}

    def types(self) -> set[str]:
        """The types counted since the last write."""
        return {kind for kind, _ in self._counts}

    def count(self, event: OperationalEvent, *, is_claimed: bool) -> None:
        counts = self._counts.get((event.type, event.source))
        if counts is None:
            counts = self._counts[(event.type, event.source)] = _Counts(event.time)
        counts.events += 1
        counts.unclaimed += not is_claimed
        if event.time > counts.last:
            counts.last = event.time

    def claim(self, kind: str, source: str, *, more_claimed: int, last: Instant) -> None:
        """A version that came later claims an event that nobody claimed before, or (−1) no longer claims it."""
        if not more_claimed:
            return
        counts = self._counts.setdefault((kind, source), _Counts(last))
        counts.unclaimed -= more_claimed

    def write(self, writes: Transaction) -> None:
        rows = [(*key, one.events, one.unclaimed, one.last) for key, one in sorted(self._counts.items())]
        if rows:
            writes.insert(
                "view_seen",
                ("type", "source", "events", "unclaimed", "last_time"),
                rows,
                "(type, source) DO UPDATE SET events = view_seen.events + excluded.events, "
                "unclaimed = view_seen.unclaimed + excluded.unclaimed, last_time = CASE WHEN excluded.last_time > "
                "view_seen.last_time THEN excluded.last_time ELSE view_seen.last_time END",
            )
        self._counts = {}
