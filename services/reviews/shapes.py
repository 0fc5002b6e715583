"""Reviews as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.api.shapes import Moment, Note, Signature


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
