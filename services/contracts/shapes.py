"""Contracts, their versions and scores, as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from services.api.shapes import Day, Done, Moment, Party, Sent, Side, Signature, Title, Words
from services.contracts.rows import State, VersionState


class Comment(TypedDict):
    clause: str
    text: str
    by: str
    at: Moment


class Proposal(TypedDict):
    number: int
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


class Weights(BaseModel):
    """`score` is the weight kept of the weight judged; null where nothing was judged, and while something is open. Weights are exact
    decimals."""

    score: Annotated[str | None, Field(examples=["0.8611"])]
    kept_weight: str
    judged_weight: str
    open_weight: Annotated[str, Field(description="Of what is neither kept nor lost yet.")]


class ScoredCommitment(BaseModel):
    """`kept` is null where it is not judged: not in the score."""

    commitment: str
    weight: str
    kept: bool | None


class MissingCommitment(BaseModel):
    commitment: str
    weight: str
    because: Literal["open", "no_data"]


class ContractScore(Weights):
    """Of the commitments with a target over that period; `sides` by the party that owes."""

    period: str
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment | None
    sides: dict[Party, Weights]
    commitments: list[ScoredCommitment]
    missing: list[MissingCommitment]


class Unmonitored(TypedDict):
    commitment: str
    owner: str | None
    because: str


class WholeContract(Contract):
    scores: list[ContractScore]
    unmonitored: Annotated[list[Unmonitored], Field(description="Clauses that nobody monitors.")]
    versions: list[Version]


class Refusing(Side):
    reason: Words


class Commenting(Sent):
    clause: Annotated[str, Field(max_length=300, description="Path in the document; empty for the whole.")] = ""
    text: Words


class Terminating(Side):
    until: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", description="The last day, in the contract's zone.")]


class Applied(Done):
    kind: Literal["contract", "calendar", "service"]
    outcome: Literal["proposed", "unchanged", "published", "described"]
    version: int
    changes: list[str]
    signed: list[str]
    warnings: list[str]
