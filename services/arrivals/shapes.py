"""Quarantine, what no contract selects, and outages as JSON; what the API answers to what was done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Done, Encoding, Moment
from services.arrivals.rows import State


class Refusal(TypedDict):
    """Why an item is set aside again."""

    type: Annotated[str, Field(description="urn:entente:problem: and a stable slug")]
    detail: str | None


class Retried(Done):
    result: Literal["accepted", "duplicate", "quarantined"]
    problem: Refusal | None


class Quarantined(TypedDict):
    id: str
    position: int
    received: Moment
    channel: str
    by: str
    slug: str
    problem: str
    origin: str
    state: State
    size: int
    content: str
    encoding: Encoding


class Withdrawal(TypedDict):
    by: str
    at: Moment
    text: str
    position: int


_Outage = TypedDict(
    "_Outage",
    {"id": int, "from": Moment, "until": Moment, "received": Moment, "by": str, "withdrawn": Withdrawal | None},
)


class Outage(_Outage):
    """Our own ingestion was down. `until` is excluded."""


Near = TypedDict(
    "Near", {"path": str, "value": str | None, "is": str, "asked": list[str | int | bool | None], "events": int}
)
"""What stands at a path, and what contracts select there."""


class Unselected(TypedDict):
    type: str
    source: str
    events: int
    near: list[Near]
