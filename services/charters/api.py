"""`/v1/charters`: what clients take of offers, and what the two parties decide."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.access import Principal
from services.api.answers import JsonAnswer, Name, commanded, done, problems
from services.api.ports import Api
from services.api.shapes import Done
from services.charters.chartering import PARTIES, Chartering
from services.charters.reading import read_charter, read_charters
from services.charters.shapes import Charter, WholeCharter
from services.charters.shown import charter_json, whole_charter_json
from services.contracts.api import day
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.contracts.sent_files import A_FILE, DryRun, Speaking, applied_answer, sent_file, the_document
from services.contracts.shapes import Applied, Reading, Refusing, Signing, Terminating
from services.offers.reading import read_offer


def add_charters(router: APIRouter, api: Api) -> None:
    _add_files(router, api)
    _add_decisions(router, api)


def _add_files(router: APIRouter, api: Api) -> None:
    chartering, asked = api.store.use(Chartering), api.who

    @router.get("/charters", tags=["charters"], response_model=list[Charter], responses=problems(404))
    def list_charters(offer: Name | None = None, who: Principal = asked) -> JsonAnswer:
        """The charters that one sees, by id; of one offer, where it is named."""
        seen = api.seen(who)
        of = read_offer(seen, offer).id if offer is not None else None
        return JsonAnswer([charter_json(row) for row in read_charters(seen, of)])

    @router.get("/charters/{id}", tags=["charters"], response_model=WholeCharter, responses=problems(404))
    def show_charter(id: str, who: Principal = asked) -> JsonAnswer:
        """One charter with every wording that was proposed."""
        return JsonAnswer(whole_charter_json(read_charter(api.seen(who), id)))

    @router.put("/charters/{id}", tags=["charters"], **commanded(Applied, 415), openapi_extra=A_FILE)
    def propose_charter(
        id: str,
        body: bytes = sent_file,
        sign: Annotated[
            str | None,
            Query(pattern="^(supplier|client)(,(supplier|client))?$", description="Sign it for these parties at once."),
        ] = None,
        dry_run: DryRun = False,
        language: Speaking = "en",
        who: Principal = asked,
    ) -> JsonAnswer:
        """Propose a charter, or a later version of it: the body is a charter file."""
        wanted = tuple(party for party in PARTIES if party in (sign or "").split(","))
        how = Applying(FilesTogether(), wanted, dry_run, language)
        return applied_answer(api, chartering.apply_file(who, the_document(body, "charter", id), how))


def _add_decisions(router: APIRouter, api: Api) -> None:
    chartering, asked = api.store.use(Chartering), api.who
    described: dict[str, Any] = {"tags": ["charters"], **commanded(Done)}

    @router.post("/charters/{id}/sign", **described)
    def sign_charter(id: str, said: Signing | None = None, who: Principal = asked) -> JsonAnswer:
        """Sign what is proposed; the second signature makes it a version."""
        read = said or Signing()
        return done(api, id, chartering.sign(who, id, read.party, proposal=read.proposal))

    @router.post("/charters/{id}/refuse", **described)
    def refuse_charter(id: str, said: Refusing, who: Principal = asked) -> JsonAnswer:
        """Refuse what the other party proposes."""
        return done(api, id, chartering.refuse(who, id, said.reason, said.party, proposal=said.proposal))

    @router.post("/charters/{id}/withdraw", **described)
    def withdraw_charter(id: str, said: Reading | None = None, who: Principal = asked) -> JsonAnswer:
        """Withdraw one's own proposal."""
        return done(api, id, chartering.withdraw(who, id, proposal=(said or Reading()).proposal))

    @router.post("/charters/{id}/terminate", **described)
    def terminate_charter(id: str, said: Terminating, who: Principal = asked) -> JsonAnswer:
        """End a charter; `until` is its last day."""
        return done(api, id, chartering.terminate(who, id, day(said.until), said.party))
