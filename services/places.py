"""Where something about people is kept: what the parts say of their tables, and the program of its files (trust §6)."""

from __future__ import annotations

from typing import NamedTuple

from domain.saying import Said


class Place(NamedTuple):
    """Where something about people is kept: `what` it is, `where` (tables, a file, or in words), `until` when, and whether forgetting
    somebody takes it out there."""

    what: Said
    where: str
    until: Said
    is_erased: bool = False
