"""`/reviews`: the meetings, what was decided in them, and the pack of each."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from dashboards.pages.causes.called import repeats_path
from dashboards.pages.contracts.page import for_whom
from dashboards.pages.house.assets import font_face
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.sending import CONFIRMED, Fields, Lasting, decided
from dashboards.pages.house.templates import link
from dashboards.pages.reviews.beside import sign_together, together_page
from dashboards.pages.reviews.coming import coming, invitation_of
from dashboards.pages.reviews.forms import ReviewForms
from dashboards.pages.reviews.listing import REVIEWS, shown_reviews
from dashboards.pages.reviews.meeting import (
    decisions_shown,
    grouped_fingerprint,
    meeting_shown,
    refused_words,
    since_words,
    subject_path,
)
from dashboards.pages.reviews.minutes import minutes_html
from dashboards.pages.reviews.own_decision import own_decision
from dashboards.pages.reviews.pack import pack_html, pack_style
from domain.saying import said
from services.access import Right
from services.api.cross_site import FIELD
from services.contracts.reading import read_contract
from services.errors import NotFound
from services.reviews.invitation_files import NAME
from services.reviews.issued import issued_of
from services.reviews.packs import held_pack, issued_pack
from services.reviews.reading import read_beside, read_review, read_reviews
from services.reviews.reviewing import Reviewing, own_of_review

Typed = Annotated[str, Form()]
Chosen = Annotated[str, Query(max_length=40)]


def review_page(view: View, id: str) -> Response:
    row = read_review(view.seen, id)
    contract = read_contract(view.seen, row.contract)
    may = view.who.may(Right.TAKE_PART, contract.supplier, contract.client)
    meeting = meeting_shown(view, row, contract)
    words = decisions_shown(view, row)
    effective = {decision for decision, _ in row.took_effect}
    submission = row.submission
    reading: dict[str, int | str] = {"seen": row.entries}
    if submission is not None and submission.fingerprint:
        reading["fingerprint"] = submission.fingerprint
    return view.render(
        "reviews/review.html",
        row=row,
        contract=contract,
        title=view.to(contract.title_on(view.moments(contract.timezone).local_date(row.starts))),
        clock=view.moments(contract.timezone),
        meeting=meeting,
        may=may and row.is_open,
        may_add=may and row.submission is None and not row.signatures and row.cancelled is None,
        own=own_of_review(view.who, row, contract),
        issued=issued_of(view.seeing, view.who, row) if meeting is not None else None,
        coming=coming(view, row, contract),
        since_words=partial(since_words, view.language),
        repeats=repeats_path(view, row.contract, row.starts),
        signing=for_whom(view.who, contract, row.signatures) if row.position is not None else [],
        decisions=[(one, words[one.decision], subject_path(one.subject)) for one in row.taken],
        refused_words=partial(refused_words, view.language, row, words),
        effective=effective,
        own_decision=own_decision(view, row, contract, meeting, view.typed),
        fingerprint=grouped_fingerprint(meeting),
        beside=len(read_beside(view.seen, row)) - 1 if row.state != "cancelled" else 0,
        reading=reading,
    )


def _title(view: View, id: str) -> str:
    """What a review is called. Raises NotFound."""
    row = read_review(view.seen, id)
    contract = read_contract(view.seen, row.contract)
    clock = view.moments(contract.timezone)
    name = view.language.text("review.title", contract=view.to(contract.title_on(clock.local_date(row.starts))))
    return f"{name} · {clock.long(row.starts)}"


def pack_response(view: View, id: str, *, issued: bool = False) -> Response:
    """The pack as it stands alone, but for the font, with the one style that it carries allowed by its hash. `issued`: that which
    was issued before its hour."""
    held = issued_pack(view.seeing, view.who, id) if issued else held_pack(view.seeing, view.who, id)
    html = pack_html(
        held.pack,
        view.language.code,
        organisation=view.pages.organisation,
        people=view.people,
        font=font_face(),
        told=held.told,
    )
    return _alone(html)


def minutes_response(view: View, id: str) -> Response:
    """The minutes as they stand alone; before the meeting, its agenda."""
    row, held = read_review(view.seen, id), held_pack(view.seeing, view.who, id)
    organisation = view.pages.organisation
    return _alone(
        minutes_html(held, row, view.language.code, organisation=organisation, people=view.people, font=font_face())
    )


def _alone(html: str) -> Response:
    """With the one style that it carries allowed by its hash."""
    digest = base64.b64encode(hashlib.sha256(pack_style(html).encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def add_reviews(router: APIRouter, pages: Pages) -> None:
    @router.get("/reviews", dependencies=[asks(REVIEWS)])
    def reviews(request: Request) -> Response:
        view = View(pages, request)
        shown = shown_reviews(view)
        is_empty = not read_reviews(view.seen)
        return view.render("reviews/reviews.html", list=shown, is_empty=is_empty, contracts=view.contracts)

    @router.get("/reviews/{id}")
    def review(request: Request, id: str, kind: Chosen = "", about: Chosen = "") -> Response:
        """`kind`: of a decision of one's own, whose fields are shown; `about`: the place of the item that it is about."""
        return review_page(View(pages, request), id)

    @router.get("/reviews/{id}/invitation.ics")
    def invitation(request: Request, id: str) -> Response:
        content = invitation_of(View(pages, request, breaks=False), id)
        headers = {"Content-Disposition": f'attachment; filename="{NAME}"'}
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    @router.get("/reviews/{id}/pack")
    def pack(request: Request, id: str, issued: bool = False) -> Response:
        return pack_response(View(pages, request), id, issued=issued)

    @router.get("/reviews/{id}/minutes")
    def minutes(request: Request, id: str) -> Response:
        return minutes_response(View(pages, request), id)

    @router.get("/reviews/{id}/together")
    def held_together(request: Request, id: str) -> Response:
        return together_page(View(pages, request), id)

    @router.post("/reviews/{id}/together")
    def sign_those(request: Request, id: str, fields: Fields, ticket: Typed = "") -> Response:
        return sign_together(View(pages, request), pages.store.use(Reviewing), id, fields, ticket)

    @router.post("/reviews/{id}/{verb}")
    def decide(request: Request, id: str, verb: str, fields: Fields, ticket: Typed = "") -> Response:
        typed = {name: value for name, value in fields if name not in (FIELD, "ticket", CONFIRMED)}
        typed["present"] = " ".join(value for name, value in fields if name == "present")
        typed.setdefault("id", typed.get("party", ""))
        view = View(pages, request, {**typed, "verb": verb})
        acts = ReviewForms(pages.store, view, id, fields, typed)
        if verb not in acts.verbs:
            raise NotFound(said("a review has no verb {verb}", verb=verb))

        def again() -> Response:
            return review_page(view, id)

        final = Lasting("sign_review", fields, lambda: _title(view, id)) if verb == "sign" else None
        return decided(view, ticket, acts.verbs[verb], then=link(f"/reviews/{id}"), again=again, final=final)
