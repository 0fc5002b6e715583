"""`/errands`: something that waits is handed on to another person of the same service, or seen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import Typed, decided
from dashboards.pages.house.templates import link
from domain.saying import said
from services.access import Right
from services.breaches.reading import read_action
from services.contracts.reading import read_contract
from services.errands.handing_on import HandingOn
from services.errands.reading import errands_by_thing
from services.errands.things import services_of
from services.errors import NotFound
from services.excuses.reading import read_excuse
from services.figures.reading import read_commitment
from services.reminders.reading import read_reminder
from services.reviews.reading import read_review

Named = Annotated[str, Query(max_length=1_000)]


def hand_on_page(view: View, thing: str) -> Response:
    own = [one for one in services_of(view.seen, thing) if view.who.is_of(one) and view.who.may(Right.TAKE_PART, one)]
    errand = errands_by_thing(view.seen).get(thing)
    people = view.pages.store.use(HandingOn).people(view.seen, own[0]) if own else None
    has_it = errand.person if errand is not None else None
    return view.render(
        "errands/hand-on.html",
        thing=thing,
        what=what_of(view, thing),
        service=view.service(own[0]) if own else "",
        may=bool(own),
        has_it=view.person(has_it),
        is_any=people is None,
        people=[(id, view.person(id)) for id in people or () if id not in (has_it, view.who.person)],
    )


def what_of(view: View, thing: str) -> str:
    """What the thing is about, in words: a commitment, else its contract."""
    sort, _, name = thing.partition(":")
    seen = view.seen
    if sort in ("version", "refused"):
        return view.to(read_contract(seen, name.partition("/")[0]).title)
    if sort == "review":
        return view.to(read_contract(seen, read_review(seen, name).contract).title)
    scope = name.partition(":")[0]
    if sort in ("excuse", "refusal"):
        scope = read_excuse(seen, name).scope
    elif sort == "action":
        scope = read_action(seen, name).commitment
    elif sort in ("reminder", "answer"):
        scope = read_reminder(seen, name.partition("@")[0]).commitment
    if scope.count("/") != 2:
        return view.to(read_contract(seen, scope.partition("/")[0]).title)
    row = read_commitment(seen, scope)
    return title(view, row.deliverable, row.criterion)


def add_errands(router: APIRouter, pages: Pages) -> None:
    @router.get("/errands/{verb}")
    def form(request: Request, verb: str, thing: Named = "") -> Response:
        if verb != "hand-on" or not thing:  # an address that forms are sent to, as a browser shows it
            return RedirectResponse("/", 303)
        return hand_on_page(View(pages, request), thing)

    @router.post("/errands/{verb}")
    def decide(
        request: Request, verb: str, thing: Typed = "", person: Typed = "", text: Typed = "", ticket: Typed = ""
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "to": person, "thing": thing})
        handing_on = pages.store.use(HandingOn)
        verbs = {
            "hand-on": lambda: handing_on.hand_on(view.who, thing, required(person, said("the person")), text),
            "seen": lambda: handing_on.see(view.who, thing),
        }
        if verb not in verbs:
            raise NotFound(said("what waits has no verb {verb}", verb=verb))
        page = link("/errands/hand-on", thing=thing)
        view.look(services_of, thing)
        return decided(view, ticket, verbs[verb], then="/", again=lambda: hand_on_page(view, thing), page=page)
