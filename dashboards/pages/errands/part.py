"""What handing on brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.errands.page import add_errands
from dashboards.pages.errands.waits import waits
from dashboards.pages.part import PagePart
from services.errands import api

ERRANDS: Final = PagePart("errands", (add_errands,), routes=(api.add_errands,), waits=waits)
