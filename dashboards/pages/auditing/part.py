"""What looking back brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.auditing.finding import finds
from dashboards.pages.auditing.page import add_history
from dashboards.pages.part import PagePart
from services.auditing import api
from services.proving.api import add_proving

AUDITING: Final = PagePart(
    "auditing", (add_history,), routes=(api.add_history, add_proving), menu=(("/history", "nav.history"),), finds=finds
)
