"""A complaint: what a client says went wrong with a shared service, and what its supplier makes of it (SHARED §7).

    received → acknowledged → answered → closed
                              answered → contested → answered …

What people write is kept as `words`: in clear, or sealed under a data key (services/complaints/sealed_words.py). `time` is when
something happened, `at` when it was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused
from domain.saying import heard, said
from domain.terms import Party
from domain.times import Instant, show

ComplaintState = Literal["received", "acknowledged", "answered", "contested", "closed"]
ClosingReason = Literal["accepted", "silent"]
Channel = Literal["page", "mail", "phone", "letter", "meeting", "desk", "other"]
Words = dict[str, str]
"""`text`, or `key` and `sealed`."""
OPEN: Final = ("received", "acknowledged", "answered", "contested")
WAITS_FOR: Final[dict[str, Party]] = {
    "received": "supplier",
    "acknowledged": "supplier",
    "contested": "supplier",
    "answered": "client",
}
"""Who has to say something next."""


@dataclass
class Step:
    """One thing that was done, as it is shown. `words`: None where nothing was written."""

    verb: str
    time: Instant
    by: str
    at: Instant
    words: Words | None = None
    detail: dict[str, Any] | None = None


class Complaint(Aggregate):
    """`about`: the offer, or what of a contract (`contract/deliverable[/criterion]`). `offer`: None where it belongs to none.
    `party`: who received it; the supplier does on its client's behalf."""

    TOPIC = "entente.complaint"

    class Created(Aggregate.Created):
        TOPIC = "entente.complaint.received"
        complaint: str
        about: str
        offer: str | None
        supplier: str
        client: str
        channel: Channel
        party: Party
        words: Words
        time: Instant
        by: str
        at: int

    class Acknowledged(Aggregate.Event):
        TOPIC = "entente.complaint.acknowledged"
        time: Instant
        by: str
        at: int

    class Classified(Aggregate.Event):
        TOPIC = "entente.complaint.classified"
        feature: str | None
        root_cause: str | None
        severity: int
        time: Instant
        by: str
        at: int

    class Assigned(Aggregate.Event):
        TOPIC = "entente.complaint.assigned"
        service: str
        person: str | None
        time: Instant
        by: str
        at: int

    class Answered(Aggregate.Event):
        TOPIC = "entente.complaint.answered"
        words: Words
        time: Instant
        by: str
        at: int

    class Accepted(Aggregate.Event):
        TOPIC = "entente.complaint.accepted"
        time: Instant
        by: str
        at: int

    class Contested(Aggregate.Event):
        TOPIC = "entente.complaint.contested"
        words: Words
        time: Instant
        by: str
        at: int

    class Closed(Aggregate.Event):
        TOPIC = "entente.complaint.closed"
        reason: ClosingReason
        time: Instant
        by: str
        at: int

    class Linked(Aggregate.Event):
        TOPIC = "entente.complaint.linked"
        action: str
        time: Instant
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, complaint: str = "", **__: Any) -> UUID:
        return UUID(complaint)

    @event(Created)
    def __init__(
        self,
        complaint: str,
        about: str,
        offer: str | None,
        supplier: str,
        client: str,
        channel: Channel,
        party: Party,
        words: Words,
        time: Instant,
        by: str,
        at: int,
    ):
        self.complaint = complaint
        self.about = about
        self.offer = offer
        self.supplier = supplier
        self.client = client
        self.channel = channel
        self.party = party
        self.by = by
        self.state: ComplaintState = "received"
        self.reached = time
        self.answers = 0
        self.feature: str | None = None
        self.root_cause: str | None = None
        self.severity: int | None = None
        self.service: str | None = None
        self.person: str | None = None
        self.reason: ClosingReason | None = None
        self.actions: list[str] = []
        self.steps = [Step("received", time, by, at, words)]

    @property
    def data(self) -> dict[str, Any]:
        """What the events that the platform sends say of it: never what somebody wrote."""
        names = ("offer", "client", "channel", "feature", "severity", "root_cause")
        return {name: getattr(self, name) for name in names}

    def acknowledge(self, *, time: Instant, by: str, at: int) -> None:
        self._require("acknowledged", "received")
        self._require_in_order(time)
        self._acknowledged(time, by, at)

    def classify(
        self, severity: int, feature: str | None, root_cause: str | None, *, time: Instant, by: str, at: int
    ) -> None:
        """Says what it is about and how bad it is, 1 to 3; said again it takes the place of what was said, also when it is closed."""
        if (self.severity, self.feature, self.root_cause) == (severity, feature, root_cause):
            raise DecisionRefused(said("the same was said already"))
        self._require_in_order(time, self.steps[0].time)
        self._classified(feature, root_cause, severity, time, by, at)

    def assign(self, service: str, person: str | None, *, time: Instant, by: str, at: int) -> None:
        if self.state == "closed":
            raise DecisionRefused(said("it is closed"))
        if (self.service, self.person) == (service, person):
            raise DecisionRefused(said("the same was said already"))
        self._require_in_order(time, self.steps[0].time)
        self._assigned(service, person, time, by, at)

    def answer(self, words: Words, *, time: Instant, by: str, at: int) -> None:
        """An acknowledgement is no answer, and comes before it."""
        self._require("answered", "acknowledged", "contested")
        self._require_in_order(time)
        self._answered(words, time, by, at)

    def accept(self, *, time: Instant, by: str, platform: str, at: int) -> None:
        """The client takes the answer; the platform closes it by that, in its own name."""
        self._require("accepted", "answered")
        self._require_in_order(time)
        self._accepted(time, by, at)
        self._closed("accepted", time, platform, at)

    def contest(self, words: Words, *, time: Instant, by: str, at: int) -> None:
        self._require("contested", "answered")
        self._require_in_order(time)
        self._contested(words, time, by, at)

    def close_silently(self, answers: int, *, time: Instant, by: str, at: int) -> None:
        """Nobody contested the answer of that number. Raises DecisionRefused where somebody did meanwhile, or accepted it."""
        if self.state != "answered" or self.answers != answers:
            raise DecisionRefused(said("it is closed"))
        self._closed("silent", time, by, at)

    def link(self, action: str, *, time: Instant, by: str, at: int) -> None:
        """An action that it was taken up by, also when it is closed."""
        if action in self.actions:
            raise DecisionRefused(said("the same was said already"))
        self._require_in_order(time, self.steps[0].time)
        self._linked(action, time, by, at)

    def _require(self, becomes: str, *states: ComplaintState) -> None:
        if self.state not in states:
            what = said(
                "a complaint that is {state} cannot be {becomes}",
                state=heard(self.state, of="complaint"),
                becomes=heard(becomes, of="complaint"),
            )
            raise DecisionRefused(what)

    def _require_in_order(self, time: Instant, after: Instant | None = None) -> None:
        """Raises DecisionRefused for a time before a state that came before."""
        first = self.reached if after is None else after
        if time < first:
            raise DecisionRefused(
                said("{time} lies before {first}, when it came to what it is", time=show(time), first=show(first))
            )

    @event(Acknowledged)
    def _acknowledged(self, time: Instant, by: str, at: int) -> None:
        self.state, self.reached = "acknowledged", time
        self.steps.append(Step("acknowledged", time, by, at))

    @event(Classified)
    def _classified(
        self, feature: str | None, root_cause: str | None, severity: int, time: Instant, by: str, at: int
    ) -> None:
        self.feature, self.root_cause, self.severity = feature, root_cause, severity
        detail = {"feature": feature, "root_cause": root_cause, "severity": severity}
        self.steps.append(Step("classified", time, by, at, detail=detail))

    @event(Assigned)
    def _assigned(self, service: str, person: str | None, time: Instant, by: str, at: int) -> None:
        self.service, self.person = service, person
        self.steps.append(Step("assigned", time, by, at, detail={"service": service, "person": person}))

    @event(Answered)
    def _answered(self, words: Words, time: Instant, by: str, at: int) -> None:
        self.state, self.reached, self.answers = "answered", time, self.answers + 1
        self.steps.append(Step("answered", time, by, at, words))

    @event(Accepted)
    def _accepted(self, time: Instant, by: str, at: int) -> None:
        self.reached = time
        self.steps.append(Step("accepted", time, by, at))

    @event(Contested)
    def _contested(self, words: Words, time: Instant, by: str, at: int) -> None:
        self.state, self.reached = "contested", time
        self.steps.append(Step("contested", time, by, at, words))

    @event(Closed)
    def _closed(self, reason: ClosingReason, time: Instant, by: str, at: int) -> None:
        self.state, self.reached, self.reason = "closed", time, reason
        self.steps.append(Step("closed", time, by, at, detail={"reason": reason}))

    @event(Linked)
    def _linked(self, action: str, time: Instant, by: str, at: int) -> None:
        self.actions.append(action)
        self.steps.append(Step("linked", time, by, at, detail={"action": action}))
