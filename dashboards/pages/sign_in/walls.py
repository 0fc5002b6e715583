"""`/wall`: a screen shows one page with nobody signed in: its key is given once, and kept in a cookie that nothing else reads.

The page is asked for as anybody's is, by the key's service, and its main part is shown without what one could follow or send.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Message

from dashboards.moments import Moments
from dashboards.pages.house.assets import script_name
from dashboards.pages.house.given import Pages
from dashboards.pages.house.shown_still import Still, still
from dashboards.pages.sign_in.outside import Outside
from domain.saying import said
from services.access import Principal
from services.access_keys.following import KeyTerms
from services.access_keys.walls import Walls
from services.api.cookies import chosen_alone, keep, wall_cookie, wall_key
from services.directory.reading import read_services
from services.errors import EntenteError, NotFound
from services.sign_in.around import SAFE

EVERY: Final = 60
"""Seconds after which a screen asks again."""
DAY: Final = 24 * 3600
"""Seconds."""


def add_walls(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in: there every screen of this machine may show everything."""
    walls = pages.walls
    if walls is None:
        return

    # `async`: the page is asked for within, in a state of its own; a wrong key is counted, and written outside of one
    @router.get("/wall")
    async def wall(request: Request, again: Annotated[str, Query(max_length=3)] = "") -> Response:
        """`again`: for another key in the place of the one that the screen has."""
        view = Outside(pages, request)
        if again or not wall_key(request):
            return await run_in_threadpool(view.render, "wall-key.html")
        try:
            who, terms = await run_in_threadpool(_opened, view, walls, wall_key(request))
        except EntenteError as error:
            view.problem = error
            return await run_in_threadpool(view.render, "wall-key.html")
        status, found = await asked(request, who, terms.page)
        return await run_in_threadpool(_shown, view, status, found)

    @router.post("/wall")
    def give(request: Request, access_key: Annotated[str, Form(max_length=200)] = "") -> Response:
        view = Outside(pages, request)
        try:
            _, terms = _opened(view, walls, access_key.strip())
        except EntenteError as error:
            view.problem = error
            return view.render("wall-key.html")
        left = terms.until - view.sign_in.today() + timedelta(days=1)
        answer = RedirectResponse("/wall", 303)
        keep(answer, request, wall_cookie(request), access_key.strip(), seconds=left.days * DAY, sent_from="strict")
        return answer


def _opened(view: Outside, walls: Walls, secret: str) -> tuple[Principal, KeyTerms]:
    """As `Walls.opened`; raises NotFound where the key's service is there no more."""
    who, terms = walls.opened(secret, view.address)
    if not is_there(view.pages, who, terms.service):
        raise NotFound(said("the service of this key is there no more"))
    return who, terms


def is_there(pages: Pages, who: Principal, service: str) -> bool:
    """Says whether a screen shows anything of that service, as `who` sees it."""
    row = pages.store.read(who, read_services).get(service)
    return row is not None and row.is_whole


async def asked(request: Request, who: Principal, page: str) -> tuple[int, Still]:
    """The page, as it is shown to the service of the key, whoever else may have signed in in that browser."""
    path, _, query = page.partition("?")
    kept = [(name, value) for name, value in request.scope["headers"] if name in (b"host", b"accept-language")]
    cookies = chosen_alone(request, ("language", "theme")).encode("latin-1", "replace")
    scope = {
        **request.scope,
        "method": "GET",
        "path": unquote(path),
        "raw_path": quote(path, safe=SAFE).encode(),
        "query_string": quote(query, safe=SAFE).encode(),
        "headers": [*kept, (b"accept", b"text/html"), (b"cookie", cookies)],
        "state": {"who": who},
    }
    status, body = HTTPStatus.OK.value, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
        body += message.get("body", b"")

    try:
        await request.app.router(scope, receive, send)
    except HTTPException as error:  # no route knows that address
        return error.status_code, Still("", "")
    return status, still(body.decode())


def _shown(view: Outside, status: int, found: Still) -> Response:
    pages = view.pages
    known = pages.store.seeing.known()
    now = pages.clock() if pages.clock is not None else known.watermark or 0
    clock = Moments.of(view.language, pages.zone, known.watermark)
    is_page = status < HTTPStatus.MULTIPLE_CHOICES or (status >= HTTPStatus.BAD_REQUEST and bool(found.main))
    answer = view.render(
        "wall.html",
        status=status if is_page else HTTPStatus.NOT_FOUND,
        title=Markup(found.title),  # both are parts of a page of ours, escaped there
        shown=Markup(found.main) if is_page else None,
        made=clock.moment(now),
        received=clock.long(known.watermark) if known.watermark is not None else "",
        city=clock.city,
        every=EVERY,
        wall_script=f"/static/{script_name('wall')}",
    )
    assert isinstance(answer, HTMLResponse)
    return answer
