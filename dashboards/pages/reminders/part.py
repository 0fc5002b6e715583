"""What reminders bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from dashboards.pages.reminders.page import add_reminders
from dashboards.pages.reminders.waits import waits
from services.reminders import api

REMINDERS: Final = PagePart(
    "reminders",
    (add_reminders,),
    routes=(api.add_reminders,),
    waits=waits,
    things={"reminder": "/reminders/"},
    ways_back=(("/reminders/{id}/{verb}", "/reminders/{id}"),),
)
