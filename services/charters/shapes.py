"""Charters as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from domain.offers.charter import CharterState
from domain.terms import Party
from services.api.shapes import Day, Moment, Signature, Title
from services.charters.rows import State


class CharterProposal(TypedDict):
    proposal: Annotated[int, Field(description="Which wording it is, of all that were proposed; who signs names it.")]
    effective: Day
    proposed_by: str
    signed_by: list[Party]


class Charter(TypedDict):
    id: str
    title: Title
    offer: str
    supplier: str
    client: str
    contract: Annotated[str | None, Field(description="The contract whose commitments are its levels.")]
    state: State
    level: str
    begins: Annotated[Day | None, Field(description="The first day of its first year; null where nothing is agreed.")]
    until: Annotated[Day | None, Field(description="Its last day, where it was terminated.")]
    version: Annotated[int, Field(description="How many versions both have signed.")]
    proposal: Annotated[CharterProposal | None, Field(description="What waits for a signature.")]


class CharterVersion(TypedDict):
    number: Annotated[int, Field(description="Of the versions that both have signed; 0: not signed by both.")]
    proposal: int
    state: CharterState
    effective: Day
    offer_version: Annotated[int, Field(description="The version of the offer that prices it.")]
    fingerprint: Annotated[str, Field(description="SHA-256 of that version's text, which both sign.")]
    party: Party
    proposed_by: str
    proposed_at: Moment
    signatures: list[Signature]
    differences: list[str]
    refusal: str | None
    document: Annotated[
        dict[str, Any], Field(description="The charter file, as `entente schema charter` describes it.")
    ]


class WholeCharter(Charter):
    versions: list[CharterVersion]
