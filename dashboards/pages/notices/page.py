"""`/notices`: what was sent to somebody, what waits, what failed; a failed letter goes again, and one to try whether mail arrives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from services.errors import EntenteError
from services.notices.noticing import Noticing
from services.notices.outbox import UNSURE
from services.notices.reading import read_letters, sees_all

A_PAGE = 40


def add_notices(router: APIRouter, pages: Pages) -> None:
    noticing = pages.store.use(Noticing)

    @router.get("/notices")
    def notices(
        request: Request,
        done: Annotated[str, Query(max_length=40)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        """`done`: what was asked for on it."""
        return notices_page(View(pages, request), done, page)

    @router.post("/notices/test")
    def test(request: Request) -> Response:
        view = View(pages, request)
        try:
            noticing.test(view.who)
        except EntenteError as error:
            return _refused(view, error)
        return RedirectResponse("/notices?done=test", 303)

    @router.post("/notices/{id}/again")
    def again(request: Request, id: str, channel: Annotated[str, Form(max_length=10)] = "mail") -> Response:
        view = View(pages, request)
        try:
            noticing.again(view.who, id, channel)
        except EntenteError as error:
            return _refused(view, error)
        return RedirectResponse("/notices?done=again", 303)


def notices_page(view: View, done: str = "", page: int = 1) -> Response:
    rows = read_letters(view.seen.history.database, view.who, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
    return view.render(
        "notices/notices.html",
        rows=rows[:A_PAGE],
        is_all=sees_all(view.who),
        is_person=view.who.person is not None,
        done=done if done in ("test", "again") else "",
        unsure=UNSURE,
        newer=link("/notices", page=page - 1) if page > 1 else "",
        older=link("/notices", page=page + 1) if len(rows) > A_PAGE else "",
    )


def _refused(view: View, error: EntenteError) -> Response:
    view.keep("/notices", error)
    with view.state():
        return notices_page(view)
