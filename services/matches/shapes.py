"""Unmatched events and matches by hand as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.api.shapes import Moment, Note, Party, Sent


class Matching(Sent):
    position: Annotated[int, Field(description="Of the event.")]
    commitment: Annotated[str, Field(max_length=300, description="contract/deliverable/criterion")]
    key: Annotated[str, Field(max_length=512, description="Of the occurrence that the event belongs to.")]
    role: Annotated[
        str | None,
        Field(
            max_length=20, description="As what it is evidence (opened, closed…), where no selector of a case says so."
        ),
    ] = None
    text: Annotated[str, Field(max_length=10_000)] = ""


class SetAside(BaseModel):
    commitment: str
    by: str
    at: Moment
    text: str


class Unmatched(BaseModel):
    position: int
    source: str
    id: str
    type: str
    subject: str | None
    time: Moment
    commitments: list[str]
    reason: str
    asked: Annotated[list[str], Field(description="Matches by hand that wait for the other party's answer.")]
    set_aside: Annotated[
        list[SetAside], Field(description="Why it belongs nowhere, by commitment; only where that is asked for.")
    ]


class MatchNote(Note):
    verb: Literal["matched", "taken back", "accepted", "refused"]
    party: Party


class Match(BaseModel):
    """An event that a person matched to an occurrence. It counts while it is `matched` or `taking-back`."""

    id: str
    commitment: str
    event: Annotated[int, Field(description="Its position.")]
    key: str
    roles: list[str]
    state: Literal["asked", "matched", "refused", "taking-back", "taken-back"]
    waits_for: Annotated[
        str | None, Field(description="The service that is to answer, where a final period would change.")
    ]
    position: int
    notes: list[MatchNote]


class Candidate(BaseModel):
    commitment: str
    key: str
    due: Moment | None
    verdict: str | None


class UnmatchedEvent(BaseModel):
    position: int
    candidates: Annotated[list[Candidate], Field(description="What was open when it happened, the nearest first.")]
    matches: list[Match]
