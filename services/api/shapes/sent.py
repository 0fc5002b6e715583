"""What the API takes, and what it answers to what was done."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.api.shapes.common import ExcuseReason, Moment, Party, Words

MOST_MEMBERS = 50


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _is_small(cls, sent: Any) -> Any:
        """Before each member that nobody asked for is complained of by itself."""
        if isinstance(sent, dict) and len(sent) > MOST_MEMBERS:
            raise ValueError(f"it has more than {MOST_MEMBERS} members")
        return sent


class Said(Sent):
    text: Words


class Reason(Sent):
    reason: Words


class Side(Sent):
    """For which party, where one acts for both."""

    party: Party | None = None


class Refusing(Side):
    reason: Words


class Commenting(Sent):
    clause: Annotated[str, Field(max_length=300, description="Path in the document; empty for the whole.")] = ""
    text: Words


class Terminating(Side):
    until: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", description="The last day, in the contract's zone.")]


class Opening(Sent):
    commitment: str
    text: Words
    person: Annotated[str, Field(max_length=300)] | None = None
    due: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None


class Asking(Sent):
    """Either `keys` of a commitment, or `from` and `until` of a contract, deliverable or commitment."""

    commitment: Annotated[
        str, Field(description="contract/deliverable/criterion; with an interval contract/deliverable or contract too")
    ]
    keys: Annotated[list[str], Field(max_length=1_000)] = []
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(description="Not included.")] = None
    reason: ExcuseReason
    text: Words
    evidence: Annotated[list[int], Field(max_length=1_000, description="Positions of events.")] = []
    party: Annotated[Party | None, Field(description="For which party, where one acts for both.")] = None


class Accepting(Sent):
    text: Annotated[str, Field(max_length=10_000)] = ""


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


class Advancing(Sent):
    to: Moment
    contract: Annotated[str, Field(max_length=300, description="Only the events of this contract.")] | None = None


class Done(BaseModel):
    """`position` is that of the entry which says so; `is_judged` whether what is shown knows it."""

    id: str
    position: int
    is_judged: bool


class Opened(Done):
    """`warnings`: what may not have been meant: names that nobody knows, days in which nothing is owed."""

    warnings: list[str]


class Applied(Done):
    kind: Literal["contract", "calendar", "service"]
    outcome: Literal["proposed", "unchanged", "published", "described"]
    version: int
    changes: list[str]
    signed: list[str]
    warnings: list[str]


class Advanced(Done):
    watermark: Moment
    has_moved: bool


class Retried(Done):
    result: Literal["accepted", "duplicate", "quarantined"]
    problem: dict[str, Any] | None
