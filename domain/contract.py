"""The contract as people decide it: proposed, commented, refused, withdrawn, signed by both, terminated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, stream_of
from domain.saying import said
from domain.terms import Party

ProposalState = Literal["proposed", "refused", "withdrawn", "replaced", "signed"]


@dataclass
class Signature:
    """`at`, here and in all that follows, is an instant in microseconds since 1970 UTC."""

    party: Party
    service: str
    by: str
    at: int


@dataclass
class Comment:
    clause: str
    text: str
    by: str
    at: int


@dataclass
class Proposal:
    """One proposed wording: `document` is the canonical text of the contract file, `effective` the local day from which it is to
    hold, as YYYY-MM-DD. `version` is its number once both have signed, 0 before. `refused_by` says `refusal`, at `refused_at`."""

    number: int
    document: str
    effective: str
    calendar_version: int | None
    by: str
    party: Party
    at: int
    backfill: bool = False
    state: ProposalState = "proposed"
    version: int = 0
    refusal: str | None = None
    refused_by: str = ""
    refused_at: int | None = None
    signatures: list[Signature] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


class Contract(Aggregate):
    """The agreement between a supplier and a client. `proposals` are kept for good, in the order in which they came."""

    TOPIC = "entente.contract"

    class Created(Aggregate.Created):
        TOPIC = "entente.contract.created"
        contract: str
        supplier: str
        client: str

    class Proposed(Aggregate.Event):
        TOPIC = "entente.contract.proposed"
        number: int
        document: str
        effective: str
        calendar_version: int | None
        party: Party
        by: str
        at: int
        backfill: bool

    class Commented(Aggregate.Event):
        TOPIC = "entente.contract.commented"
        clause: str
        text: str
        by: str
        at: int

    class Refused(Aggregate.Event):
        TOPIC = "entente.contract.refused"
        reason: str
        by: str
        at: int

    class Withdrawn(Aggregate.Event):
        TOPIC = "entente.contract.withdrawn"
        by: str
        at: int

    class Signed(Aggregate.Event):
        TOPIC = "entente.contract.signed"
        party: Party
        service: str
        by: str
        at: int

    class Agreed(Aggregate.Event):
        TOPIC = "entente.contract.agreed"
        version: int
        at: int

    class Terminated(Aggregate.Event):
        TOPIC = "entente.contract.terminated"
        until: str
        party: Party
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, contract: str = "", **__: Any) -> UUID:
        return stream_of("contract", contract)

    @event(Created)
    def __init__(self, contract: str, supplier: str, client: str):
        self.contract = contract
        self.supplier = supplier
        self.client = client
        self.proposals: list[Proposal] = []
        self.until: str | None = None

    @property
    def pending(self) -> Proposal | None:
        """The proposal that waits for an answer."""
        last = self.proposals[-1] if self.proposals else None
        return last if last is not None and last.state == "proposed" else None

    @property
    def agreed(self) -> list[Proposal]:
        """The signed versions, by number."""
        return sorted((one for one in self.proposals if one.version), key=lambda one: one.version)

    @property
    def is_backfilled(self) -> bool:
        """Whether its first version was proposed so that its past can be imported."""
        return bool(self.agreed) and self.agreed[0].backfill

    def service_of(self, party: Party) -> str:
        return self.supplier if party == "supplier" else self.client

    def propose(
        self,
        document: str,
        effective: str,
        calendar_version: int | None,
        *,
        party: Party,
        by: str,
        at: int,
        backfill: bool = False,
    ) -> None:
        """A new wording; one that still waits is replaced by it (a counter-proposal). `backfill`: the contract's time is to wait
        at the start of its validity until its past is there; only for a contract that nothing was agreed of."""
        if self.until is not None and effective > self.until:
            raise DecisionRefused(
                said("the contract ends on {until}, before {effective}", until=self.until, effective=effective)
            )
        if backfill and self.agreed:
            raise DecisionRefused(said("its time has passed already: only a new contract's past can be filled in"))
        number = len(self.proposals) + 1
        self._proposed(number, document, effective, calendar_version, party, by, at, backfill)

    def comment(self, clause: str, text: str, *, by: str, at: int) -> None:
        self._waiting(said("comment on"))
        self._commented(clause, text, by, at)

    def refuse(self, reason: str, *, party: Party, by: str, at: int) -> None:
        proposal = self._waiting(said("refuse"))
        if proposal.party == party:
            raise DecisionRefused(said("your own proposal is withdrawn, not refused"))
        self._refused(reason, by, at)

    def withdraw(self, *, party: Party, by: str, at: int) -> None:
        proposal = self._waiting(said("withdraw"))
        if proposal.party != party:
            raise DecisionRefused(said("only who proposed it can withdraw it; you can refuse it"))
        self._withdrawn(by, at)

    def sign(self, *, party: Party, by: str, at: int) -> None:
        """The second signature makes the proposal a version."""
        proposal = self._waiting(said("sign"))
        if any(one.party == party for one in proposal.signatures):
            raise DecisionRefused(said("{service_of} has signed it already", service_of=self.service_of(party)))
        self._signed(party, self.service_of(party), by, at)
        if len(proposal.signatures) == 2:
            self._agreed(len(self.agreed) + 1, at)

    def terminate(self, until: str, *, party: Party, by: str, at: int) -> None:
        """`until` is the last local day, as YYYY-MM-DD."""
        self.require_end(until)
        self._terminated(until, party, by, at)

    def require_end(self, until: str) -> None:
        """Raises DecisionRefused where that day cannot be its last one."""
        if not self.agreed:
            raise DecisionRefused(said("nothing was signed, so there is nothing to terminate"))
        if self.until is not None and until >= self.until:
            raise DecisionRefused(said("it ends on {until} already", until=self.until))

    def _waiting(self, verb: str) -> Proposal:
        if self.pending is None:
            raise DecisionRefused(said("there is no proposal to {verb}", verb=verb))
        return self.pending

    @event(Proposed)
    def _proposed(
        self,
        number: int,
        document: str,
        effective: str,
        calendar_version: int | None,
        party: Party,
        by: str,
        at: int,
        backfill: bool = False,
    ) -> None:
        for one in self.proposals:
            one.state = "replaced" if one.state == "proposed" else one.state
        self.proposals.append(Proposal(number, document, effective, calendar_version, by, party, at, backfill))

    @event(Commented)
    def _commented(self, clause: str, text: str, by: str, at: int) -> None:
        self.proposals[-1].comments.append(Comment(clause, text, by, at))

    @event(Refused)
    def _refused(self, reason: str, by: str, at: int) -> None:
        self.proposals[-1].state = "refused"
        self.proposals[-1].refusal = reason
        self.proposals[-1].refused_by = by
        self.proposals[-1].refused_at = at

    @event(Withdrawn)
    def _withdrawn(self, by: str, at: int) -> None:
        self.proposals[-1].state = "withdrawn"

    @event(Signed)
    def _signed(self, party: Party, service: str, by: str, at: int) -> None:
        self.proposals[-1].signatures.append(Signature(party, service, by, at))

    @event(Agreed)
    def _agreed(self, version: int, at: int) -> None:
        self.proposals[-1].state = "signed"
        self.proposals[-1].version = version

    @event(Terminated)
    def _terminated(self, until: str, party: Party, by: str, at: int) -> None:
        self.until = until
