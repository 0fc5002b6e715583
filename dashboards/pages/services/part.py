"""What services bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from dashboards.pages.services.page import add_services

SERVICES: Final = PagePart("services", (add_services,))
