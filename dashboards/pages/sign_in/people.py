"""`/people`: who is let in and as what; inviting, suspending, taking out at once."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.sending import Fields, Lasting, decided, once
from dashboards.pages.sign_in.listing import PEOPLE, require_admits, sees_all, services_of, shown_people
from dashboards.pages.sign_in.page import Typed
from domain.saying import said
from services.access import Right
from services.contracts.admitting import access_tree, admit
from services.errors import NotAllowed
from services.sign_in.signing_in import SignIn

Ticket = Annotated[str, Form(max_length=200)]
OFFICES: Final = ("administrator", "arbiter", "auditor", "dpo")


def add_people(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in."""
    sign_in = pages.sign_in
    if sign_in is None:
        return

    @router.get("/people", dependencies=[asks(PEOPLE)])
    def people(request: Request) -> Response:
        return _shown(View(pages, request), sign_in)

    _add_acts(router, pages, sign_in)


def _add_acts(router: APIRouter, pages: Pages, sign_in: SignIn) -> None:
    @router.post("/people/{person}/{verb}")
    def act(
        request: Request, person: str, verb: str, fields: Fields, ticket: Ticket = "", text: Typed = ""
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": person})
        require_admits(view)
        sign_in.inviting.admittable(view.who, person)
        if verb == "invite":
            secret = once(view, ticket, lambda: sign_in.inviting.invite(view.who, person))
            with view.state():
                return _shown(view, sign_in, invited=(person, f"{_address(view)}/welcome/{secret}"))
        acts = {
            "suspend": lambda: sign_in.suspending.suspend(view.who, person, text),
            "resume": lambda: sign_in.suspending.resume(view.who, person),
            "out": lambda: admit(pages.store, view.who, person, {}),
        }
        if verb not in acts:
            raise NotAllowed(said("there is no such thing to be done"))
        final = None if verb == "resume" else Lasting(f"{verb}_person", fields, lambda: view.person(person))
        return decided(view, ticket, acts[verb], then="/people", again=lambda: _shown(view, sign_in), final=final)


def _shown(view: View, sign_in: SignIn, invited: tuple[str, str] | None = None) -> Response:
    shown, is_all = shown_people(view, sign_in), sees_all(view)
    today = sign_in.today()
    return view.render(
        "sign_in/people.html",
        list=shown,
        day_of=sign_in.day_of,
        is_all=is_all,
        titles=services_of(view, is_all),
        invited=invited,
        ended=sorted(sign_in.accounts.ways_in(sign_in.roles.people()).ended) if is_all else (),
        keys_left=_keys_left(view, sign_in, is_all),
        ending=_keys_ending(view),
        lacking=[
            office for office in ("administrator", "arbiter") if is_all and not sign_in.roles.holders(office, today)
        ],
        waiting=view.pages.oidc.waiting() if is_all and view.pages.oidc is not None else (),
        file=access_tree(view.pages.store) if is_all else None,
    )


def _keys_left(view: View, sign_in: SignIn, is_all: bool) -> dict[str, str]:
    """By person whom nobody lets in the live access keys that they made, of services whose keys whoever asks may know of."""
    made = view.pages.access_keys.by_maker(sign_in.roles.is_out) if view.pages.access_keys is not None else {}
    shown = {
        person: ", ".join(one.key for one in keys if is_all or view.who.may(Right.ADMIT, one.service))
        for person, keys in made.items()
    }
    return {person: keys for person, keys in sorted(shown.items()) if keys}


def _keys_ending(view: View) -> int:
    """How many access keys end soon, of services whose keys whoever asks may make."""
    keeping = view.pages.access_keys
    return 0 if keeping is None else sum(view.who.may(Right.ADMIT, one.service) for one in keeping.ending())


def _address(view: View) -> str:
    return str(view.request.base_url).rstrip("/")
