"""A list of root causes of the organisation, as it is published: immutable versions (MEETING §3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import stream_of


class Causes(Aggregate):
    TOPIC = "entente.causes"

    class Created(Aggregate.Created):
        TOPIC = "entente.causes.created"
        causes: str

    class Published(Aggregate.Event):
        TOPIC = "entente.causes.published"
        number: int
        document: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, causes: str = "", **__: Any) -> UUID:
        return stream_of("causes", causes)

    @event(Created)
    def __init__(self, causes: str):
        self.causes = causes
        self.document = ""
        self.versions = 0

    def publish(self, document: str, *, by: str, at: int) -> None:
        """The list from now on; empty, where it says nothing yet."""
        self._published(self.versions + 1, document, by, at)

    @event(Published)
    def _published(self, number: int, document: str, by: str, at: int) -> None:
        self.versions = number
        self.document = document
