"""A review: the meeting of client and supplier, its minutes, decisions and two signatures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, place_of_own, require_new, stream_of, without_own
from domain.saying import said
from domain.terms import Party


class Review(Aggregate):
    """`review` is `contract@YYYY-MM-DD`. `pack_position` is the history position that its pack shows, judged as of `watermark`:
    however far the step of time went that called it. None in reviews of before: what was shown at that position."""

    TOPIC = "entente.review"

    class Created(Aggregate.Created):
        TOPIC = "entente.review.called"
        review: str
        contract: str
        starts: int
        pack_position: int
        by: str
        at: int
        watermark: int | None = None

    class MinutesTaken(Aggregate.Event):
        TOPIC = "entente.review.minutes-taken"
        text: str
        by: str
        at: int

    class DecisionRecorded(Aggregate.Event):
        TOPIC = "entente.review.decision-recorded"
        text: str
        by: str
        at: int

    class MinutesTakenBack(Aggregate.Event):
        TOPIC = "entente.review.minutes-taken-back"
        said_at: int
        by: str
        at: int

    class DecisionTakenBack(Aggregate.Event):
        TOPIC = "entente.review.decision-taken-back"
        said_at: int
        by: str
        at: int

    class Signed(Aggregate.Event):
        TOPIC = "entente.review.signed"
        party: str
        service: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, review: str = "", **__: Any) -> UUID:
        return stream_of("review", review)

    @event(Created)
    def __init__(
        self,
        review: str,
        contract: str,
        starts: int,
        pack_position: int,
        by: str,
        at: int,
        watermark: int | None = None,
    ):
        self.review = review
        self.contract = contract
        self.starts = starts
        self.pack_position = pack_position
        self.watermark = watermark
        self.minutes: list[Note] = []
        self.decisions: list[Note] = []
        self.signatures: list[Note] = []
        self.taken_back = 0
        """How many minutes and decisions were taken back."""

    @property
    def entries(self) -> int:
        """How often its minutes or decisions were changed: who signs has read as many."""
        return len(self.minutes) + len(self.decisions) + 2 * self.taken_back

    def take_minutes(self, text: str, *, by: str, at: int) -> None:
        self._unsigned()
        require_new(self.minutes, text, by)
        self._minutes_taken(text, by, at)

    def record_decision(self, text: str, *, by: str, at: int) -> None:
        self._unsigned()
        require_new(self.decisions, text, by)
        self._decision_recorded(text, by, at)

    def take_back_minutes(self, said_at: int, *, by: str, at: int) -> None:
        """By who noted them, until somebody has signed."""
        self._unsigned()
        place_of_own(self.minutes, said_at, by)
        self._minutes_taken_back(said_at, by, at)

    def take_back_decision(self, said_at: int, *, by: str, at: int) -> None:
        """By who recorded it, until somebody has signed."""
        self._unsigned()
        place_of_own(self.decisions, said_at, by)
        self._decision_taken_back(said_at, by, at)

    def sign(self, party: Party, service: str, *, by: str, at: int) -> None:
        if any(one["party"] == party for one in self.signatures):
            raise DecisionRefused(said("{service} has signed it already", service=service))
        self._signed(party, service, by, at)

    def _unsigned(self) -> None:
        if self.signatures:
            raise DecisionRefused(said("it was signed: what was signed is not changed any more"))

    @event(MinutesTaken)
    def _minutes_taken(self, text: str, by: str, at: int) -> None:
        self.minutes.append({"by": by, "at": at, "text": text})

    @event(DecisionRecorded)
    def _decision_recorded(self, text: str, by: str, at: int) -> None:
        self.decisions.append({"by": by, "at": at, "text": text})

    @event(MinutesTakenBack)
    def _minutes_taken_back(self, said_at: int, by: str, at: int) -> None:
        self.minutes = without_own(self.minutes, said_at, by)
        self.taken_back += 1

    @event(DecisionTakenBack)
    def _decision_taken_back(self, said_at: int, by: str, at: int) -> None:
        self.decisions = without_own(self.decisions, said_at, by)
        self.taken_back += 1

    @event(Signed)
    def _signed(self, party: str, service: str, by: str, at: int) -> None:
        self.signatures.append({"party": party, "service": service, "by": by, "at": at})
