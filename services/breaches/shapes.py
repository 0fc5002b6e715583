"""Breaches and actions as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from domain.breach import Side
from services.api.shapes import Day, Moment, Note, Sent, TakenBack, Words
from services.breaches.rows import BreachState, Handling, OfBreach
from services.tables.documents import ActionState

HANDLING = "How far people are with what is open; null of what is withdrawn or past, which waits for nobody."
ROOT_CAUSE = "The one that counts: what a review decided, else the debtor's, else the creditor's."


class Acknowledgement(TypedDict):
    by: str
    at: Moment | None


class Attribution(TypedDict):
    side: Side
    root_cause: str
    by: str
    at: Moment


class Breach(TypedDict):
    id: str
    commitment: str
    period: str
    cause: Annotated[str, Field(examples=["late", "missing", "failed", "no-data", "target-lost", "client-obligation"])]
    key: str | None
    target_index: int | None
    state: BreachState
    handling: Annotated[Handling | None, Field(description=HANDLING)]
    debtor: str
    opened_at: Moment | None
    opened_position: int
    acknowledged: Acknowledgement | None
    explanations: list[Note]
    action: str | None
    root_cause: Annotated[str | None, Field(description=ROOT_CAUSE)]
    attributed: Annotated[list[Attribution], Field(description="The last of each side.")]
    decided_in: Annotated[str | None, Field(description="The review that decided the root cause.")]


class Action(TypedDict):
    id: str
    commitment: str
    period: str | None
    cause: str
    text: str
    owner: str
    person: str | None
    due: Day | None
    state: ActionState
    is_overdue: bool
    opened_at: Moment
    progress: list[Note]
    closed: Note | None
    details: Annotated[str, Field(description="What was said to be done, where `text` is a title of its own.")]
    comments: list[Note]


class Naming(Sent):
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    person: Annotated[str, Field(max_length=300)] | None = None


class Opening(Sent):
    commitment: str
    text: Words
    person: Annotated[str, Field(max_length=300)] | None = None
    due: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None


class TakenBackOfBreach(TakenBack):
    what: OfBreach
