"""The pages: server-rendered, French and English, readable without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from dashboards.language import LANGUAGES, choose, language
from dashboards.messages import messages
from dashboards.pages.exports.page import add_exports
from dashboards.pages.house.accessibility import add_accessibility
from dashboards.pages.house.assets import static
from dashboards.pages.house.frame import THEMES, View, error_page
from dashboards.pages.house.given import Choice, Choices, Pages
from dashboards.pages.house.glossary import add_words
from dashboards.pages.house.live import add_live
from dashboards.pages.house.looking_back import AT, looking_back
from dashboards.pages.house.posting import SENT, Sent, add_ways_back
from dashboards.pages.house.sending import asked_page
from dashboards.pages.house.style import add_style
from dashboards.pages.house.templates import environment, link, marked
from dashboards.pages.kept_views.page import add_kept_views
from dashboards.pages.parts import PARTS
from dashboards.pages.reviews.pack import pack_html
from dashboards.pages.search.page import add_search
from dashboards.pages.sign_in.turns import turn
from dashboards.pages.today.page import add_today
from domain.saying import said
from services.api.cookies import AS, chosen, remember
from services.api.cross_site import FIELD, NO_COOKIE, READS, CrossSite
from services.api.one_state import reading_in
from services.api.own_paths import own_path
from services.api.parameters import parameters_of, require_known_to_people
from services.api.unsaid import is_secret, never_say, without_secrets
from services.errors import EntenteError, Invalid, NotFound, NotSignedIn, Refused
from services.sign_in.asker import AGAIN

MENU = tuple(place for part in PARTS for place in part.menu)
"""The pages of parts that the menu leads to, and the keys of what they are called."""

THINGS = {thing: path for part in PARTS for thing, path in part.things.items()}
"""What is decided has a page behind these addresses."""

ROUTES = tuple(add for part in PARTS for add in part.routes)
"""What adds the addresses of parts."""

WAYS_BACK = (
    ("/as", "/"),
    ("/views", "/"),
    ("/calendar-feeds/{key}/{verb}", "/calendar-feeds"),
    *(way for part in PARTS for way in part.ways_back),
)
"""Addresses that forms are sent to, and the pages that hold the forms."""

__all__ = [
    "MENU",
    "ROUTES",
    "THINGS",
    "WAYS_BACK",
    "Choice",
    "Choices",
    "Pages",
    "pack_html",
    "page_before_any",
    "page_for_error",
    "pages_router",
    "prepare_pages",
]


def pages_router(pages: Pages) -> APIRouter:
    """All pages, their style sheet and their forms. A refusal is a page in the same frame."""
    router = APIRouter(route_class=_route(pages), include_in_schema=False)
    add_ways_back(router, link, WAYS_BACK, whole=True)
    for add in (
        add_today,
        *(add for part in PARTS for add in part.add),
        add_exports,
        add_search,
        add_kept_views,
        add_live,
        add_style,
        add_accessibility,
        add_words,
    ):
        add(router, pages)
    _add_frame(router, pages)
    add_ways_back(router, link, WAYS_BACK, whole=False)
    return router


def prepare_pages() -> None:
    """Reads what the first page is written with before somebody asks for it."""
    environment().get_template("today/today.html")
    for code in LANGUAGES:
        language(code)


def page_before_any(request: Request, error: EntenteError) -> Response:
    """The refusal of a request that is not even asked for whom it is: a page without frame, style or anything that is shown here."""
    spoken = choose(chosen(request, "language"), request.headers.get("accept-language"))
    told = messages(spoken.code).refusal(error)
    template = environment().get_template("refused.html")
    return HTMLResponse(template.render(language=spoken, t=marked(spoken.text), told=told), error.status)


def page_for_error(pages: Pages, request: Request, error: EntenteError) -> Response:
    """The same page for an address that no route of the pages knows; the way to sign in for who has to."""
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    try:
        return error_page(View(pages, request), error)
    except NotSignedIn:
        return _to_sign_in(request) if request.method in READS else page_before_any(request, error)


def _to_sign_in(request: Request) -> Response:
    """Leads to where one signs in, and from there back to the page that was asked for."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(link("/sign-in", next=f"{request.url.path}{query}"), 303)


def _asked_again(pages: Pages, request: Request, typed: dict[str, str]) -> Response:
    """Leads to where the password is asked for again; what was typed is kept, and offered again after it."""
    path = request.url.path
    not_yet = Refused(
        said("this was not sent yet: the password was asked for first"), mend=said("send it now"), slug=AGAIN
    )
    kept = pages.sent.keep(Sent(str(request.state.asleep), {"verb": path.rpartition("/")[2], **typed}, not_yet))
    return RedirectResponse(link("/sign-in/again", next=link(path, **{SENT: kept})), 303)


async def _words(request: Request) -> dict[str, str]:
    """The texts that were typed into the form that was sent; none where none was."""
    if request.method != "POST":
        return {}
    form = await request.form()
    return without_secrets({name: value for name, value in form.items() if isinstance(value, str)})


async def _require_token(pages: Pages, request: Request) -> None:
    """Raises CrossSite for a form that no page of ours made for who sends it."""
    if request.method not in READS and not request.url.path.startswith(NO_COOKIE):
        form = await request.form()
        never_say(value for name, value in form.items() if is_secret(name) and isinstance(value, str))
        token = form.get(FIELD)
        pages.forms.require(token if isinstance(token, str) else "", request)


def _refused(pages: Pages, request: Request, error: EntenteError, typed: dict[str, str]) -> Response:
    """The page that says why something is not allowed, or not there; what was typed stands on it."""
    if isinstance(error, NotSignedIn):
        return _asked_again(pages, request, typed) if error.slug == AGAIN else _to_sign_in(request)
    if request.method == "POST" and _known(pages, request):
        view = View(pages, request, typed)
        view.keep(request.url.path, error)
        view.problem = None
        return error_page(view, error)
    return page_for_error(pages, request, error)


def _known(pages: Pages, request: Request) -> bool:
    """Says whether it is known who asks."""
    try:
        pages.who(request)
    except EntenteError:
        return False
    return True


def _route(pages: Pages) -> type[APIRoute]:
    class PageRoute(APIRoute):
        def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
            methods = described.get("methods")
            reads = reading_in(pages.store.seeing, endpoint, methods)
            super().__init__(path, looking_back(pages, reads, methods), **described)

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()
            known = parameters_of(self) | {SENT, AT}

            async def answer(request: Request) -> Response:
                try:
                    require_known_to_people(request, known)
                    await _require_token(pages, request)
                    # Looked up, and noted, before a state of the store is opened for the page.
                    if pages.sign_in is not None:
                        await run_in_threadpool(_known, pages, request)
                    async with turn(request):
                        asked = await run_in_threadpool(asked_page, pages, request)
                        return asked if asked is not None else await handle(request)
                except EntenteError as error:
                    if isinstance(error, CrossSite) and "text/html" not in request.headers.get("accept", ""):
                        raise
                    return await run_in_threadpool(_refused, pages, request, error, await _words(request))
                except RequestValidationError:
                    wrong = Invalid(
                        said("the address or the form holds something else than it should"), slug="address-invalid"
                    )
                    return await run_in_threadpool(page_for_error, pages, request, wrong)
                finally:
                    await request.close()  # the files of its form, which somebody may have attached

            return answer

    return PageRoute


def _add_frame(router: APIRouter, pages: Pages) -> None:
    @router.get("/static/{name}")
    def file(request: Request, name: str) -> Response:
        found = static(name)
        if found is None:
            raise NotFound(said("there is no file {name}", name=name))
        return found

    @router.get("/favicon.ico")
    def icon(request: Request) -> Response:
        return RedirectResponse("/static/icon.svg", 308)

    @router.get("/language/{code}")
    def speak(request: Request, code: str, back: str = "/") -> Response:
        if code not in LANGUAGES:
            raise NotFound(said("the pages do not speak {code}", code=code))
        return _remembered(request, "language", code, back)

    @router.get("/theme/{name}")
    def paint(request: Request, name: str, back: str = "/") -> Response:
        if name not in ("system", *THEMES):
            raise NotFound(said("the pages have no colours called {name}", name=name))
        return _remembered(request, "theme", name, back)

    @router.post("/as")
    def be(request: Request, value: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/") -> Response:
        value = value.strip()
        if pages.choices is None or pages.choices.find(value) is None:
            raise NotFound(said("there is nobody of that name to be here"))
        return _remembered(request, AS, value, back)


def _remembered(request: Request, cookie: str, value: str, back: str) -> Response:
    """Back to where the reader was, which is always a page of this program."""
    answer = RedirectResponse(own_path(back), 303)
    remember(answer, request, cookie, value)
    return answer
