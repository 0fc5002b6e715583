"""What offers bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from services.offers import api

OFFERS: Final = PagePart("offers", (), routes=(api.add_offers,))
