"""`/reminders`: a creditor asks where something is, and the debtor says."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.naming import Name, occurrence_name
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import Typed, decided
from dashboards.pages.house.templates import link
from dashboards.standing import mark_of
from domain.saying import said
from services.access import Right
from services.errors import NotFound
from services.figures.reading import read_commitment, read_occurrence
from services.figures.rows import CommitmentRow, OccurrenceRow
from services.reminders.reading import read_reminder
from services.reminders.reminding import Reminding, may_be_reminded_of

Named = Annotated[str, Query(max_length=1_000)]


class Told(NamedTuple):
    """What one of the two services said, and whether that is an answer."""

    by: str
    at: int
    text: str
    is_answer: bool


def new_page(view: View, commitment: str, key: str) -> Response:
    row = read_commitment(view.seen, commitment)
    one = read_occurrence(view.seen, commitment, key)
    if one is None:
        raise NotFound(said("{scope} has no occurrence “{key}”", scope=commitment, key=key))
    return view.render(
        "reminders/new.html",
        row=row,
        key=key,
        what=title(view, row.deliverable, row.criterion),
        name=named(view, row, one),
        mark_name=mark_of(one),
        debtor=view.service(row.debtor),
        back=way_to(row.id, key),
        may=view.who.may(Right.TAKE_PART, row.creditor) and may_be_reminded_of(one),
    )


def reminder_page(view: View, id: str) -> Response:
    reminder = read_reminder(view.seen, id)
    row = read_commitment(view.seen, reminder.commitment)
    one = read_occurrence(view.seen, row.id, reminder.key)
    told = [*(Told(*note, False) for note in reminder.reminded), *(Told(*note, True) for note in reminder.answers)]
    return view.render(
        "reminders/reminder.html",
        row=reminder,
        what=title(view, row.deliverable, row.criterion),
        name=named(view, row, one) if one is not None else Name(reminder.key),
        mark_name=mark_of(one) if one is not None else "",
        parties=view.language.text("word.owes", debtor=view.service(row.debtor), creditor=view.service(row.creditor)),
        debtor=view.service(row.debtor),
        back=way_to(row.id, reminder.key),
        told=sorted(told, key=attrgetter("at")),
        near=view.near(row.terms.timezone),
        may_answer=not reminder.is_answered and view.who.may(Right.TAKE_PART, row.debtor),
    )


def named(view: View, row: CommitmentRow, one: OccurrenceRow) -> Name:
    return occurrence_name(one.key, row.criterion.indicator.kind, one.due, view.moments(row.terms.timezone))


def way_to(commitment: str, key: str) -> str:
    return link(f"/commitments/{commitment}/explain", key=key)


def add_reminders(router: APIRouter, pages: Pages) -> None:
    @router.get("/reminders/new")
    def form(request: Request, commitment: Named = "", key: Named = "") -> Response:
        if not commitment:  # the address alone, as a browser shows it after a refusal
            return RedirectResponse("/", 303)
        return new_page(View(pages, request), commitment, key)

    @router.post("/reminders/new")
    def remind(
        request: Request, commitment: Typed = "", key: Typed = "", text: Typed = "", ticket: Typed = ""
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": "new"})
        view.look(read_commitment, commitment)
        return decided(
            view,
            ticket,
            lambda: pages.store.use(Reminding).remind(view.who, commitment, key, text)[0],
            then="/",
            again=lambda: new_page(view, commitment, key),
            page=link("/reminders/new", commitment=commitment, key=key),
            found=lambda id: link(f"/reminders/{id}"),
        )

    @router.get("/reminders/{id}")
    def reminder(request: Request, id: str) -> Response:
        return reminder_page(View(pages, request), id)

    @router.post("/reminders/{id}/{verb}")
    def decide(request: Request, id: str, verb: str, text: Typed = "", ticket: Typed = "") -> Response:
        if verb != "answer":
            raise NotFound(said("a reminder has no verb {verb}", verb=verb))
        view = View(pages, request, {"text": text, "verb": verb})
        return decided(
            view,
            ticket,
            lambda: pages.store.use(Reminding).answer(view.who, id, required(text, said("the answer"))),
            then=link(f"/reminders/{id}"),
            again=lambda: reminder_page(view, id),
        )
