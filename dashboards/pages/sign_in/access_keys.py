"""`/access-keys`: what tools come in with: keys are made, shown once and revoked, by who lets people in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from anyio import from_thread
from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.sending import Fields, Lasting, decided, shown_once
from dashboards.pages.sign_in.listing import KEYS, can_of, require_keeps_keys, sees_all, services_of, shown_keys
from dashboards.pages.sign_in.page import Typed
from dashboards.pages.sign_in.walls import asked, is_there
from domain.saying import said
from services.access import Principal, Right
from services.access_keys.following import EVERY
from services.access_keys.keeping import SAID_BEFORE, Given, KeyKeeping
from services.access_keys.pages import wall_page
from services.errors import Invalid

ALL: Final = "*"
"""In the place of a service: all of them, for a key that reads metrics."""
WALL: Final = "wall"
"""A key that reads, of one page."""
MADE_HERE: Final = ("push", "read", "metrics", WALL)
"""What keys can that are made here: those of calendar feeds are made where their addresses are shown."""
_ASKS: Final[Mapping[str, str]] = {
    "push": '-H "Content-Type: application/cloudevents+json" --data @event.json {here}/v1/events',
    "read": "{here}/v1/contracts",
    "metrics": "{here}/metrics",
}
Long = Annotated[str, Form(max_length=2_000)]


def add_access_keys(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in."""
    keeping = pages.access_keys
    if keeping is None:
        return

    @router.get("/access-keys", dependencies=[asks(KEYS)])
    def keys(request: Request) -> Response:
        return _shown(View(pages, request), keeping)

    @router.post("/access-keys")
    def make(
        request: Request,
        ticket: Typed = "",
        service: Typed = "",
        can: Typed = "",
        sources: Long = "",
        page: Typed = "",
        until: Typed = "",
    ) -> Response:
        typed = {"service": service, "can": can, "sources": sources, "page": page, "until": until, "verb": "make"}
        view = View(pages, request, typed)
        require_keeps_keys(view)
        return shown_once(
            view,
            ticket,
            lambda: _made(view, keeping, typed),
            shown=lambda made: _shown(view, keeping, made),
            page="/access-keys",
        )

    @router.post("/access-keys/{key}/revoke")
    def revoke(request: Request, key: str, fields: Fields, ticket: Typed = "", text: Long = "") -> Response:
        view = View(pages, request, {"text": text, "verb": "revoke", "id": key})
        require_keeps_keys(view)
        return decided(
            view,
            ticket,
            lambda: keeping.revoke(view.who, key, text),
            then="/access-keys",
            again=lambda: _shown(view, keeping),
            final=Lasting("revoke_key", fields, lambda: key),
        )


def _made(view: View, keeping: KeyKeeping, typed: Mapping[str, str]) -> Given:
    """Raises Invalid, Refused, NotAllowed, NotFound."""
    is_wall = typed["can"] == WALL
    service = EVERY if typed["service"] == ALL else typed["service"]
    page = _page(typed["page"].strip(), is_wall=is_wall)
    if is_wall and view.who.may(Right.ADMIT, service):
        _require_opens(view, service, page)
    return keeping.create(
        view.who,
        service,
        "read" if is_wall else typed["can"],
        [one for one in re.split(r"[\s,;]+", typed["sources"]) if one],
        _day(typed["until"]) if typed["until"] else None,
        page,
    )


def _require_opens(view: View, service: str, page: str) -> None:
    """A screen would say that there is no such page, when nobody is there any more to mend it. Raises Invalid."""
    who = Principal("member", frozenset({service}), granted=frozenset())
    if not is_there(view.pages, who, service):
        raise Invalid(
            said("no file describes {service}: a wall screen would show nothing of it", service=service),
            place="service",
            mend=said("a file with “service: {service}” describes it", service=service),
        )
    status, _ = from_thread.run(asked, view.request, who, page)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise Invalid(
            said(
                "{service} cannot open the page “{page}”: a wall screen would show nothing", service=service, page=page
            ),
            place="page",
            mend=said("open the page in the browser, and take its address from there"),
        )


def _page(text: str, *, is_wall: bool) -> str:
    """Raises Invalid for a page of a key that would open everything, and for one that no screen shows."""
    if text and not is_wall:
        raise Invalid(
            said("only a key for a wall screen shows one page"),
            place="page",
            mend=said("choose the wall screen, or leave the page out"),
        )
    return wall_page(text or "/") if is_wall else ""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(said("“{day}” is no day", day=text), mend=said("2026-10-06"), slug="date-unclear") from None


def _shown(view: View, keeping: KeyKeeping, made: Given | None = None) -> Response:
    sign_in = view.pages.sign_in
    assert sign_in is not None  # the page is there only where people sign in
    titles = services_of(view, sees_all(view))
    own = [(id, title) for id, title in titles.items() if view.who.may(Right.ADMIT, id)]
    here = str(view.request.base_url).rstrip("/")
    return view.render(
        "sign_in/access-keys.html",
        list=shown_keys(view, sign_in, keeping),
        soon=sign_in.today() + timedelta(days=SAID_BEFORE),
        titles=titles,
        own=[*own, (ALL, view.language.text("access_keys.every"))] if view.who.may(Right.ADMINISTER) else own,
        can_be=MADE_HERE,
        can_of=can_of,
        made=made,
        line=_line(made, here) if made is not None else "",
        screen=f"{here}/wall",
        may_revoke=lambda one: view.who.may(Right.ADMIT, one.service),
    )


def _line(made: Given, here: str) -> str:
    """A line for a shell that uses the key; empty for a wall screen, which has none."""
    asks = "" if made.terms.page else _ASKS.get(made.terms.can, "")
    return f'curl -H "Authorization: Bearer {made.secret}" ' + asks.format(here=here) if asks else ""
