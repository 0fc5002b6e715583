"""The parts, in their order: each may build on those before it, and knows none behind it."""

from __future__ import annotations

from typing import Final

from services.part import Part

PARTS: Final[tuple[Part, ...]] = ()
