"""What was sent, and what was acknowledged: held against what the store has in the end.

An event is known by its bytes. Acknowledged is what a broker has confirmed, or HTTP has answered with 202.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import open_history


class Ledger:
    """Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent: Counter[bytes] = Counter()
        self.acknowledged: set[bytes] = set()

    def sends(self, items: Iterable[bytes]) -> None:
        with self._lock:
            self.sent.update(items)

    def acknowledges(self, items: Iterable[bytes]) -> None:
        with self._lock:
            self.acknowledged.update(items)

    def missing(self, store: str) -> set[bytes]:
        """What is acknowledged and not there."""
        stored, quarantined = kept(store)
        return self.acknowledged - stored.keys() - quarantined.keys()

    def complaints(self, store: str) -> list[str]:
        """stored ∪ quarantined ⊇ acknowledged, each once; stored ⊆ sent. Empty if all of it holds."""
        stored, quarantined = kept(store)
        found = [f"lost: {_short(one)}" for one in self.acknowledged - stored.keys() - quarantined.keys()]
        found += [f"never sent: {_short(one)}" for one in (stored.keys() | quarantined.keys()) - self.sent.keys()]
        found += [f"stored and set aside: {_short(one)}" for one in stored.keys() & quarantined.keys()]
        for what, counts in (("stored", stored), ("set aside", quarantined)):
            found += [f"{what} {times} times: {_short(one)}" for one, times in counts.items() if times > 1]
        return found


def kept(store: str) -> tuple[Counter[bytes], Counter[bytes]]:
    """The bytes of all events, and of all that was set aside."""
    history = open_history(store)
    try:
        entries = history.read(0, 10_000_000, [EVENT, QUARANTINED])
    finally:
        history.close()
    stored = Counter(unpack(one.state)[1] for one in entries if one.topic == EVENT)
    return stored, Counter(unpack(one.state)[1] for one in entries if one.topic == QUARANTINED)


def _short(item: bytes) -> str:
    return repr(item[:160])
