"""Texts, moments and numbers as the API shows them everywhere; what it takes, and what it answers to what was done."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from typing_extensions import TypedDict

from domain.terms import Party

Moment = Annotated[str, Field(description="ISO 8601 with an offset", examples=["2026-03-10T12:58:00+01:00"])]
Day = Annotated[str, Field(description="YYYY-MM-DD", examples=["2026-03-10"])]
Title = Annotated[dict[str, str], Field(description='Texts by language; "" stands for every language.')]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Note(TypedDict):
    by: str
    at: Moment
    text: str


class Signature(TypedDict):
    party: Party
    service: str
    by: str
    at: Moment


Encoding = Literal["utf-8", "base64"]


class Content(TypedDict):
    """Bytes: as text, or as base64 where they are no UTF-8."""

    content: str
    encoding: Encoding


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


class TakenBack(Sent):
    at: Annotated[str, Field(max_length=40, description="When it was said, as it is shown")]


class Reason(Sent):
    reason: Words


class Side(Sent):
    """For which party, where one acts for both."""

    party: Party | None = None


class Accepting(Sent):
    text: Annotated[str, Field(max_length=10_000)] = ""


class Known(TypedDict):
    """How far what is shown knows."""

    position: int
    watermark: Moment | None


class Done(TypedDict):
    """`position` is that of the entry which says so; `is_judged` whether what is shown knows it."""

    id: str
    position: int
    is_judged: bool


class Opened(Done):
    """`warnings`: what may not have been meant: names that nobody knows, days in which nothing is owed."""

    warnings: list[str]
