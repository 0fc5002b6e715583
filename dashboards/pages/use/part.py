"""What use brings to the pages: its addresses, and a table for spreadsheets. It is shown on the page of the offer."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from dashboards.pages.use.tables import consumption
from services.use import api

USE: Final = PagePart("use", (), routes=(api.add_use,), tables={"consumption": consumption})
