"""What follows a miss: breaches, actions, excuses, reviews; as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.api.shapes.common import Day, ExcuseReason, Moment, Note, Party, Signature
from services.api.shapes.figures import Occurrence


class Acknowledgement(BaseModel):
    by: str
    at: Moment | None


class Breach(BaseModel):
    id: str
    commitment: str
    period: str
    cause: Annotated[str, Field(examples=["late", "missing", "failed", "no-data", "target-lost", "client-obligation"])]
    key: str | None
    target_index: int | None
    state: Literal["open", "withdrawn", "past"]
    debtor: str
    opened_at: Moment | None
    opened_position: int
    acknowledged: Acknowledgement | None
    explanations: list[Note]
    action: str | None


class Action(BaseModel):
    id: str
    commitment: str
    period: str | None
    cause: str
    text: str
    owner: str
    person: str | None
    due: Day | None
    state: Literal["open", "closed", "not needed"]
    is_overdue: bool
    opened_at: Moment
    progress: list[Note]
    closed: Note | None


class Answer(Note):
    verb: Literal["accepted", "refused", "disputed"]
    party: Literal["supplier", "client", "arbiter"]


class Excuse(BaseModel):
    id: str
    commitment: Annotated[str, Field(description="Or a contract, or contract/deliverable.")]
    keys: list[str]
    from_: Annotated[Moment | None, Field(alias="from")]
    until: Moment | None
    reason: ExcuseReason
    text: str
    evidence: list[int]
    party: Party
    asked_by: str
    asked_at: Moment
    position: int
    state: Literal["asked", "accepted", "refused", "disputed"]
    waits_for: Annotated[
        str | None, Field(description="The service that is to answer; `administrator` is the arbiter.")
    ]
    answers: list[Answer]


class CoveringExcuse(Excuse):
    covers: Annotated[list[Occurrence], Field(description="What it hides, or would hide if it were accepted.")]


class Review(BaseModel):
    id: Annotated[str, Field(examples=["sales-to-marketing@2026-11-03"])]
    contract: str
    starts: Moment
    ends: Moment
    state: Literal["planned", "held", "signed", "past"]
    position: int | None
    minutes: list[Note]
    decisions: list[Note]
    signatures: list[Signature]


class Signing(BaseModel):
    signing: dict[str, Any] | None
    fingerprint: str | None
