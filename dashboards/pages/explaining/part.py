"""What the page of a commitment brings to the pages."""

from __future__ import annotations

from functools import partial
from typing import Final

from dashboards.explained import explained
from dashboards.pages.explaining.page import add_commitment
from dashboards.pages.part import PagePart
from services.explaining.api import add_explaining

EXPLAINING: Final = PagePart("explaining", (add_commitment,), routes=(partial(add_explaining, why=explained),))
