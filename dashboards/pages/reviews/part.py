"""What reviews bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from dashboards.pages.reviews.answering import add_answering
from dashboards.pages.reviews.finding import completes, finds
from dashboards.pages.reviews.listing import REVIEWS as REVIEWS_LIST
from dashboards.pages.reviews.page import add_reviews
from dashboards.pages.reviews.tables import reviews
from dashboards.pages.reviews.waits import waits
from services.reviews import api

REVIEWS: Final = PagePart(
    "reviews",
    (add_reviews, add_answering),
    routes=(api.add_reviews,),
    menu=(("/reviews", "nav.reviews"),),
    waits=waits,
    lists=(REVIEWS_LIST,),
    tables={"reviews": reviews},
    finds=finds,
    completes=completes,
    things={"review": "/reviews/"},
    ways_back=(("/reviews/{id}/{verb}", "/reviews/{id}"),),
)
