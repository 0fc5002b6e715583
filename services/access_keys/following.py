"""The access keys that there are: what each is for, until when, and whether it was revoked; followed from the history."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Any, Final, Literal
from uuid import UUID

from domain.access_key import AccessKey
from domain.times import Instant
from services.history.history import Entry, History

Can = Literal["push", "read", "metrics", "calendar"]
EVERY: Final = ""
"""In the place of a service: a key of the administrator, for `metrics` of all."""
FRESH_SECONDS: Final = 0.5
"""How old what is known of the keys may be: a key that is revoked anywhere opens nothing a second later."""
_A_PAGE: Final = 1_000
_TOPICS: Final = (AccessKey.Created.TOPIC, AccessKey.Revoked.TOPIC)


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """A key without its secret. `sources` are patterns of what it may push (`helpdesk/*`); none: all that the service declares.
    `page`: the one page that a wall screen shows by it, and then it opens nothing else. `until` is its last day, in the organisation's
    zone."""

    key: str
    service: str
    can: Can
    sources: tuple[str, ...]
    until: date
    by: str
    made: Instant
    is_revoked: bool = False
    page: str = ""

    def is_live(self, day: date) -> bool:
        return not self.is_revoked and day <= self.until

    def state(self, day: date) -> Literal["live", "revoked", "over"]:
        return "revoked" if self.is_revoked else "live" if self.is_live(day) else "over"


class AccessKeys:
    """Safe for several threads. `seconds` is a clock that only grows."""

    def __init__(self, history: History, seconds: Callable[[], float] = time.monotonic):
        self._history = history
        self._seconds = seconds
        self._lock = Lock()
        self._reached = 0
        self._looked = float("-inf")
        self._keys: dict[str, KeyTerms] = {}
        self._names: dict[UUID, str] = {}

    def of(self, key: str) -> KeyTerms | None:
        """The key with that public part, as it was half a second ago at the latest."""
        if self._seconds() - self._looked >= FRESH_SECONDS:
            self.all()
        return self._keys.get(key)

    def all(self) -> Mapping[str, KeyTerms]:
        """Every key, by its public part, as the history has them now."""
        with self._lock:
            looked = self._seconds()  # before: what is known is as old as where the look began
            self._follow()
            self._looked = looked
        return self._keys

    def _follow(self) -> None:
        last = self._history.last_position()
        if last < self._reached:  # another history stands here now
            self._reached, self._keys, self._names = 0, {}, {}
        keys = dict(self._keys)
        while self._reached < last and (page := self._history.read(self._reached, _A_PAGE, _TOPICS)):
            for entry in page:
                self._take(entry, keys)
            self._reached = page[-1].position
        self._reached, self._keys = max(self._reached, last), keys

    def _take(self, entry: Entry, keys: dict[str, KeyTerms]) -> None:
        said: Any = self._history.decode(entry)
        if entry.topic == AccessKey.Revoked.TOPIC:
            name = self._names[entry.stream]
            keys[name] = replace(keys[name], is_revoked=True)
            return
        self._names[entry.stream] = said.key
        until = date.fromisoformat(said.until)
        keys[said.key] = KeyTerms(
            said.key, said.service, said.can, tuple(said.sources), until, said.by, said.at, page=said.page
        )
