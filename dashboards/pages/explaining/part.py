"""What the page of a commitment brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.explaining.page import add_commitment
from dashboards.pages.part import PagePart

EXPLAINING: Final = PagePart("explaining", (add_commitment,))
