"""`/v1/reviews`: the meetings of the parties, their packs, what is said and decided there, and two signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.review import REST
from domain.saying import said
from services.access import Principal
from services.api.answers import (
    After,
    JsonAnswer,
    Name,
    Page,
    answer,
    commanded,
    done,
    page_after,
    problems,
    require_page,
    required_moment,
    written,
)
from services.api.ports import Api
from services.api.shapes import Done, Reason, Said
from services.api.showing import zone_of
from services.directory.reading import read_names
from services.errors import Invalid, NotFound
from services.reviews.decision_words import decisions_told
from services.reviews.fingerprints import signing_json
from services.reviews.issued import issued_of
from services.reviews.pack_shapes import Pack, Signing
from services.reviews.packs import held_pack, issued_pack
from services.reviews.reading import read_review, read_reviews
from services.reviews.reviewing import Reviewing
from services.reviews.rows import ReviewRow
from services.reviews.shapes import (
    Added,
    Adding,
    Agenda,
    Answering,
    Attending,
    Deciding,
    Moving,
    Refusing,
    Review,
    ReviewShown,
    Settling,
    SigningReview,
    Taken,
    TakenBackOfReview,
)
from services.reviews.shown import agenda_json, review_json, review_shown

Place = Annotated[int, Path(ge=1, le=1_000_000)]
_PACK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pack: JSON, or one page that stands alone.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}


def add_reviews(router: APIRouter, api: Api) -> None:
    _add_reads(router, api)
    _add_packs(router, api)
    _add_decisions(router, api)
    _add_course(router, api)


def _add_reads(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/reviews", tags=["reviews"], response_model=list[Review], responses=problems(404))
    def list_reviews(
        request: Request,
        contract: Name | None = None,
        limit: Page = None,
        after: After = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Those that took place, and the next one of each contract, by time."""
        seen = api.seen(who)
        require_page(limit, after)
        catalogue = seen.catalogue
        rows: Sequence[ReviewRow] = read_reviews(seen, contract=contract)
        headers: dict[str, str] = {}
        if limit is not None:
            ids = [row.id for row in rows]
            if after is not None and after not in ids:
                raise NotFound(
                    said("there is no review “{after}”", after=after), mend=said("follow the links of the answers")
                )
            rest = rows[ids.index(after) + 1 :] if after is not None else rows
            rows, headers = page_after(request, rest, limit, lambda row: row.id)
        return JsonAnswer([review_json(row, zone_of(catalogue, row.contract)) for row in rows], headers=headers)

    @router.get("/reviews/{id}", tags=["reviews"], response_model=ReviewShown, responses=problems(404))
    def show_review(id: str, who: Principal = asked) -> JsonAnswer:
        seen = api.seen(who)
        row = read_review(seen, id)
        issued = issued_of(api.store.seeing, who, row)
        words = decisions_told(seen, row).words
        return JsonAnswer(review_shown(row, zone_of(seen.catalogue, row.contract), issued, words))


def _add_packs(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/reviews/{id}/signing", tags=["reviews"], response_model=Signing, responses=problems(404))
    def show_signing(id: str, who: Principal = asked) -> JsonAnswer:
        """What a signature agrees to, and its fingerprint; null before the review was called."""
        held = held_pack(api.store.seeing, who, id)
        return JsonAnswer(signing_json(held.pack, held.meeting))

    @router.get("/reviews/{id}/agenda", tags=["reviews"], response_model=Agenda, responses=problems(404))
    def show_agenda(id: str, who: Principal = asked) -> JsonAnswer:
        """What there is to decide, in the order in which it is to be decided, with decisions that are ready to be taken."""
        row = api.store.read(who, read_review, id)
        return JsonAnswer(agenda_json(held_pack(api.store.seeing, who, id), row))

    @router.get("/reviews/{id}/pack", tags=["reviews"], response_model=Pack, responses={**_PACK, **problems(404)})
    def show_pack(
        request: Request,
        id: str,
        language: Annotated[Literal["en", "fr"] | None, Query(description="Of the page; else as accepted.")] = None,
        issued: Annotated[bool, Query(description="That which was issued before its hour.")] = False,
        who: Principal = asked,
    ) -> Response:
        """What the review needs, made from the events: JSON, or a page where `Accept` asks for HTML."""
        seen, seeing = api.seen(who), api.store.seeing
        held = issued_pack(seeing, who, id) if issued else held_pack(seeing, who, id)
        headers = {"vary": "Accept, Accept-Language"}
        if prefers_html(request.headers.get("accept", "")):
            spoken = language or _language(request.headers.get("accept-language", ""))
            return HTMLResponse(
                api.pack_html(held.pack, spoken, people=read_names(seen), told=held.told), headers=headers
            )
        return JsonAnswer(held.pack, headers=headers)


def _add_decisions(router: APIRouter, api: Api) -> None:
    reviewing, asked = api.store.use(Reviewing), api.who
    described: dict[str, Any] = {"tags": ["reviews"], **commanded(Done)}

    @router.post("/reviews/{id}/minutes", **described)
    def take_minutes(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        return done(api, id, reviewing.minutes(who, id, said.text))

    @router.post("/reviews/{id}/decisions", tags=["reviews"], **commanded(Taken))
    def record_decision(id: str, said: Deciding, who: Principal = asked) -> JsonAnswer:
        """A text alone; or a decision of a kind, which takes effect with the second signature."""
        if said.kind is None:
            position = reviewing.decide(who, id, said.text)
            recorded: Taken = {**written(api, id, position), "decision": None}
            return answer(recorded)
        number, position = reviewing.take_decision(who, id, said.kind, said.arguments, said.text, said.item)
        taken: Taken = {**written(api, id, position), "decision": number}
        return answer(taken)

    @router.post("/reviews/{id}/decisions/{decision}/withdraw", **described)
    def withdraw_decision(id: str, decision: Place, who: Principal = asked) -> JsonAnswer:
        """Withdraw a decision of a kind, while nothing is submitted."""
        return done(api, id, reviewing.withdraw(who, id, decision))


def _add_course(router: APIRouter, api: Api) -> None:
    """Who is there, what is on the agenda and how it was settled, and when it is."""
    reviewing, asked = api.store.use(Reviewing), api.who
    described: dict[str, Any] = {"tags": ["reviews"], **commanded(Done)}

    @router.post("/reviews/{id}/attend", **described)
    def attend_review(id: str, said: Attending, who: Principal = asked) -> JsonAnswer:
        """Say who is there: people of the two parties."""
        return done(api, id, reviewing.attend(who, id, said.present))

    @router.post("/reviews/{id}/items", tags=["reviews"], **commanded(Added))
    def add_item(id: str, said: Adding, who: Principal = asked) -> JsonAnswer:
        """Add an item to the agenda by hand, also before the review."""
        item, position = reviewing.add(who, id, said.text, said.takes, said.party)
        added: Added = {**written(api, id, position), "item": item}
        return answer(added)

    @router.post("/reviews/{id}/items/{item:path}/settle", **described)
    def settle_item(id: str, item: str, said: Settling, who: Principal = asked) -> JsonAnswer:
        """Settle an item, by its id or its place; or, as `rest`, all that are left."""
        if item == REST:
            return done(api, id, reviewing.settle_rest(who, id, said.outcome))
        return done(api, id, reviewing.settle(who, id, item, said.outcome, said.text))

    @router.post("/reviews/{id}/move", **described)
    def move_review(id: str, said: Moving, who: Principal = asked) -> JsonAnswer:
        return done(api, id, reviewing.move(who, id, required_moment(said.starts, "starts"), said.reason))

    @router.post("/reviews/{id}/answer", **described)
    def answer_review(id: str, said: Answering, who: Principal = asked) -> JsonAnswer:
        """Say whether one comes, or for somebody else as a chair. 409 `old-invitation` where it was moved since."""
        return done(api, id, reviewing.answer(who, id, said.answer, said.person, said.sequence))

    @router.post("/reviews/{id}/cancel", **described)
    def cancel_review(id: str, said: Reason, who: Principal = asked) -> JsonAnswer:
        return done(api, id, reviewing.cancel(who, id, said.reason))

    _add_signing(router, api, described)


def _add_signing(router: APIRouter, api: Api, described: dict[str, Any]) -> None:
    reviewing, asked = api.store.use(Reviewing), api.who

    @router.post("/reviews/{id}/submit", **described)
    def submit_review(id: str, who: Principal = asked) -> JsonAnswer:
        """Lay minutes and decisions before both parties; every item of the agenda has to be settled."""
        return done(api, id, reviewing.submit(who, id))

    @router.post("/reviews/{id}/sign", **described)
    def sign_review(id: str, said: SigningReview | None = None, who: Principal = asked) -> JsonAnswer:
        """Sign what lies before both, by its fingerprint; the second signature makes all decisions take effect."""
        told = said or SigningReview()
        signed = reviewing.sign_review(
            who, id, told.party, seen=told.seen, fingerprint=told.fingerprint, must_state=True
        )
        return done(api, id, signed)

    @router.post("/reviews/{id}/refuse", **described)
    def refuse_review(id: str, said: Refusing, who: Principal = asked) -> JsonAnswer:
        """Refuse what lies before both, with reasons."""
        return done(api, id, reviewing.refuse(who, id, said.reasons, said.decisions, said.party))

    @router.post("/reviews/{id}/take-back", **described)
    def take_back_of_review(id: str, told: TakenBackOfReview, who: Principal = asked) -> JsonAnswer:
        """Who noted minutes or a decision takes it back, while nothing is submitted; the chair, with a reason, what was submitted."""
        if told.what is None or told.what == "revision":
            return done(api, id, reviewing.take_back_revision(who, id, told.reason or ""))
        if told.at is None:
            raise Invalid(said("it is not said: {name}", name="at"), place="at")
        return done(api, id, reviewing.take_back(who, id, told.what, required_moment(told.at, "at")))


def prefers_html(accept: str) -> bool:
    """Says whether HTML is wanted more than JSON (RFC 9110 §12.5.1); JSON where both are as good."""
    return _wanted(accept, ("text/html", "text/*")) > _wanted(accept, ("application/json", "application/*"))


def _language(accept: str) -> str:
    return "fr" if _wanted(accept, ("fr", "fr-fr")) > _wanted(accept, ("en", "en-gb", "en-us")) else "en"


def _wanted(accept: str, names: tuple[str, ...]) -> float:
    """The largest weight that a header of preferences gives one of the names."""
    best = 0.0
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name in names:
            best = max(best, _weight(parameters))
    return best


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
