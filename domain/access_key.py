"""An access key of a service: one thing that a tool may do, until a day (trust §3). Its secret stands nowhere in the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import stream_of


class AccessKey(Aggregate):
    """`key` is the public part of it, by which it is listed and found."""

    TOPIC = "entente.access-key"

    class Created(Aggregate.Created):
        TOPIC = "entente.access-key.created"
        key: str
        service: str
        can: str
        sources: list[str]
        until: str
        by: str
        at: int
        page: str = ""
        """The one page that a wall screen shows by it. Keys of before have none."""

    class Revoked(Aggregate.Event):
        TOPIC = "entente.access-key.revoked"
        text: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, key: str = "", **__: Any) -> UUID:
        return stream_of("access-key", key)

    @event(Created)
    def __init__(
        self, key: str, service: str, can: str, sources: list[str], until: str, by: str, at: int, page: str = ""
    ):
        self.key = key
        self.service = service
        self.is_revoked = False

    def revoke(self, text: str, *, by: str, at: int) -> bool:
        """For good. False where that is done already."""
        if self.is_revoked:
            return False
        self._revoked(text, by, at)
        return True

    @event(Revoked)
    def _revoked(self, text: str, by: str, at: int) -> None:
        self.is_revoked = True
