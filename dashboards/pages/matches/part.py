"""What the queue of unmatched events brings to the pages. It is shown on `/quarantine` (arrivals), which adds its addresses too."""

from __future__ import annotations

from typing import Final

from dashboards.pages.matches.listing import UNMATCHED
from dashboards.pages.matches.tables import unmatched
from dashboards.pages.part import PagePart
from services.matches import api

MATCHES: Final = PagePart(
    "matches",
    (),
    routes=(api.add_unmatched, api.add_matching),
    lists=(UNMATCHED,),
    tables={"unmatched": unmatched},
    ways_back=(
        ("/unmatched", "/quarantine"),
        ("/unmatched/{id}/{verb}", "/quarantine"),
        ("/matches/{id}/{verb}", "/quarantine"),
    ),
)
