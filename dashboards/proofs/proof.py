"""A section of a commitment's page that shows what stands behind its figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

FEWEST: Final = 8
"""With fewer values, how they are spread says nothing."""


@dataclass(frozen=True)
class Proof:
    """`is_narrow`: it stands in the main column."""

    title: str
    note: str
    drawing: Markup
    caption: str = ""
    is_narrow: bool = False
