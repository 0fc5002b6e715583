"""What reads return of errands. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrandRow:
    """What waits for `service`: who has it, where it was handed on, and whether somebody has seen it. `handed`: (by, at, text)."""

    id: str
    thing: str
    service: str
    person: str | None
    is_seen: bool
    handed: tuple[tuple[str, int, str], ...]
