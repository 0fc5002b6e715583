"""`/v1/contracts`, `/v1/calendars`, `/v1/services`: files proposed and published, and what the parties decide."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from domain.saying import said, said_by
from domain.terms import Party
from services.access import Principal
from services.api.answers import JsonAnswer, commanded, done, problems
from services.api.ports import Api
from services.api.shapes import Done
from services.contract_files import Document
from services.contracts.contracting import Contracting
from services.contracts.proposing import PARTIES
from services.contracts.reading import read_contract, read_contracts
from services.contracts.sent_files import A_FILE, DryRun, Speaking, applied_answer, sent_file, the_document
from services.contracts.shapes import (
    Applied,
    Commenting,
    Contract,
    Reading,
    Refusing,
    Signing,
    Terminating,
    WholeContract,
)
from services.contracts.shown import contract_json, whole_contract_json
from services.directory.reading import read_services
from services.directory.shapes import Service
from services.directory.shown import service_json
from services.errors import Invalid
from services.figures.reading import read_commitments, read_scores


def add_contracts(router: APIRouter, api: Api) -> None:
    _add_reads(router, api)
    _add_files(router, api)
    _add_decisions(router, api)


def _add_reads(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/contracts", tags=["contracts"], response_model=list[Contract], responses=problems())
    def list_contracts(who: Principal = asked) -> JsonAnswer:
        """The contracts that one sees, by id."""
        seen = api.seen(who)
        return JsonAnswer([contract_json(row) for row in read_contracts(seen)])

    @router.get("/contracts/{id}", tags=["contracts"], response_model=WholeContract, responses=problems(404))
    def show_contract(id: str, who: Principal = asked) -> JsonAnswer:
        """One contract with all its versions and proposals."""
        seen = api.seen(who)
        return JsonAnswer(
            whole_contract_json(read_contract(seen, id), read_scores(seen, id), read_commitments(seen, id))
        )

    @router.get("/services", tags=["services"], response_model=list[Service], responses=problems())
    def list_services(who: Principal = asked) -> JsonAnswer:
        """The services of the contracts that one sees, by id."""
        seen = api.seen(who)
        return JsonAnswer([service_json(row) for row in read_services(seen).values()])


def _add_files(router: APIRouter, api: Api) -> None:
    asked = api.who

    described: dict[str, Any] = {**commanded(Applied, 415), "openapi_extra": A_FILE}

    @router.put("/contracts/{id}", tags=["contracts"], **described)
    def propose_contract(
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
        """Propose a contract, or an amendment of it: the body is a contract file."""
        wanted = tuple(party for party in PARTIES if party in (sign or "").split(","))
        return _apply(api, who, the_document(body, "contract", id), dry_run, language, wanted)

    @router.put("/calendars/{id}", tags=["contracts"], **described)
    def publish_calendar(
        id: str, body: bytes = sent_file, dry_run: DryRun = False, language: Speaking = "en", who: Principal = asked
    ) -> JsonAnswer:
        """Publish a version of a calendar: the body is a calendar file."""
        return _apply(api, who, the_document(body, "calendar", id), dry_run, language)

    @router.put("/services/{id}", tags=["services"], **described)
    def describe_service(
        id: str, body: bytes = sent_file, dry_run: DryRun = False, language: Speaking = "en", who: Principal = asked
    ) -> JsonAnswer:
        """Describe a service: the body is a service file."""
        return _apply(api, who, the_document(body, "service", id), dry_run, language)

    @router.put("/causes/{id}", tags=["causes"], **described)
    def publish_causes(
        id: str, body: bytes = sent_file, dry_run: DryRun = False, language: Speaking = "en", who: Principal = asked
    ) -> JsonAnswer:
        """Publish a list of root causes: the body is a causes file, which takes the place of the one before."""
        return _apply(api, who, the_document(body, "causes", id), dry_run, language)

    @router.put("/access/{id}", tags=["people"], **described)
    def let_people_in(
        id: str, body: bytes = sent_file, dry_run: DryRun = False, language: Speaking = "en", who: Principal = asked
    ) -> JsonAnswer:
        """Say who is let in, and as what: the body is the access file of the organisation, which takes the place of the one
        before."""
        return _apply(api, who, the_document(body, "access", id), dry_run, language)


def _apply(
    api: Api, who: Principal, document: Document, dry_run: bool, language: str, sign: tuple[Party, ...] = ()
) -> JsonAnswer:
    """Proposes, publishes or describes what the file says, and answers what came of it."""
    applied = api.store.use(Contracting).apply(who, document, sign=sign, dry_run=dry_run, language=language)
    return applied_answer(api, applied)


def _add_decisions(router: APIRouter, api: Api) -> None:
    contracting, asked = api.store.use(Contracting), api.who
    described: dict[str, Any] = {"tags": ["contracts"], **commanded(Done)}

    @router.post("/contracts/{id}/sign", **described)
    def sign_contract(id: str, said: Signing | None = None, who: Principal = asked) -> JsonAnswer:
        """Sign what is proposed; the second signature makes it a version."""
        return done(api, id, contracting.sign(who, id, _party(said), proposal=_proposal(said)))

    @router.post("/contracts/{id}/refuse", **described)
    def refuse_contract(id: str, said: Refusing, who: Principal = asked) -> JsonAnswer:
        """Refuse what the other party proposes."""
        return done(api, id, contracting.refuse(who, id, said.reason, said.party, proposal=said.proposal))

    @router.post("/contracts/{id}/withdraw", **described)
    def withdraw_contract(id: str, said: Reading | None = None, who: Principal = asked) -> JsonAnswer:
        """Withdraw one's own proposal."""
        return done(api, id, contracting.withdraw(who, id, proposal=_proposal(said)))

    @router.post("/contracts/{id}/comment", **described)
    def comment_on_contract(id: str, said: Commenting, who: Principal = asked) -> JsonAnswer:
        """Comment on a clause of what is proposed."""
        return done(api, id, contracting.comment(who, id, said.clause, said.text, proposal=said.proposal))

    @router.post("/contracts/{id}/terminate", **described)
    def terminate_contract(id: str, said: Terminating, who: Principal = asked) -> JsonAnswer:
        """End a contract; `until` is its last day."""
        return done(api, id, contracting.terminate(who, id, day(said.until), said.party))


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            said("“{text}” is no date: {error}", text=text, error=said_by(error)), mend=said("YYYY-MM-DD")
        ) from error


def _party(said: Signing | None) -> Party | None:
    return said.party if said is not None else None


def _proposal(said: Reading | None) -> int | None:
    return said.proposal if said is not None else None
