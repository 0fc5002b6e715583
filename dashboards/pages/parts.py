"""The parts that have pages, in the order of the menu."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart

PARTS: Final[tuple[PagePart, ...]] = ()
