"""Contracts, their versions and scores, as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.terms import Party
from services.api.shapes import Day, Done, Moment, Sent, Side, Signature, Title, Words
from services.contracts.applied import Outcome
from services.contracts.rows import State, VersionState
from services.figures.shapes import ContractScore


class Comment(TypedDict):
    clause: str
    text: str
    by: str
    at: Moment


class Proposal(TypedDict):
    number: int
    proposal: Annotated[int, Field(description="Which wording it is, of all that were proposed; who signs names it.")]
    effective: Day
    proposed_by: str
    signed_by: list[Party]


class Version(TypedDict):
    number: int
    proposal: int
    state: VersionState
    effective: Day
    proposed_by: str
    proposed_at: Moment
    signatures: list[Signature]
    comments: list[Comment]
    differences: list[str]
    refusal: str | None
    document: Annotated[
        dict[str, Any], Field(description="The contract file, as `entente schema contract` describes it.")
    ]


class Contract(TypedDict):
    id: str
    title: Title
    supplier: str
    client: str
    state: State
    timezone: str
    valid_from: Day
    valid_until: Day | None
    effective: Day
    next_review: Moment | None
    proposal: Annotated[Proposal | None, Field(description="What waits for a signature.")]


class Unmonitored(TypedDict):
    commitment: str
    owner: str | None
    because: str


class WholeContract(Contract):
    scores: list[ContractScore]
    unmonitored: Annotated[list[Unmonitored], Field(description="Clauses that nobody monitors.")]
    versions: list[Version]


class Reading(Sent):
    """Which wording was read."""

    proposal: Annotated[
        int | None,
        Field(
            ge=1, description="The wording that was read, by its `proposal`; where another waits by now, it is refused."
        ),
    ] = None


class Signing(Reading, Side):
    """For which party, where one acts for both, and what was read."""


class Refusing(Signing):
    reason: Words


class Commenting(Reading):
    clause: Annotated[str, Field(max_length=300, description="Path in the document; empty for the whole.")] = ""
    text: Words


class Terminating(Side):
    until: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", description="The last day, in the contract's zone.")]


class Applied(Done):
    kind: Literal["contract", "calendar", "service", "access", "causes", "action", "offer", "charter"]
    outcome: Outcome
    version: int
    changes: list[str]
    signed: list[str]
    warnings: list[str]
