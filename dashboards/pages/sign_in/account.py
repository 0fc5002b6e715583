"""`/account`: what somebody comes in with, and where they are signed in: password, second factor, sessions."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.sign_in.noted import about
from dashboards.pages.sign_in.page import Typed, different
from domain.saying import said
from services.api.cookies import session_of
from services.api.own_paths import own_path
from services.errors import EntenteError, NotFound
from services.protection.listing import own_log
from services.sign_in.signing_in import SignIn

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What a browser that names several others calls itself: the first of these that is in it."""
FEW: Final = 2
"""Recovery codes, or fewer, with which it is time for new ones."""
Verb = Annotated[str, Form(max_length=40)]


def add_account(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in."""
    sign_in = pages.sign_in
    if sign_in is None:
        return

    @router.get("/account")
    def account(
        request: Request,
        done: Annotated[str, Query(max_length=40)] = "",
        next: Annotated[str, Query(max_length=2000)] = "",
    ) -> Response:
        """`done`: what was sent from it, and is done, or `recovery`, who came in with one of those codes; `next`: where they wanted
        to go."""
        return _shown(View(pages, request), sign_in, done, own_path(next) if next else "")

    _add_password(router, pages, sign_in)
    _add_sessions(router, pages, sign_in)
    _add_factor(router, pages, sign_in)


def _add_password(router: APIRouter, pages: Pages, sign_in: SignIn) -> None:
    @router.post("/account/password")
    def change(
        request: Request, password: Typed = "", code: Typed = "", new_password: Typed = "", password_again: Typed = ""
    ) -> Response:
        view = View(pages, request)
        _person(view)
        try:
            if new_password != password_again:
                raise different()
            sign_in.change_password(session_of(request), password, new_password, code)
        except EntenteError as error:
            view.problem = error
            with view.state():
                return _shown(view, sign_in)
        return RedirectResponse("/account?done=password", 303)


def _add_sessions(router: APIRouter, pages: Pages, sign_in: SignIn) -> None:
    @router.post("/account/sessions")
    def end(request: Request, password: Typed = "", code: Typed = "", name: Verb = "") -> Response:
        """Ends one session, or all others, which asks for the password and the second factor."""
        view = View(pages, request)
        person = _person(view)
        try:
            if name:
                sign_in.sessions.end_named(person, name)
            else:
                sign_in.end_others(session_of(request), password, code)
        except EntenteError as error:
            view.problem = error
            with view.state():
                return _shown(view, sign_in)
        return RedirectResponse("/account?done=sessions", 303)


def _add_factor(router: APIRouter, pages: Pages, sign_in: SignIn) -> None:
    @router.post("/account/factor")
    def renew(request: Request, password: Typed = "", code: Typed = "") -> Response:
        """The password and the factor of before, before the second factor is set up anew."""
        view = View(pages, request)
        _person(view)
        try:
            sign_in.begin_factor(session_of(request), password, code)
        except EntenteError as error:
            view.problem = error
            with view.state():
                return _shown(view, sign_in)
        return RedirectResponse("/sign-in/factor?next=/account", 303)


def _person(view: View) -> str:
    person = view.who.person
    if person is None:
        raise NotFound(said("who asks has no account here"))
    return person


def _shown(view: View, sign_in: SignIn, done: str = "", back: str = "") -> Response:
    person = _person(view)
    here = sign_in.sessions.of(session_of(view.request))
    named = sign_in.directory.named(person)
    return view.render(
        "sign_in/account.html",
        person=person,
        named=named,
        is_done=done in ("password", "sessions"),
        is_by_recovery=done == "recovery",
        next=back,
        recovery_left=sign_in.accounts.recovery_left(person),
        few=FEW,
        browser_of=browser_of,
        roles=next((one for one in sign_in.roles.people() if one.person == person), None),
        has_password=sign_in.accounts.has_password(person),
        has_factor=sign_in.accounts.has_factor(person),
        sessions=sign_in.sessions.of_person(person),
        log=[(one, about(view, one)) for one in own_log(view.seen.history, person)],
        here_name=here.name if here is not None else "",
    )


def browser_of(agent: str) -> str:
    """The browser and the system, as people name them; what it calls itself where neither is known."""
    named = [next((name for mark, name in one if mark in agent), "") for one in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in named if name) or agent or "–"
