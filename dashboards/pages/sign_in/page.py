"""`/sign-in`, its steps, `/welcome/…`, `/sign-out`: from a name and a password, or a link, to a session and out of it."""

from __future__ import annotations

from typing import Annotated, Final, TypedDict

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from dashboards.pages.sign_in.outside import Outside
from domain.saying import said
from services.api.cookies import forget, session_cookie
from services.api.own_paths import own_path
from services.errors import EntenteError, Invalid, NotFound
from services.sign_in import codes
from services.sign_in.refusals import too_late
from services.sign_in.sessions import Session
from services.sign_in.tables import Stage

LONGEST: Final = 512
"""Characters of a field: a password has at most 128, and letters that are written with several."""
Typed = Annotated[str, Form(max_length=LONGEST)]
Back = Annotated[str, Form(max_length=4_000)]
Yes = Annotated[str, Form(max_length=3)]


class Told(TypedDict):
    """What is noted of who signs in, and whether they asked to be kept signed in."""

    address: str
    agent: str
    stay: bool


def add_sign_in(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in."""
    if pages.sign_in is None:
        return
    _add_password(router, pages)
    _add_code(router, pages)
    _add_factor(router, pages)
    _add_welcome(router, pages)
    _add_out(router, pages)


def _add_password(router: APIRouter, pages: Pages) -> None:
    @router.get("/sign-in")
    def ask(request: Request, next: str = "/", out: str = "") -> Response:
        """`out`: whoever asks has just signed out."""
        return _asked(Outside(pages, request), own_path(next), is_out=bool(out))

    @router.post("/sign-in")
    def sign_in(request: Request, name: Typed = "", password: Typed = "", next: Back = "/", stay: Yes = "") -> Response:
        view = Outside(pages, request)
        told: Told = {"address": view.address, "agent": view.agent, "stay": bool(stay)}
        try:
            opened = view.sign_in.by_password(name, password, **told)
        except EntenteError as error:
            view.problem = error
            return _asked(view, own_path(next), name)
        view.sign_in.sessions.end(view.secret)
        return view.entered(opened, next, stay)

    @router.get("/sign-in/again")
    def ask_again(request: Request, next: str = "/") -> Response:
        view = Outside(pages, request)
        _session(view)
        return view.render("again.html", next=own_path(next))

    @router.post("/sign-in/again")
    def again(request: Request, password: Typed = "", next: Back = "/") -> Response:
        view = Outside(pages, request)
        try:
            view.sign_in.require_password(view.secret, password)
        except EntenteError as error:
            view.problem = error
            return view.render("again.html", next=own_path(next))
        return RedirectResponse(own_path(next), 303)


def _asked(view: Outside, back: str, name: str = "", *, is_out: bool = False) -> Response:
    is_begun = view.sign_in.roles.is_anybody_admitted()
    return view.render(
        "sign-in.html",
        next=back,
        name=name,
        is_begun=is_begun,
        is_out=is_out,
        ways=view.pages.ways,
        days=view.sign_in.sessions.may_stay,
    )


def _add_code(router: APIRouter, pages: Pages) -> None:
    @router.get("/sign-in/code")
    def ask(request: Request, next: str = "/", stay: str = "") -> Response:
        view = Outside(pages, request)
        _session(view, "password")
        return view.render("code.html", next=own_path(next), stay=stay)

    @router.post("/sign-in/code")
    def code(request: Request, code: Typed = "", next: Back = "/", stay: Yes = "") -> Response:
        view = Outside(pages, request)
        _session(view, "password")
        told: Told = {"address": view.address, "agent": view.agent, "stay": bool(stay)}
        try:
            opened = view.sign_in.by_code(view.secret, code, **told)
        except EntenteError as error:
            view.problem = error
            return view.render("code.html", next=own_path(next), stay=stay)
        back = link("/account", done="recovery", next=own_path(next)) if opened.is_by_recovery else next
        return view.entered(opened, back)


def _add_factor(router: APIRouter, pages: Pages) -> None:
    @router.get("/sign-in/factor")
    def ask(request: Request, next: str = "/", stay: str = "") -> Response:
        return _factor(Outside(pages, request), own_path(next), stay)

    @router.post("/sign-in/factor")
    def confirm(request: Request, code: Typed = "", next: Back = "/", stay: Yes = "") -> Response:
        view = Outside(pages, request)
        told: Told = {"address": view.address, "agent": view.agent, "stay": bool(stay)}
        try:
            opened, handed = view.sign_in.confirm_seed(view.secret, code, **told)
        except Invalid as error:
            view.problem = error
            return _factor(view, own_path(next), stay)
        return view.with_session(view.render("recovery.html", next=own_path(next), codes=handed), opened)


def _factor(view: Outside, back: str, stay: str) -> Response:
    person, seed = view.sign_in.seed(view.secret)
    address = codes.address_of(seed, person, view.pages.organisation)
    key = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return view.render("factor.html", next=back, stay=stay, picture=Markup(codes.picture_of(address)), key=key)


def _add_welcome(router: APIRouter, pages: Pages) -> None:
    @router.get("/welcome/{secret}")
    def ask(request: Request, secret: str) -> Response:
        return _welcome(Outside(pages, request), secret)

    @router.post("/welcome/{secret}")
    def welcome(request: Request, secret: str, password: Typed = "", password_again: Typed = "") -> Response:
        view = Outside(pages, request)
        try:
            if password != password_again:
                raise different()
            opened = view.sign_in.redeem(secret, password, address=view.address, agent=view.agent)
        except EntenteError as error:
            view.problem = error
            return _welcome(view, secret)
        return view.entered(opened, "/")


def _welcome(view: Outside, secret: str) -> Response:
    try:
        found = view.sign_in.inviting.invited(secret)
    except NotFound as error:
        view.problem = error
        return view.render("welcome-over.html")
    named = view.sign_in.directory.named(found.person)
    return view.render(
        "welcome.html",
        person=found.person,
        named=named.name or found.person,
        is_reset=bool(found.is_reset),
        ways=view.pages.ways,
    )


def _add_out(router: APIRouter, pages: Pages) -> None:
    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        view = Outside(pages, request)
        there = None
        if pages.oidc is not None:
            there = pages.oidc.sign_out(view.secret, str(request.base_url).rstrip("/") + "/sign-in")
        else:
            view.sign_in.sign_out(view.secret)
        # a form may lead to nowhere else (`form-action`): a page leads on to the provider
        answer = view.render("signed-out.html", there=there) if there else RedirectResponse("/sign-in?out=yes", 303)
        forget(answer, request, session_cookie(request))
        return answer


def different() -> Invalid:
    return Invalid(said("the two passwords differ"), mend=said("type the same twice"), slug="passwords-differ")


def _session(view: Outside, *stages: Stage) -> Session:
    """The session whose cookie was sent. Raises NotSignedIn where there is none at that stage."""
    found = view.sign_in.sessions.of(view.secret)
    if found is None or found.stage not in (stages or ("in",)):
        raise too_late()
    return found
