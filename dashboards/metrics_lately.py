"""Keeps the text that was made last for a reader who comes when none can be made: a scrape is wanted most when the store does not
answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final

from services.errors import Unavailable

PATIENCE: Final = 5.0
"""Seconds that a reader waits: scrapers wait for ten by themselves."""


class _Making:
    """A text that is being made, in a thread that ends by itself."""

    def __init__(self, make: Callable[[], bytes]):
        self.made: bytes | None = None
        self.error: Exception | None = None
        self._make = make
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def is_over(self, patience: float) -> bool:
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.made = self._make()
        except Exception as error:
            self.error = error


class Lately:
    """Texts by key, of which each is made once at a time, however many ask."""

    patience = PATIENCE

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: dict[Hashable, _Making] = {}
        self._kept: dict[Hashable, tuple[float, bytes]] = {}

    def get(self, key: Hashable, make: Callable[[], bytes]) -> tuple[bytes, float]:
        """The text, and how many seconds old it is: 0 where it was made now. An empty one, infinitely old, where none was ever made.
        Raises what making it raises, but for Unavailable."""
        with self._lock:
            making = self._at_work.get(key)
            if making is None:
                making = self._at_work[key] = _Making(make)
        if making.is_over(self.patience):
            with self._lock:
                if self._at_work.get(key) is making:
                    del self._at_work[key]
            if making.made is not None:
                self._kept[key] = time.monotonic(), making.made
                return making.made, 0.0
            if making.error is not None and not isinstance(making.error, Unavailable):
                raise making.error
        if key not in self._kept:
            return b"", float("inf")
        at, text = self._kept[key]
        return text, time.monotonic() - at
