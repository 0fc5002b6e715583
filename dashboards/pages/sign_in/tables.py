"""People who are let in, and access keys, as tables that are exported: with the filters of their pages in the address."""

from __future__ import annotations

from dashboards.messages import messages
from dashboards.pages.house.cells import instant
from dashboards.pages.house.frame import View
from dashboards.pages.sign_in.listing import can_of, shown_keys, shown_people
from dashboards.tables import Table
from domain.saying import said
from services.errors import NotFound
from services.roles.shown import offices_of, roles_said
from services.sign_in.signing_in import SignIn


def people(view: View) -> Table:
    """Raises NotAllowed, NotFound where nobody signs in."""
    told = messages(view.language.code).say
    headers = ("person", "name", "email", "roles", "offices", "way in", "used last")
    return headers, (
        (one.row.person, one.named.name, one.named.email, "; ".join(map(told, roles_said(one.row))),
         "; ".join(map(told, offices_of(one.row))), one.state, one.used)
        for one in shown_people(view, _sign_in(view), is_file=True).every()
    )  # fmt: skip


def access_keys(view: View) -> Table:
    """Raises NotAllowed, NotFound where nobody signs in."""
    sign_in, keeping = _sign_in(view), view.pages.access_keys
    assert keeping is not None  # it is there where people sign in
    headers = ("key", "service", "can", "for", "made by", "made", "until", "state", "used last")
    return headers, (
        (one.terms.key, one.terms.service, can_of(one.terms), one.terms.page or " ".join(one.terms.sources), one.terms.by,
         instant(one.terms.made, view.pages.zone), one.terms.until, one.state, one.used)
        for one in shown_keys(view, sign_in, keeping, is_file=True).every()
    )  # fmt: skip


def _sign_in(view: View) -> SignIn:
    if view.pages.sign_in is None:
        raise NotFound(said("nobody signs in here: there is no such table"))
    return view.pages.sign_in
