"""`/new-action`: somebody opens an action by hand, for the service that owes the deliverable."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.pages.figures.standings import commitment_path, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import decided
from dashboards.pages.house.templates import link
from domain.saying import said
from services.access import Right
from services.breaches.following_up import FollowingUp
from services.errors import Invalid
from services.figures.reading import read_commitment

Typed = Annotated[str, Form()]
Commitment = Annotated[str, Query(max_length=300)]


def opening_page(view: View, commitment: str) -> Response:
    row = read_commitment(view.seen, commitment)
    following_up = view.pages.store.use(FollowingUp)
    return view.render(
        "breaches/new-action.html",
        row=row,
        what=title(view, row.deliverable, row.criterion),
        back=commitment_path(row.id),
        debtor=view.service(row.debtor),
        owner=following_up.falls_to(view.seen, row) or "",
        people=[(id, view.person(id)) for id in following_up.owners(view.seen, row.debtor) or ()],
        may=view.who.may(Right.TAKE_PART, row.debtor, row.creditor),
    )


def add_opening(router: APIRouter, pages: Pages) -> None:
    @router.get("/new-action")
    def form(request: Request, commitment: Commitment = "") -> Response:
        if not commitment:  # the address alone, as a browser shows it after a refusal
            return RedirectResponse("/actions", 303)
        return opening_page(View(pages, request), commitment)

    @router.post("/new-action")
    def open_action(
        request: Request,
        commitment: Typed = "",
        text: Typed = "",
        person: Typed = "",
        due: Typed = "",
        ticket: Typed = "",
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": "new-action", "to": person, "first": due})
        view.look(read_commitment, commitment)

        def decide() -> str:
            words, on = required(text, said("what is to be done")), day_typed(due)
            following_up = pages.store.use(FollowingUp)
            return following_up.open_action(view.who, commitment, words, person=person or None, due=on)[0]

        return decided(
            view,
            ticket,
            decide,
            then=commitment_path(commitment),
            again=lambda: opening_page(view, commitment),
            page=link("/new-action", commitment=commitment),
            found=lambda id: link(f"/actions/{id}"),
        )


def day_typed(text: str) -> date | None:
    """None where no day was chosen. Raises Invalid."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Invalid(
            said("“{text}” is no date", text=text), mend=said("a date such as 2026-11-16"), slug="date-unclear"
        ) from None
