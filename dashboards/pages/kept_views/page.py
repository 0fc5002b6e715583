"""`/views`: keeps the address of a list under a name of one's own, or removes it; the lists show them (MORNING §3)."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import LONGEST, Listing, query_of, wanted
from dashboards.pages.house.posting import Sent
from dashboards.pages.house.sending import decided
from dashboards.pages.house.templates import link
from dashboards.pages.parts import PARTS
from domain.saying import said
from services.directory.kept_views import KeptViews
from services.errors import NotFound

Typed = Annotated[str, Form(max_length=2_000)]
LISTS: Final = {one.table: one for part in PARTS for one in part.lists if one.columns}
"""By name, which is that of the table under which they are exported."""


def add_kept_views(router: APIRouter, pages: Pages) -> None:
    @router.post("/views")
    def keep(
        request: Request, of: Typed = "", name: Typed = "", query: Typed = "", verb: Typed = "", ticket: Typed = ""
    ) -> Response:
        view = View(pages, request, {"name": name, "verb": verb, "of": of, "query": query})
        listing, kept = LISTS.get(of), pages.store.use(KeptViews)
        verbs = {
            "keep": lambda: kept.keep(view.who, of, name, _own(listing, query) if listing else ""),
            "remove": lambda: kept.remove(view.who, of, name),
        }
        if listing is None or verb not in verbs:
            raise NotFound(said("there is no list {name} whose views are kept", name=of[:60]))

        def again() -> Response:
            """The list says at the name why it is not kept."""
            there = link(listing.address, **said_of) + listing.place
            return RedirectResponse(view.leading(there, Sent(str(view.who), view.typed, view.problem)), 303)

        said_of = _read(listing, query)
        then = link(listing.address, **(said_of if verb == "keep" else {})) + listing.place
        return decided(view, ticket, verbs[verb], then=then, again=again)


def _read(listing: Listing, query: str) -> dict[str, str]:
    """What a query says of the list, and of nothing else."""
    asked = {name: value[:LONGEST] for name, value in parse_qsl(query, max_num_fields=20) if name in listing.parameters}
    return query_of(listing, wanted(listing, asked))


def _own(listing: Listing, query: str) -> str:
    return link("", **_read(listing, query)).removeprefix("?")
