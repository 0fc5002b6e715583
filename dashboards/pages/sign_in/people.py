"""`/people`: who is let in and as what; giving roles by forms, inviting, taking out at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.sending import Fields, Lasting, decided, once
from dashboards.pages.sign_in.page import Typed
from domain.saying import said
from services.access import ADMINISTRATOR, Right
from services.contracts.admitting import access_tree, admit, admit_to
from services.directory.names import PersonNamed
from services.directory.reading import read_services
from services.errors import NotAllowed
from services.roles.following import KnownPerson
from services.sign_in.signing_in import SignIn

Ticket = Annotated[str, Form(max_length=200)]
OFFICES: Final = ("administrator", "arbiter", "auditor", "dpo")


def add_people(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in."""
    sign_in = pages.sign_in
    if sign_in is None:
        return

    @router.get("/people")
    def people(request: Request) -> Response:
        return _shown(View(pages, request), sign_in)

    _add_giving(router, pages, sign_in)
    _add_acts(router, pages, sign_in)


def _add_giving(router: APIRouter, pages: Pages, sign_in: SignIn) -> None:
    @router.post("/people")
    def give(
        request: Request,
        ticket: Ticket = "",
        person: Typed = "",
        name: Typed = "",
        email: Typed = "",
        service: Typed = "",
        role: Typed = "",
        office: Typed = "",
        since: Typed = "",
        until: Typed = "",
        instead_of: Typed = "",
    ) -> Response:
        typed = {"person": person, "name": name, "email": email, "service": service, "role": role, "office": office}
        typed |= {"since": since, "until": until, "instead_of": instead_of}
        view = View(pages, request, {**typed, "verb": "give"})
        _require(view)
        given = _given(typed)
        return decided(
            view,
            ticket,
            lambda: admit_to(pages.store, view.who, person.strip(), given),
            then="/people",
            again=lambda: _shown(view, sign_in),
        )


def _add_acts(router: APIRouter, pages: Pages, sign_in: SignIn) -> None:
    @router.post("/people/{person}/{verb}")
    def act(
        request: Request, person: str, verb: str, fields: Fields, ticket: Ticket = "", text: Typed = ""
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": person})
        _require(view)
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


def _given(typed: Mapping[str, str]) -> dict[str, Any]:
    """What somebody is given, as the access file says it; the days hold for the role and for the office."""
    said_of = {key: value.strip() for key, value in typed.items()}
    given: dict[str, Any] = {key: said_of[key] for key in ("name", "email") if said_of[key]}
    days = {word: said_of[key] for key, word in (("since", "from"), ("until", "until")) if said_of[key]}
    deputy = {"for": said_of["instead_of"]} if said_of["instead_of"] else {}
    if said_of["service"] and said_of["role"]:
        long = days | deputy
        given["services"] = {said_of["service"]: {"role": said_of["role"], **long} if long else said_of["role"]}
    if said_of["office"]:
        given[said_of["office"]] = days or True
    return given


def _require(view: View) -> None:
    if not view.who.may(Right.ADMIT):
        raise NotAllowed(
            said("letting people in is for heads of services and the administrator, not for {who}", who=view.who)
        )


def _shown(view: View, sign_in: SignIn, invited: tuple[str, str] | None = None) -> Response:
    _require(view)
    is_all = view.who.may(Right.ADMIT, "") or view.who.sees_everything
    people = sign_in.roles.people()
    rows = [one if is_all else _own(view, one) for one in people if is_all or _is_own(view, one)]
    today, used, named = sign_in.today(), sign_in.last_used(), sign_in.directory.names()
    ways = sign_in.accounts.ways_in(people)
    ended = sorted(ways.ended) if is_all else ()
    services = services_of(view, is_all)
    return view.render(
        "sign_in/people.html",
        rows=[
            (one, named.get(one.person, PersonNamed(one.person)), one.person in ways.open, used.get(one.person))
            for one in rows
        ],
        day_of=sign_in.day_of,
        is_all=is_all,
        titles=services,
        own=[(id, title) for id, title in services.items() if view.who.may(Right.ADMIT, id)],
        offices=OFFICES if is_all else (),
        grades=("reader", "member", "head"),
        invited=invited,
        ended=ended,
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


def services_of(view: View, is_all: bool) -> dict[str, str]:
    """What people call the services, by id. Who lets people in everywhere is told of all, and nothing else of what they agreed."""
    found = read_services(view.seen.by(ADMINISTRATOR)) if is_all else view.services
    return {id: view.to(row.title) for id, row in sorted(found.items())}


def _is_own(view: View, person: KnownPerson) -> bool:
    return any(view.who.may(Right.ADMIT, role.service) for role in person.roles)


def _own(view: View, person: KnownPerson) -> KnownPerson:
    """With the roles alone that a head of these services may know of: what somebody is elsewhere is others' business."""
    return replace(
        person, roles=tuple(one for one in person.roles if view.who.may(Right.ADMIT, one.service)), admitted=None
    )


def _address(view: View) -> str:
    return str(view.request.base_url).rstrip("/")
