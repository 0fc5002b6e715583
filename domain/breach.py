"""What people say about a breach. The breach itself is derived and never in the history (DESIGN §4)."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, place_of_own, require_new, stream_of, without_own
from domain.saying import said

Side = Literal["debtor", "creditor"]
"""Who speaks of a breach: the service that owed what was not kept, or the one it was owed to."""
SIDES: Final = get_args(Side)


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

    class Attributed(Aggregate.Event):
        """One side says which root cause it is due to."""

        TOPIC = "entente.breach.attributed"
        root_cause: str
        side: str
        by: str
        at: int

    class AttributionTakenBack(Aggregate.Event):
        TOPIC = "entente.breach.attribution-taken-back"
        said_at: int
        by: str
        at: int

    class AttributionDecided(Aggregate.Event):
        """Both sides have signed in that review which root cause it is due to."""

        TOPIC = "entente.breach.attribution-decided"
        root_cause: str
        review: str
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
        self.attributions: list[Note] = []
        """What the sides said, in their order: the `text` is the root cause, `side` who said so."""
        self.decided: Note | None = None
        """The root cause (`text`) that both have signed, and in which `review`."""
        self.taken_back_at: int | None = None
        """When something was taken back last: from then on it may wait for somebody again."""

    @property
    def attributed(self) -> list[Note]:
        """The last of each side, the debtor's first."""
        last = {one["side"]: one for one in self.attributions}
        return [last[side] for side in SIDES if side in last]

    @property
    def root_cause(self) -> str | None:
        """The one that counts: what both decided, else the debtor's, else the other side's."""
        counts = [self.decided] if self.decided is not None else self.attributed
        return counts[0]["text"] if counts else None

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

    def attribute(self, root_cause: str, side: Side, *, by: str, at: int) -> None:
        """The side's cause from now on, until a review has decided one."""
        self._require_undecided()
        if any((one["side"], one["text"]) == (side, root_cause) for one in self.attributed):
            raise DecisionRefused(said("the same was said already"))
        self._attributed(root_cause, side, by, at)

    def take_back_attribution(self, said_at: int, *, by: str, at: int) -> None:
        """By who said it, until the other side said one since, or a review decided it; what its side said before counts again."""
        self._require_undecided()
        place = place_of_own(self.attributions, said_at, by)
        side = self.attributions[place]["side"]
        if any(one["side"] != side for one in self.attributions[place + 1 :]):
            raise DecisionRefused(said("it was answered since"))
        self._attribution_taken_back(said_at, by, at)

    def decide_attribution(self, root_cause: str, review: str, *, by: str, at: int) -> None:
        """As both have signed in that review, instead of what either said and of what an earlier one decided."""
        if self.decided is not None and (self.decided["text"], self.decided["review"]) == (root_cause, review):
            raise DecisionRefused(said("the same was said already"))
        self._attribution_decided(root_cause, review, by, at)

    def _require_undecided(self) -> None:
        if self.decided is not None:
            raise DecisionRefused(
                said(
                    "{review} decided it: only a decision of a later meeting changes that",
                    review=self.decided["review"],
                )
            )

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

    @event(Attributed)
    def _attributed(self, root_cause: str, side: str, by: str, at: int) -> None:
        self.attributions.append({"by": by, "at": at, "text": root_cause, "side": side})

    @event(AttributionTakenBack)
    def _attribution_taken_back(self, said_at: int, by: str, at: int) -> None:
        self.attributions = without_own(self.attributions, said_at, by)

    @event(AttributionDecided)
    def _attribution_decided(self, root_cause: str, review: str, by: str, at: int) -> None:
        self.decided = {"by": by, "at": at, "text": root_cause, "review": review}
