"""Who is let in, and as what: the access document of the organisation, and who was suspended (trust §3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import stream_of

ACCESS = stream_of("access", "")
"""The one stream: a second document takes the place of the first, whatever its name."""


class Access(Aggregate):
    """The document in force, as people wrote it but for names and addresses, which lie in the directory."""

    TOPIC = "entente.access"

    class Created(Aggregate.Created):
        TOPIC = "entente.access.created"

    class Described(Aggregate.Event):
        TOPIC = "entente.access.described"
        document: str
        by: str
        at: int

    class Suspended(Aggregate.Event):
        TOPIC = "entente.access.suspended"
        person: str
        text: str
        by: str
        at: int

    class Resumed(Aggregate.Event):
        TOPIC = "entente.access.resumed"
        person: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, **__: Any) -> UUID:
        return ACCESS

    @event(Created)
    def __init__(self) -> None:
        self.document = ""
        self.suspended: set[str] = set()

    def describe(self, document: str, *, by: str, at: int) -> None:
        self._described(document, by, at)

    def suspend(self, person: str, text: str, *, by: str, at: int) -> bool:
        """Takes somebody out at once, whatever the document says. False where that is so already."""
        if person in self.suspended:
            return False
        self._suspended(person, text, by, at)
        return True

    def resume(self, person: str, *, by: str, at: int) -> bool:
        """Lets somebody in again, with what the document says. False where nobody had suspended them."""
        if person not in self.suspended:
            return False
        self._resumed(person, by, at)
        return True

    @event(Described)
    def _described(self, document: str, by: str, at: int) -> None:
        self.document = document

    @event(Suspended)
    def _suspended(self, person: str, text: str, by: str, at: int) -> None:
        self.suspended.add(person)

    @event(Resumed)
    def _resumed(self, person: str, by: str, at: int) -> None:
        self.suspended.discard(person)
