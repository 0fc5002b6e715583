"""`/v1/excuses`: why something owed shall not count, asked by one party and answered by the other."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from services.access import Principal
from services.api.answers import (
    After,
    JsonAnswer,
    Name,
    Page,
    all_or_page,
    answer,
    commanded,
    done,
    moment,
    problems,
    written,
)
from services.api.ports import Api
from services.api.shapes import Accepting, Done, Opened, Said
from services.api.showing import zone_of
from services.excuses.excusing import Excusing
from services.excuses.reading import page_of_excuses, read_excuses
from services.excuses.shapes import Asking, CoveringExcuse, Excuse
from services.excuses.shown import covering_json, excuse_json
from services.tables.documents import ExcuseState


def add_excuses(router: APIRouter, api: Api) -> None:
    _add_reads(router, api)
    _add_decisions(router, api)


def _add_reads(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/excuses", tags=["excuses"], response_model=list[Excuse], responses=problems(404))
    def list_excuses(
        request: Request,
        contract: Name | None = None,
        commitment: Name | None = None,
        state: ExcuseState | None = None,
        limit: Page = None,
        after: After = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Newest first. `commitment` finds those that concern it by its contract or deliverable too."""
        seen = api.seen(who)
        asked_for = {"contract": contract, "commitment": commitment, "state": state}
        rows, headers = all_or_page(
            request,
            limit,
            after,
            lambda: read_excuses(seen, **asked_for),
            lambda most, behind: page_of_excuses(seen, most, behind, **asked_for),
        )
        catalogue = seen.catalogue
        return JsonAnswer([excuse_json(row, zone_of(catalogue, row.scope)) for row in rows], headers=headers)

    @router.get("/excuses/{id}", tags=["excuses"], response_model=CoveringExcuse, responses=problems(404))
    def show_excuse(id: str, who: Principal = asked) -> JsonAnswer:
        """One, with the occurrences that it hides, or would hide, and the events behind it."""
        return JsonAnswer(covering_json(api.seen(who), id))


def _add_decisions(router: APIRouter, api: Api) -> None:
    excusing, asked = api.store.use(Excusing), api.who
    described: dict[str, Any] = {"tags": ["excuses"], **commanded(Done)}

    @router.post("/excuses", status_code=201, **(described | commanded(Opened)))
    def ask_for_excuse(said: Asking, who: Principal = asked) -> JsonAnswer:
        """Ask that occurrences shall not count: by their keys, or by when they fall due. The other party answers."""
        since, until = moment(said.from_, "from"), moment(said.until, "until")
        id, position = excusing.ask(
            who,
            said.commitment,
            reason=said.reason,
            text=said.text,
            keys=said.keys,
            since=since,
            until=until,
            evidence=said.evidence,
            party=said.party,
        )
        named = excusing.doubts(who, said.commitment, reason=said.reason, keys=said.keys, since=since, until=until)
        opened: Opened = {**written(api, id, position), "warnings": [str(one) for one in named]}
        return answer(opened, status=201, location=f"/v1/excuses/{id}")

    @router.post("/excuses/{id}/accept", **described)
    def accept_excuse(id: str, said: Accepting | None = None, who: Principal = asked) -> JsonAnswer:
        """By the other party; of what is disputed, by the administrator as arbiter too."""
        return done(api, id, excusing.accept(who, id, said.text if said is not None else ""))

    @router.post("/excuses/{id}/refuse", **described)
    def refuse_excuse(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        """By the other party; of what is disputed, by the administrator as arbiter too."""
        return done(api, id, excusing.refuse(who, id, said.text))

    @router.post("/excuses/{id}/dispute", **described)
    def dispute_excuse(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        """By who asked: the refusal is put to the arbiter."""
        return done(api, id, excusing.dispute(who, id, said.text))
