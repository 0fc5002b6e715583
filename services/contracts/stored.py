"""What the table of contracts holds of one, as it is decoded."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from domain.contract import ProposalState
from domain.terms import Party
from domain.times import Instant


class StoredSignature(TypedDict):
    """A signature as it stands in a document of a table."""

    party: Party
    service: str
    by: str
    at: Instant


class StoredComment(TypedDict):
    clause: str
    text: str
    by: str
    at: Instant


class StoredProposal(TypedDict):
    """As `domain.contract.Proposal`. What was refused is not said of a contract of which nothing was decided since it is kept."""

    number: int
    document: str
    effective: str
    by: str
    party: Party
    at: Instant
    state: ProposalState
    version: int
    refusal: str | None
    refused_by: NotRequired[str]
    refused_at: NotRequired[Instant | None]
    signatures: list[StoredSignature]
    comments: list[StoredComment]


class StoredDocument(TypedDict):
    """Of a contract, as it stands in its table: what is read of it."""

    until: str | None
    proposals: list[StoredProposal]
