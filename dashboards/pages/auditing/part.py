"""What looking back brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.auditing.page import add_history
from dashboards.pages.part import PagePart
from services.auditing import api

AUDITING: Final = PagePart("auditing", (add_history,), routes=(api.add_history,), menu=(("/history", "nav.history"),))
