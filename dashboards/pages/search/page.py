"""`/search`: whatever the parts find by any of its names, of what the reader may see."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Query as Address
from fastapi.responses import JSONResponse

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import BREAK
from dashboards.pages.part import Query
from dashboards.pages.parts import PARTS
from dashboards.plain import plain
from dashboards.typed_dates import dates_of, near_words

MOST = 20
"""Lines of each sort."""
LONGEST = 200
COMPLETED = 8
"""Titles that are offered while somebody types."""


def search_page(view: View, typed: str) -> Response:
    text = " ".join("".join(one for one in typed if one.isprintable() or one.isspace()).split())[:LONGEST]
    query = Query(typed.replace("\0", "")[:LONGEST], plain(text).split(), MOST)
    finds = [part.finds for part in PARTS if part.finds is not None and query.words]
    groups = [group for find in finds for group in find(view, query) if group.count]
    return view.render("search/search.html", query=text, groups=sorted(groups, key=lambda group: group.rank), most=MOST)


def words(view: View, typed: str, among: str = "") -> list[str]:
    """What somebody may mean who has typed that much: titles of contracts, services and commitments that have all of its words, then
    days, and the names and ids of what the parts know, that the search finds; `among`: titles of contracts or of services alone."""
    query = Query(typed[:LONGEST], plain(typed[:LONGEST]).split(), MOST)
    titles = []
    if among != "services":
        titles += [view.to(row.title) for row in view.contracts.values()]
    if among != "contracts":
        titles += [view.to(row.title) for row in view.services.values()]
    if not among:
        titles += [view.to(row.deliverable.title) for row in view.commitments]
    found = [one for one in titles if query.words and query.is_said_by(one)]
    if query.words and not among:
        found += _days(view, query)
        found += [one for part in PARTS if part.completes for one in islice(part.completes(view, query), COMPLETED)]
    return list(islice(dict.fromkeys(one.replace(BREAK, "") for one in found), COMPLETED))


def _days(view: View, query: Query) -> list[str]:
    """Days as one says them near today, by their beginning; and the days that were typed, with their year."""
    begun, today = plain(query.text.strip()), view.moments().local_date(view.now)
    near = [one for one in near_words(view.language.code) if plain(one).startswith(begun)]
    return [*near, *(view.language.day(day, year=True) for day in dates_of(query.text, today) if not near)]


def add_search(router: APIRouter, pages: Pages) -> None:
    @router.get("/search")
    def search(request: Request, q: str = "") -> Response:
        return search_page(View(pages, request), q)

    @router.get("/search/words")
    def completed(
        request: Request,
        q: Annotated[str, Address(max_length=LONGEST)] = "",
        among: Literal["", "contracts", "services"] = "",
    ) -> Response:
        """For the page that is open, while somebody types."""
        return JSONResponse(words(View(pages, request), q, among))
