"""The charter of a client: what it takes of an offer, as both decide it: proposed, signed by both, refused, withdrawn, terminated
(SHARED §1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.contract import Signature
from domain.decisions import DecisionRefused, stream_of
from domain.saying import said
from domain.terms import Party

CharterState = Literal["proposed", "refused", "withdrawn", "replaced", "signed"]


@dataclass
class CharterProposal:
    """One proposed wording: `document` is the canonical text of the file, `effective` the local day from which it is to hold, as
    YYYY-MM-DD, `offer_version` the version of the offer that prices it, which both sign by its `fingerprint`. `version` is its number
    once both have signed, 0 before; `reached`: the instant that time had reached then, None before it passed."""

    number: int
    document: str
    effective: str
    offer_version: int
    fingerprint: str
    by: str
    party: Party
    at: int
    state: CharterState = "proposed"
    version: int = 0
    reached: int | None = None
    refusal: str | None = None
    refused_by: str = ""
    refused_at: int | None = None
    signatures: list[Signature] = field(default_factory=list)


class Charter(Aggregate):
    """Between the supplier of an offer and one client. `proposals` are kept for good, in the order in which they came."""

    TOPIC = "entente.charter"

    class Created(Aggregate.Created):
        TOPIC = "entente.charter.created"
        charter: str
        offer: str
        supplier: str
        client: str

    class Proposed(Aggregate.Event):
        TOPIC = "entente.charter.proposed"
        number: int
        document: str
        effective: str
        offer_version: int
        fingerprint: str
        party: Party
        by: str
        at: int

    class Signed(Aggregate.Event):
        """`reached`: the instant that time had reached; None: it had not passed yet."""

        TOPIC = "entente.charter.signed"
        party: Party
        service: str
        by: str
        at: int
        reached: int | None = None

    class Refused(Aggregate.Event):
        TOPIC = "entente.charter.refused"
        reason: str
        by: str
        at: int

    class Withdrawn(Aggregate.Event):
        TOPIC = "entente.charter.withdrawn"
        by: str
        at: int

    class Terminated(Aggregate.Event):
        TOPIC = "entente.charter.terminated"
        until: str
        party: Party
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, charter: str = "", **__: Any) -> UUID:
        return stream_of("charter", charter)

    @event(Created)
    def __init__(self, charter: str, offer: str, supplier: str, client: str):
        self.charter = charter
        self.offer = offer
        self.supplier = supplier
        self.client = client
        self.until: str | None = None
        self.proposals: list[CharterProposal] = []

    @property
    def agreed(self) -> list[CharterProposal]:
        """What both have signed, in the order of the signatures."""
        return sorted((one for one in self.proposals if one.version), key=lambda one: one.version)

    @property
    def pending(self) -> CharterProposal | None:
        """What waits for signatures."""
        last = self.proposals[-1] if self.proposals else None
        return last if last is not None and last.state == "proposed" else None

    def service_of(self, party: Party) -> str:
        return self.supplier if party == "supplier" else self.client

    def propose(
        self, document: str, effective: str, offer_version: int, fingerprint: str, *, party: Party, by: str, at: int
    ) -> None:
        """Takes the place of what waits. Raises DecisionRefused where the charter ends before that day."""
        if self.until is not None and effective > self.until:
            what = said("the charter ends on {until}, before {effective}", until=self.until, effective=effective)
            raise DecisionRefused(what)
        self._proposed(len(self.proposals) + 1, document, effective, offer_version, fingerprint, party, by, at)

    def sign(self, *, party: Party, by: str, at: int, reached: int | None = None) -> None:
        """The second signature makes the proposal a version."""
        proposal = self._waiting()
        if any(one.party == party for one in proposal.signatures):
            raise DecisionRefused(said("{service_of} has signed it already", service_of=self.service_of(party)))
        self._signed(party, self.service_of(party), by, at, reached)

    def refuse(self, reason: str, *, party: Party, by: str, at: int) -> None:
        if self._waiting().party == party:
            raise DecisionRefused(said("your own proposal is withdrawn, not refused"))
        self._refused(reason, by, at)

    def withdraw(self, *, party: Party, by: str, at: int) -> None:
        if self._waiting().party != party:
            raise DecisionRefused(said("only who proposed it can withdraw it; you can refuse it"))
        self._withdrawn(by, at)

    def terminate(self, until: str, *, party: Party, by: str, at: int) -> None:
        """`until` is the last local day, as YYYY-MM-DD."""
        if not self.agreed:
            raise DecisionRefused(said("nothing was signed, so there is nothing to terminate"))
        if self.until is not None and until >= self.until:
            raise DecisionRefused(said("it ends on {until} already", until=self.until))
        self._terminated(until, party, by, at)

    def _waiting(self) -> CharterProposal:
        if self.pending is None:
            raise DecisionRefused(said("no wording of the charter waits for signatures"))
        return self.pending

    @event(Proposed)
    def _proposed(
        self,
        number: int,
        document: str,
        effective: str,
        offer_version: int,
        fingerprint: str,
        party: Party,
        by: str,
        at: int,
    ) -> None:
        for one in self.proposals:
            one.state = "replaced" if one.state == "proposed" else one.state
        self.proposals.append(CharterProposal(number, document, effective, offer_version, fingerprint, by, party, at))

    @event(Signed)
    def _signed(self, party: Party, service: str, by: str, at: int, reached: int | None = None) -> None:
        proposal = self.proposals[-1]
        proposal.signatures.append(Signature(party, service, by, at))
        if len(proposal.signatures) == 2:
            proposal.version = len(self.agreed) + 1
            proposal.state = "signed"
            proposal.reached = reached

    @event(Refused)
    def _refused(self, reason: str, by: str, at: int) -> None:
        proposal = self.proposals[-1]
        proposal.state, proposal.refusal, proposal.refused_by, proposal.refused_at = "refused", reason, by, at

    @event(Withdrawn)
    def _withdrawn(self, by: str, at: int) -> None:
        self.proposals[-1].state = "withdrawn"

    @event(Terminated)
    def _terminated(self, until: str, party: Party, by: str, at: int) -> None:
        self.until = until
