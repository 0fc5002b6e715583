"""The offer of a shared service as it is published: immutable versions, until it is withdrawn (SHARED §1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, stream_of
from domain.saying import said


@dataclass
class OfferVersion:
    """`document` is the canonical text of the file. `at`: an instant in microseconds since 1970 UTC."""

    number: int
    document: str
    by: str
    at: int


class Offer(Aggregate):
    """What one supplier offers. Its supplier never changes."""

    TOPIC = "entente.offer"

    class Created(Aggregate.Created):
        TOPIC = "entente.offer.created"
        offer: str
        supplier: str

    class Published(Aggregate.Event):
        TOPIC = "entente.offer.published"
        number: int
        document: str
        by: str
        at: int

    class Withdrawn(Aggregate.Event):
        TOPIC = "entente.offer.withdrawn"
        text: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, offer: str = "", **__: Any) -> UUID:
        return stream_of("offer", offer)

    @event(Created)
    def __init__(self, offer: str, supplier: str):
        self.offer = offer
        self.supplier = supplier
        self.versions: list[OfferVersion] = []
        self.withdrawn_at: int | None = None

    def publish(self, document: str, *, by: str, at: int) -> None:
        """The next version. What was withdrawn is offered again."""
        self._published(len(self.versions) + 1, document, by, at)

    def withdraw(self, text: str, *, by: str, at: int) -> None:
        """Nothing new is agreed of it; what is agreed stays. Raises DecisionRefused where it is withdrawn already."""
        if self.withdrawn_at is not None:
            raise DecisionRefused(said("the offer was withdrawn already"))
        self._withdrawn(text, by, at)

    @event(Published)
    def _published(self, number: int, document: str, by: str, at: int) -> None:
        self.versions.append(OfferVersion(number, document, by, at))
        self.withdrawn_at = None

    @event(Withdrawn)
    def _withdrawn(self, text: str, by: str, at: int) -> None:
        self.withdrawn_at = at
