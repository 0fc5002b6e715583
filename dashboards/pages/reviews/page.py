"""`/reviews`: the meetings, what was decided in them, and the pack of each."""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from dashboards.pages.causes.called import repeats_path
from dashboards.pages.contracts.page import for_whom
from dashboards.pages.house.assets import font_face
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.posting import instant_typed, party_named, required
from dashboards.pages.house.sending import Fields, Lasting, decided
from dashboards.pages.house.templates import link
from dashboards.pages.reviews.listing import REVIEWS, shown_reviews
from dashboards.pages.reviews.pack import pack_html, pack_style
from domain.saying import said
from services.access import Right
from services.contracts.reading import read_contract
from services.errors import Invalid, NotFound
from services.reviews.packs import review_pack
from services.reviews.reading import read_review, read_reviews
from services.reviews.reviewing import Reviewing, own_of_review
from services.reviews.rows import OfReview

Typed = Annotated[str, Form()]


def review_page(view: View, id: str) -> Response:
    row = read_review(view.seen, id)
    contract = read_contract(view.seen, row.contract)
    may = view.who.may(Right.TAKE_PART, contract.supplier, contract.client)
    return view.render(
        "reviews/review.html",
        row=row,
        contract=contract,
        title=view.to(contract.title_on(view.moments(contract.timezone).local_date(row.starts))),
        clock=view.moments(contract.timezone),
        may=may and row.position is not None and not row.signatures,
        repeats=repeats_path(view, row.contract, row.starts),
        own=own_of_review(view.who, row, contract) if row.position is not None else frozenset(),
        signing=for_whom(view.who, contract, row.signatures) if row.position is not None else [],
    )


def _title(view: View, id: str) -> str:
    """What a review is called. Raises NotFound."""
    row = read_review(view.seen, id)
    contract = read_contract(view.seen, row.contract)
    clock = view.moments(contract.timezone)
    name = view.language.text("review.title", contract=view.to(contract.title_on(clock.local_date(row.starts))))
    return f"{name} · {clock.long(row.starts)}"


def pack_response(view: View, id: str) -> Response:
    """The pack as it stands alone, but for the font, with the one style that it carries allowed by its hash."""
    made = review_pack(view.seeing, view.who, id)
    html = pack_html(
        made, view.language.code, organisation=view.pages.organisation, people=view.people, font=font_face()
    )
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
    def review(request: Request, id: str) -> Response:
        return review_page(View(pages, request), id)

    @router.get("/reviews/{id}/pack")
    def pack(request: Request, id: str) -> Response:
        return pack_response(View(pages, request), id)

    @router.post("/reviews/{id}/{verb}")
    def decide(
        request: Request,
        id: str,
        verb: str,
        fields: Fields,
        text: Typed = "",
        party: Typed = "",
        seen: Typed = "",
        what: Typed = "",
        at: Typed = "",
        ticket: Typed = "",
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": party, "party": party, "at": at})
        of: OfReview = "decision" if what == "decision" else "minutes"

        def read() -> int:
            if not seen.isdecimal() or len(seen) > 9:
                raise Invalid(said("it is not said what was read"), mend=said("open the page here and send it again"))
            return int(seen)

        verbs = {
            "minutes": lambda: pages.store.use(Reviewing).minutes(view.who, id, required(text, said("the minutes"))),
            "decide": lambda: pages.store.use(Reviewing).decide(view.who, id, required(text, said("the decision"))),
            "sign": lambda: pages.store.use(Reviewing).sign_review(view.who, id, party_named(party), seen=read()),
            "take-back": lambda: pages.store.use(Reviewing).take_back(view.who, id, of, instant_typed(at)),
        }
        if verb not in verbs:
            raise NotFound(said("a review has no verb {verb}", verb=verb))

        def again() -> Response:
            return review_page(view, id)

        final = Lasting("sign_review", fields, lambda: _title(view, id)) if verb == "sign" else None
        return decided(view, ticket, verbs[verb], then=link(f"/reviews/{id}"), again=again, final=final)
