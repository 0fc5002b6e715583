"""What excuses bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.excuses.asking import add_asking
from dashboards.pages.excuses.listing import EXCUSES as EXCUSES_LIST
from dashboards.pages.excuses.page import add_excuses
from dashboards.pages.excuses.tables import excuses
from dashboards.pages.excuses.waits import waits
from dashboards.pages.part import PagePart
from services.excuses import api

EXCUSES: Final = PagePart(
    "excuses",
    (add_asking, add_excuses),
    routes=(api.add_excuses,),
    waits=waits,
    lists=(EXCUSES_LIST,),
    tables={"excuses": excuses},
    things={"excuse": "/excuses/"},
    ways_back=(("/excuses/{id}/{verb}", "/excuses/{id}"),),
)
