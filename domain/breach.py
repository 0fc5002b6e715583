"""What people say about a breach. The breach itself is derived and never in the history (DESIGN §4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, place_of_own, require_new, stream_of, without_own
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

    class AcknowledgementTakenBack(Aggregate.Event):
        TOPIC = "entente.breach.acknowledgement-taken-back"
        by: str
        at: int

    class ExplanationTakenBack(Aggregate.Event):
        TOPIC = "entente.breach.explanation-taken-back"
        said_at: int
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
        self.taken_back_at: int | None = None
        """When something was taken back last: from then on it may wait for somebody again."""

    def acknowledge(self, *, by: str, at: int) -> None:
        if self.acknowledged is not None:
            raise DecisionRefused(said("acknowledged already by {by}", by=self.acknowledged["by"]))
        self._acknowledged(by, at)

    def explain(self, text: str, *, by: str, at: int) -> None:
        require_new(self.explanations, text, by)
        self._explained(text, by, at)

    def take_back_acknowledgement(self, said_at: int, *, by: str, at: int) -> None:
        """By who acknowledged it then, until somebody explains it."""
        place_of_own([self.acknowledged] if self.acknowledged is not None else [], said_at, by)
        if self.explanations:
            raise DecisionRefused(said("it was explained since"))
        self._acknowledgement_taken_back(by, at)

    def take_back_explanation(self, said_at: int, *, by: str, at: int) -> None:
        """By who gave it, until somebody else has said something to it."""
        place = place_of_own(self.explanations, said_at, by)
        if any(one["by"] != by for one in self.explanations[place + 1 :]):
            raise DecisionRefused(said("it was answered since"))
        self._explanation_taken_back(said_at, by, at)

    @event(Acknowledged)
    def _acknowledged(self, by: str, at: int) -> None:
        self.acknowledged = {"by": by, "at": at, "text": ""}

    @event(Explained)
    def _explained(self, text: str, by: str, at: int) -> None:
        self.explanations.append({"by": by, "at": at, "text": text})

    @event(AcknowledgementTakenBack)
    def _acknowledgement_taken_back(self, by: str, at: int) -> None:
        self.acknowledged = None
        self.taken_back_at = at

    @event(ExplanationTakenBack)
    def _explanation_taken_back(self, said_at: int, by: str, at: int) -> None:
        self.explanations = without_own(self.explanations, said_at, by)
        self.taken_back_at = at
