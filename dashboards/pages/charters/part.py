"""What charters bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from services.charters import api

CHARTERS: Final = PagePart("charters", (), routes=(api.add_charters,))
