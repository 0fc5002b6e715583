"""A service: a unit of the organisation, or an outside entity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import stream_of


class Service(Aggregate):
    TOPIC = "entente.service"

    class Created(Aggregate.Created):
        TOPIC = "entente.service.created"
        service: str

    class Described(Aggregate.Event):
        TOPIC = "entente.service.described"
        document: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, service: str = "", **__: Any) -> UUID:
        return stream_of("service", service)

    @event(Created)
    def __init__(self, service: str):
        self.service = service
        self.document = ""

    def describe(self, document: str, *, by: str, at: int) -> None:
        self._described(document, by, at)

    @event(Described)
    def _described(self, document: str, by: str, at: int) -> None:
        self.document = document
