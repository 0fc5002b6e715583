"""Unmatched events and matches by hand as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.terms import Party
from services.api.shapes import Moment, Note, Sent
from services.matches.rows import State, Verb


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


class SetAside(TypedDict):
    commitment: str
    by: str
    at: Moment
    text: str


class Unmatched(TypedDict):
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
    verb: Verb
    party: Party


class Match(TypedDict):
    """An event that a person matched to an occurrence. It counts while it is `matched` or `taking-back`."""

    id: str
    commitment: str
    event: Annotated[int, Field(description="Its position.")]
    key: str
    roles: list[str]
    state: State
    waits_for: Annotated[
        str | None, Field(description="The service that is to answer, where a final period would change.")
    ]
    position: int
    notes: list[MatchNote]


class Candidate(TypedDict):
    commitment: str
    key: str
    due: Moment | None
    verdict: str | None


class UnmatchedEvent(TypedDict):
    position: int
    candidates: Annotated[list[Candidate], Field(description="What was open when it happened, the nearest first.")]
    matches: list[Match]
