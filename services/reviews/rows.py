"""What reads return of reviews. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from services.contracts.rows import SignatureRow

OfReview = Literal["minutes", "decision"]
"""What people say at a review, and may take back."""
OF_REVIEW: Final = get_args(OfReview)
State = Literal["planned", "held", "signed", "past"]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`id` is `contract@YYYY-MM-DD`. `state`: planned, held, signed, past (it lies before the contract came into use, and awaits
    nobody). `position` pins its pack once it was called, judged as of `watermark`; None: with the watermark that was
    reached there."""

    id: str
    contract: str
    starts: int
    ends: int
    state: State
    position: int | None
    minutes: tuple[tuple[str, int, str], ...] = ()
    decisions: tuple[tuple[str, int, str], ...] = ()
    signatures: tuple[SignatureRow, ...] = ()
    watermark: int | None = None
    entries: int = 0
    """How often its minutes or decisions were changed: who signs says how many were read."""
