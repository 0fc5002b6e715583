"""`/sign-in/oidc`, back from the identity provider, and what it says to have ended: the way in by OpenID Connect.

The way there is a link and no form: browsers hold a form, and where its answer leads to, to what `form-action` of the page allows,
and the provider is elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from dashboards.pages.house.given import Pages
from dashboards.pages.sign_in.outside import Outside
from services.api.own_paths import own_path
from services.errors import EntenteError, NotFound, Unavailable
from services.sign_in.oidc_sessions import OidcSignIn

BACK: Final = "/sign-in/oidc/back"
LONGEST_TOKEN: Final = 100_000
"""Characters of what a provider says to have ended."""


def add_oidc(router: APIRouter, pages: Pages) -> None:
    """Nothing where no identity provider lets people in."""
    oidc = pages.oidc
    if oidc is None:
        return
    _add_there(router, pages, oidc)
    _add_back(router, pages, oidc)


def _add_there(router: APIRouter, pages: Pages, oidc: OidcSignIn) -> None:
    # `async`: what is written here is written while nothing else is read in one state
    @router.get("/sign-in/oidc")
    async def there(request: Request, next: str = "/") -> Response:
        return await run_in_threadpool(_sent, Outside(pages, request), oidc, own_path(next))

    @router.get("/welcome/{secret}/oidc")
    async def invited(request: Request, secret: str) -> Response:
        return await run_in_threadpool(_sent, Outside(pages, request), oidc, "/", secret)


def _sent(view: Outside, oidc: OidcSignIn, way_back: str, invitation: str = "") -> Response:
    browser = view.browser
    try:
        address = oidc.begin(browser, _ours(view, BACK), way_back, invitation, address=view.address)
    except NotFound as error:
        view.problem = error
        return view.render("welcome-over.html")
    except EntenteError as error:
        return _not_in(view, error)
    return view.known(RedirectResponse(address, 303))


def _add_back(router: APIRouter, pages: Pages, oidc: OidcSignIn) -> None:
    @router.get(BACK)
    async def back(
        request: Request,
        code: str = "",
        state: str = "",
        iss: str | None = None,
        error: str = "",
        error_description: str = "",
        error_uri: str = "",
        session_state: str = "",
    ) -> Response:
        answer = {"code": code, "state": state, "error": error} | ({"iss": iss} if iss is not None else {})
        return await run_in_threadpool(_returned, Outside(pages, request), oidc, answer)

    @router.post("/sign-out/back-channel")
    def ended(logout_token: Annotated[str, Form(max_length=LONGEST_TOKEN)] = "") -> Response:
        """OpenID Connect Back-Channel Logout 1.0 §2.8: 200, or 400 with why."""
        try:
            oidc.end_by(logout_token)
        except Unavailable:
            return _told("temporarily_unavailable", 503)
        except EntenteError as error:
            return _told("invalid_request", 400, error.message)
        return Response(headers={"Cache-Control": "no-store"})


def _returned(view: Outside, oidc: OidcSignIn, answer: dict[str, str]) -> Response:
    try:
        entered = oidc.finish(view.known_browser, _ours(view, BACK), answer, address=view.address, agent=view.agent)
    except EntenteError as error:
        return _not_in(view, error)
    view.sign_in.sessions.end(view.secret)
    return view.entered(entered.opened, entered.way_back)


def _not_in(view: Outside, error: EntenteError) -> Response:
    """The page that says why somebody is not in, and what to do."""
    view.problem = error
    return view.render("not-in.html", waits=error.slug == "nobody-let-you-in")


def _ours(view: Outside, path: str) -> str:
    """Our address, as the browser knows us; the names that are answered are checked before."""
    return str(view.request.base_url).rstrip("/") + path


def _told(error: str, status: int, why: str = "") -> Response:
    body = {"error": error, **({"error_description": str(why)} if why else {})}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})
