"""What reads return of the quarantine. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["waiting", "retried", "discarded"]


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    id: str
    position: int
    received: int
    channel: str
    by: str
    slug: str
    problem: str
    origin: str  # file:line, address…
    content: bytes
    state: State
    is_there: bool = True
    """False where the bytes were sealed, and cannot be opened: they were destroyed (at `erased`, where that is known)."""
    erased: int | None = None
    taken_back: int | None = None
    """When it was taken back last that it was discarded."""
    reason: str = ""
    """Why it was discarded."""
