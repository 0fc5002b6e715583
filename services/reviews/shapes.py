"""Reviews as the API shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Moment, Note, Side, Signature, TakenBack
from services.reviews.rows import OfReview, State


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
    entries: Annotated[
        int, Field(description="How often minutes or decisions were changed: what signing is asked with.")
    ]


class SigningReview(Side):
    seen: Annotated[
        int | None,
        Field(
            ge=0,
            description="The `entries` of the review that was read; where there are others by now, it is refused.",
        ),
    ] = None


class TakenBackOfReview(TakenBack):
    what: OfReview
