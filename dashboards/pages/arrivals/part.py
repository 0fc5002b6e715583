"""What arrives, and what it brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.arrivals.connect import add_connect
from dashboards.pages.arrivals.listing import QUARANTINE, SOURCES
from dashboards.pages.arrivals.page import add_sources
from dashboards.pages.arrivals.source_form import add_source_form
from dashboards.pages.arrivals.tables import quarantine, sources
from dashboards.pages.part import PagePart
from services.arrivals import api

ARRIVALS: Final = PagePart(
    "arrivals",
    (add_sources, add_connect, add_source_form),
    routes=(api.add_quarantine, api.add_outages),
    menu=(("/quarantine", "nav.sources"),),
    lists=(SOURCES, QUARANTINE),
    tables={"sources": sources, "quarantine": quarantine},
    ways_back=(("/quarantine/{id}/{verb}", "/quarantine"),),
)
