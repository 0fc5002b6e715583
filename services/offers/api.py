"""`/v1/offers`: what shared services offer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.access import Principal
from services.api.answers import JsonAnswer, commanded, done, problems
from services.api.ports import Api
from services.api.shapes import Done, Reason
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.contracts.sent_files import A_FILE, DryRun, Speaking, applied_answer, sent_file, the_document
from services.contracts.shapes import Applied
from services.offers.offering import Offering
from services.offers.reading import read_offer, read_offers
from services.offers.shapes import Offer, WholeOffer
from services.offers.shown import offer_json, whole_offer_json


def add_offers(router: APIRouter, api: Api) -> None:
    offering, asked = api.store.use(Offering), api.who
    described: dict[str, Any] = {"tags": ["offers"], **commanded(Done)}

    @router.get("/offers", tags=["offers"], response_model=list[Offer], responses=problems())
    def list_offers(who: Principal = asked) -> JsonAnswer:
        """The offers that one sees, by id."""
        return JsonAnswer([offer_json(row) for row in read_offers(api.seen(who))])

    @router.get("/offers/{id}", tags=["offers"], response_model=WholeOffer, responses=problems(404))
    def show_offer(id: str, who: Principal = asked) -> JsonAnswer:
        """One offer with all its versions, as far as one may read them."""
        return JsonAnswer(whole_offer_json(read_offer(api.seen(who), id)))

    @router.put("/offers/{id}", tags=["offers"], **commanded(Applied, 415), openapi_extra=A_FILE)
    def publish_offer(
        id: str, body: bytes = sent_file, dry_run: DryRun = False, language: Speaking = "en", who: Principal = asked
    ) -> JsonAnswer:
        """Publish a version of an offer: the body is an offer file."""
        document, how = the_document(body, "offer", id), Applying(FilesTogether(), (), dry_run, language)
        return applied_answer(api, offering.apply_file(who, document, how))

    @router.post("/offers/{id}/withdraw", **described)
    def withdraw_offer(id: str, said: Reason, who: Principal = asked) -> JsonAnswer:
        """Withdraw an offer: nothing new is agreed of it, and what is agreed stays."""
        return done(api, id, offering.withdraw(who, id, said.reason))
