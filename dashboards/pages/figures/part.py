"""What figures bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.figures.finding import completes, finds
from dashboards.pages.figures.listing import COMMITMENTS
from dashboards.pages.figures.page import add_portfolio
from dashboards.pages.figures.tables import commitments
from dashboards.pages.part import PagePart
from services.figures import api

FIGURES: Final = PagePart(
    "figures",
    (add_portfolio,),
    routes=(api.add_figures,),
    menu=(("/portfolio", "nav.portfolio"),),
    lists=(COMMITMENTS,),
    tables={"commitments": commitments},
    finds=finds,
    completes=completes,
)
