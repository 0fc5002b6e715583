"""What reads return of complaints. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict

from domain.offers.complaint import WAITS_FOR, Channel, ClosingReason, ComplaintState, Words
from domain.terms import Party
from domain.times import Instant

Verb = Literal[
    "received",
    "acknowledged",
    "classified",
    "assigned",
    "answered",
    "accepted",
    "contested",
    "closed",
    "linked",
]


class StepDetail(TypedDict, total=False):
    """What a step says besides, as far as it says it."""

    feature: str | None
    root_cause: str | None
    severity: int
    service: str
    person: str | None
    reason: ClosingReason
    action: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One thing that was done: `time` is when it happened, `at` when it was said. `words`: as they are stored, None where nothing was
    written. `detail`: what else it says."""

    verb: Verb
    time: Instant
    by: str
    at: Instant
    words: Words | None
    detail: StepDetail


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """`about`: the offer, or what of a contract. `on_behalf`: the supplier received it for its client. `actions`: what took it up, by
    id. `zone`: of the offer, else of the contract."""

    id: str
    about: str
    offer: str | None
    supplier: str
    client: str
    channel: Channel
    on_behalf: bool
    state: ComplaintState
    received: Instant
    reached: Instant
    feature: str | None
    root_cause: str | None
    severity: int | None
    service: str | None
    person: str | None
    reason: ClosingReason | None
    actions: tuple[str, ...]
    steps: tuple[StepRow, ...]
    zone: str
    by: str

    @property
    def is_open(self) -> bool:
        return self.state != "closed"

    @property
    def was_contested(self) -> bool:
        return any(one.verb == "contested" for one in self.steps)

    @property
    def was_answered(self) -> bool:
        return any(one.verb == "answered" for one in self.steps)

    @property
    def waits_for(self) -> str | None:
        """The service that has to say something next; None where it is closed."""
        party: Party | None = WAITS_FOR.get(self.state)
        return None if party is None else self.supplier if party == "supplier" else self.client
