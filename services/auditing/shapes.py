"""Entries of the history, and of time, as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from services.api.sealed import Sealed
from services.api.shapes import Done, Moment, Sent


class Advancing(Sent):
    to: Moment
    contract: Annotated[str, Field(max_length=300, description="Only the events of this contract.")] | None = None


class Advanced(Done):
    watermark: Moment
    has_moved: bool


class Entry(TypedDict):
    position: int
    topic: Annotated[str, Field(examples=["entente.event", "entente.contract.signed"])]
    stream: str
    version: int
    received: Annotated[Moment | None, Field(description="When a fact came in.")]
    at: Annotated[Moment | None, Field(description="When a decision was taken.")]
    by: str | None
    channel: str | None
    content: dict[str, Any]
    sealed: Annotated[
        Sealed | None,
        Field(description="How what is sealed of it stands; `content` is what is clear. Null: nothing is."),
    ]
