"""What root causes bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.causes.finding import finds
from dashboards.pages.causes.form import add_causes_form
from dashboards.pages.causes.listing import REPEATS
from dashboards.pages.causes.page import add_causes
from dashboards.pages.causes.tables import repeats
from dashboards.pages.part import PagePart
from services.causes import api

CAUSES: Final = PagePart(
    "causes",
    (add_causes, add_causes_form),
    routes=(api.add_causes,),
    tables={"repeats": repeats},
    lists=(REPEATS,),
    finds=finds,
)
