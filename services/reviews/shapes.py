"""Reviews as the API shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Moment, Note, Side, Signature
from services.reviews.rows import State


class Review(TypedDict):
    id: Annotated[str, Field(examples=["sales-to-marketing@2026-11-03"])]
    contract: str
    starts: Moment
    ends: Moment
    state: State
    position: int | None
    minutes: list[Note]
    decisions: list[Note]
    signatures: list[Signature]


class SigningReview(Side):
    seen: Annotated[
        int | None,
        Field(
            ge=0,
            description="How many minutes and decisions were read; where others stand there by now, it is refused.",
        ),
    ] = None
