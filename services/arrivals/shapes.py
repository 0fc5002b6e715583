"""Quarantine and outages as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.api.shapes import Done, Moment


class Retried(Done):
    result: Literal["accepted", "duplicate", "quarantined"]
    problem: dict[str, Any] | None


class Quarantined(BaseModel):
    id: str
    position: int
    received: Moment
    channel: str
    by: str
    slug: str
    problem: str
    origin: str
    state: Literal["waiting", "retried", "discarded"]
    size: int
    content: str
    encoding: Literal["utf-8", "base64"]


class Withdrawal(BaseModel):
    by: str
    at: Moment
    text: str
    position: int


class Outage(BaseModel):
    """Our own ingestion was down. `until` is excluded."""

    model_config = ConfigDict(populate_by_name=True)

    id: int
    start: Annotated[Moment, Field(alias="from")]
    until: Moment
    received: Moment
    by: str
    withdrawn: Withdrawal | None
