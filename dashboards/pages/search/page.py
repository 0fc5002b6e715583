"""`/search`: whatever the parts find by any of its names, of what the reader may see."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.part import Query
from dashboards.pages.parts import PARTS
from dashboards.plain import plain

MOST = 20
"""Lines of each sort."""
LONGEST = 200


def search_page(view: View, typed: str) -> Response:
    text = " ".join("".join(one for one in typed if one.isprintable() or one.isspace()).split())[:LONGEST]
    query = Query(typed.replace("\0", "")[:LONGEST], plain(text).split(), MOST)
    finds = [part.finds for part in PARTS if part.finds is not None and query.words]
    groups = [group for find in finds for group in find(view, query) if group.count]
    return view.render("search/search.html", query=text, groups=sorted(groups, key=lambda group: group.rank), most=MOST)


def add_search(router: APIRouter, pages: Pages) -> None:
    @router.get("/search")
    def search(request: Request, q: str = "") -> Response:
        return search_page(View(pages, request), q)
