"""A source: the name under which a tool sends. It belongs to the service that declared it first, until that one gives it up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import stream_of


class Source(Aggregate):
    """The stream that two services meet in which declare the same source at once: one of them is first."""

    TOPIC = "entente.source"

    class Created(Aggregate.Created):
        TOPIC = "entente.source.created"
        source: str

    class Declared(Aggregate.Event):
        TOPIC = "entente.source.declared"
        service: str
        by: str
        at: int

    class GivenUp(Aggregate.Event):
        TOPIC = "entente.source.given-up"
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, source: str = "", **__: Any) -> UUID:
        return stream_of("source", source)

    @event(Created)
    def __init__(self, source: str):
        self.source = source
        self.service: str | None = None

    def declare(self, service: str, *, by: str, at: int) -> None:
        """Nothing happens where it is that service's already."""
        if self.service != service:
            self._declared(service, by, at)

    def give_up(self, service: str, *, by: str, at: int) -> None:
        """Nothing happens where it is not that service's."""
        if self.service == service:
            self._given_up(by, at)

    @event(Declared)
    def _declared(self, service: str, by: str, at: int) -> None:
        self.service = service

    @event(GivenUp)
    def _given_up(self, by: str, at: int) -> None:
        self.service = None
