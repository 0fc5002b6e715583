"""What the protection of people's data brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from dashboards.pages.protection.log_listing import LOG
from dashboards.pages.protection.page import add_protection
from dashboards.pages.protection.tables import access_log
from services.protection import api

PROTECTION: Final = PagePart(
    "protection",
    (add_protection,),
    routes=(api.add_protection,),
    tables={"access-log": access_log},
    lists=(LOG,),
    ways_back=(("/personal/{position}/show", "/personal/{position}"),),
)
