"""What contracts bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.contracts.calendar_form import add_calendar_form
from dashboards.pages.contracts.calendars import add_calendars
from dashboards.pages.contracts.drafts import add_drafts
from dashboards.pages.contracts.editor import add_editor
from dashboards.pages.contracts.finding import finds
from dashboards.pages.contracts.listing import CONTRACTS as CONTRACTS_LIST
from dashboards.pages.contracts.page import add_contracts
from dashboards.pages.contracts.service_form import add_service_form
from dashboards.pages.contracts.start import add_start
from dashboards.pages.contracts.tables import contracts
from dashboards.pages.contracts.terminating import add_terminating
from dashboards.pages.contracts.waits import waits
from dashboards.pages.part import PagePart
from services.contracts import api

CONTRACTS: Final = PagePart(
    "contracts",
    (
        add_editor,
        add_start,
        add_drafts,
        add_contracts,
        add_terminating,
        add_calendars,
        add_calendar_form,
        add_service_form,
    ),
    routes=(api.add_contracts,),
    menu=(("/contracts", "nav.contracts"),),
    waits=waits,
    tables={"contracts": contracts},
    lists=(CONTRACTS_LIST,),
    finds=finds,
    things={"contract": "/contracts/"},
    ways_back=(
        ("/contracts/{id}/versions/{number}/{verb}", "/contracts/{id}/versions/{number}"),
        ("/contracts/{id}/edit/check", "/contracts/{id}/edit"),
        ("/new-contract/check", "/new-contract"),
        ("/drafts/{id}/throw-away", "/contracts"),
        ("/contracts/{id}/terminate", "/contracts/{id}"),
    ),
)
