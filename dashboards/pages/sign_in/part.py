"""What signing in brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.part import PagePart
from dashboards.pages.sign_in.access_keys import add_access_keys
from dashboards.pages.sign_in.account import add_account
from dashboards.pages.sign_in.finding import completes, finds
from dashboards.pages.sign_in.listing import KEYS, PEOPLE
from dashboards.pages.sign_in.oidc import add_oidc
from dashboards.pages.sign_in.page import add_sign_in
from dashboards.pages.sign_in.people import add_people
from dashboards.pages.sign_in.person_form import add_person_form
from dashboards.pages.sign_in.tables import access_keys, people
from dashboards.pages.sign_in.walls import add_walls

SIGN_IN: Final = PagePart(
    "sign_in",
    (add_sign_in, add_oidc, add_account, add_person_form, add_people, add_access_keys, add_walls),
    tables={"people": people, "access-keys": access_keys},
    lists=(PEOPLE, KEYS),
    finds=finds,
    completes=completes,
    ways_back=(
        ("/people/{person}/{verb}", "/people"),
        ("/account/{verb}", "/account"),
        ("/access-keys/{key}/{verb}", "/access-keys"),
    ),
)
