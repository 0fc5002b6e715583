"""What breaches and actions bring to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.breaches.action_listing import ACTIONS
from dashboards.pages.breaches.action_page import add_action_page
from dashboards.pages.breaches.finding import completes, finds
from dashboards.pages.breaches.listing import BREACHES as BREACHES_LIST
from dashboards.pages.breaches.opening import add_opening
from dashboards.pages.breaches.page import add_actions, add_breaches
from dashboards.pages.breaches.tables import actions, breaches, effects
from dashboards.pages.breaches.waits import waits
from dashboards.pages.part import PagePart
from services.actions.api import add_acting
from services.breaches import api, effect_api

BREACHES: Final = PagePart(
    "breaches",
    (add_breaches, add_actions, add_opening, add_action_page),
    routes=(api.add_breaches, api.add_actions, add_acting, effect_api.add_effects),
    menu=(("/breaches", "nav.breaches"), ("/actions", "nav.actions")),
    waits=waits,
    tables={"breaches": breaches, "actions": actions, "effects": effects},
    lists=(BREACHES_LIST, ACTIONS),
    finds=finds,
    completes=completes,
    things={"breach": "/breaches/", "action": "/actions/"},
    ways_back=(
        ("/breaches/{id:path}/acknowledge", "/breaches/{id}"),
        ("/breaches/{id:path}/explain", "/breaches/{id}"),
        ("/breaches/{id:path}/attribute", "/breaches/{id}"),
        ("/actions/{id:path}/progress", "/actions/{id}"),
        ("/actions/{id:path}/close", "/actions/{id}"),
    ),
)
