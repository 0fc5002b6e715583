"""From an event to the occurrence that it concerns."""

from __future__ import annotations

from typing import NamedTuple

from domain.events import OperationalEvent
from domain.occurrences import Evidence
from domain.selecting import scalar_type


class Route(NamedTuple):
    """An event is evidence for the occurrence `key`; without one it is selected, but unmatched, for `reason`."""

    key: str | None
    evidence: Evidence
    reason: str | None = None


def evidence_of(event: OperationalEvent, role: str, variant: int, value: str | int | bool | None = None) -> Evidence:
    return Evidence(role, variant, event.time, event.sequence, event.source, event.id, event.position, value)


def text_of(value: object) -> str | None:
    """A scalar by its text (MEANING §4 "Lookups"); None for what is absent or no scalar."""
    kind = scalar_type(value)
    if kind is None:
        return None
    if kind == "truth":
        return "true" if value else "false"
    return str(value)


LONGEST_KEY = 512
"""Bytes in UTF-8, as of the attributes of an event: keys become keys of databases."""


def key_of(value: object) -> str | None:
    """What names a case: a text that is neither empty nor too long, or a number. None for anything else."""
    if isinstance(value, str):
        key = value
    elif scalar_type(value) == "number":
        key = str(value)
    else:
        return None
    is_short = len(key) <= LONGEST_KEY // 4 or len(key.encode()) <= LONGEST_KEY
    return key if key and is_short else None
