"""What people say about a breach. The breach itself is derived and never in the history (DESIGN §4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, require_new, stream_of
from domain.saying import said


class BreachFile(Aggregate):
    TOPIC = "entente.breach"

    class Created(Aggregate.Created):
        TOPIC = "entente.breach.created"
        breach: str
        commitment: str

    class Acknowledged(Aggregate.Event):
        TOPIC = "entente.breach.acknowledged"
        by: str
        at: int

    class Explained(Aggregate.Event):
        TOPIC = "entente.breach.explained"
        text: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, breach: str = "", **__: Any) -> UUID:
        return stream_of("breach", breach)

    @event(Created)
    def __init__(self, breach: str, commitment: str):
        self.breach = breach
        self.commitment = commitment
        self.acknowledged: Note | None = None
        self.explanations: list[Note] = []

    def acknowledge(self, *, by: str, at: int) -> None:
        if self.acknowledged is not None:
            raise DecisionRefused(said("acknowledged already by {by}", by=self.acknowledged["by"]))
        self._acknowledged(by, at)

    def explain(self, text: str, *, by: str, at: int) -> None:
        require_new(self.explanations, text, by)
        self._explained(text, by, at)

    @event(Acknowledged)
    def _acknowledged(self, by: str, at: int) -> None:
        self.acknowledged = {"by": by, "at": at, "text": ""}

    @event(Explained)
    def _explained(self, text: str, by: str, at: int) -> None:
        self.explanations.append({"by": by, "at": at, "text": text})
