"""What notices bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.notices.page import add_notices
from dashboards.pages.notices.post import add_post
from dashboards.pages.notices.preferring import add_preferences
from dashboards.pages.notices.stopping import add_stopping
from dashboards.pages.part import PagePart
from services.notices import api

NOTICES: Final = PagePart(
    "notices",
    (add_notices, add_preferences, add_stopping, add_post),
    routes=(api.add_notices,),
    ways_back=(("/notices/{id}/again", "/notices"), ("/notices/test", "/notices")),
)
