"""What the unmatched queue brings to the pages; it stands on that of what arrives, which adds its addresses."""

from __future__ import annotations

from typing import Final

from dashboards.pages.matches.tables import unmatched
from dashboards.pages.part import PagePart
from services.matches import api

MATCHES: Final = PagePart(
    "matches",
    (),
    routes=(api.add_unmatched, api.add_matching),
    tables={"unmatched": unmatched},
    ways_back=(("/unmatched/{id}/{verb}", "/quarantine"), ("/matches/{id}/{verb}", "/quarantine")),
)
