"""`/notices/stop/…`: the link in each mail that ends its kind. Looking at it changes nothing; sending it does, without signing in
(RFC 8058 §3.1: a mail program sends it by itself, with no cookie)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from dashboards.language import choose
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import environment, marked
from services.api.cookies import chosen
from services.notices.kinds import Kind
from services.notices.stopping import Stopping


def add_stopping(router: APIRouter, pages: Pages) -> None:
    stopping = Stopping(pages.store.history.database)

    @router.get("/notices/stop/{token}")
    def ask(request: Request, token: str) -> Response:
        _, kinds = stopping.read(token)
        return _page(request, kinds, is_done=False)

    @router.post("/notices/stop/{token}")
    def stop(request: Request, token: str) -> Response:
        _, kinds = stopping.stop(token)
        return _page(request, kinds, is_done=True)


def _page(request: Request, kinds: list[Kind], *, is_done: bool) -> Response:
    """In no frame: nobody has signed in, and nothing of anybody is shown but the kinds."""
    spoken = choose(chosen(request, "language"), request.headers.get("accept-language"))
    named = spoken.listing([spoken.text(f"notice_kind.{one}") for one in kinds])
    template = environment().get_template("notices/stop.html")
    return HTMLResponse(template.render(language=spoken, t=marked(spoken.text), kinds=named, is_done=is_done))
