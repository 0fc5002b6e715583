"""`/v1/breaches` and `/v1/actions`: what was not kept, and what is done about it."""

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
    problems,
    required_moment,
    written,
)
from services.api.ports import Api
from services.api.shapes import Done, Opened, Said
from services.api.showing import zone_of
from services.breaches.following_up import FollowingUp
from services.breaches.reading import (
    name_of_action,
    page_of_actions,
    page_of_breaches,
    read_actions,
    read_breach,
    read_breaches,
)
from services.breaches.rows import BreachState, Handling
from services.breaches.shapes import Action, Breach, Naming, Opening, TakenBackOfBreach
from services.breaches.shown import action_json, breach_json
from services.contracts.api import day
from services.tables.documents import ActionState


def add_breaches(router: APIRouter, api: Api) -> None:
    _add_reads(router, api)
    _add_decisions(router, api)


def _add_reads(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/breaches", tags=["breaches"], response_model=list[Breach], responses=problems(404))
    def list_breaches(
        request: Request,
        contract: Name | None = None,
        commitment: Name | None = None,
        state: BreachState | None = None,
        handling: Handling | None = None,
        limit: Page = None,
        after: After = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Commitments that were not kept, newest first."""
        seen = api.seen(who)
        asked_for: dict[str, Any] = {
            "contract": contract,
            "commitment": commitment,
            "state": state,
            "handling": handling,
        }
        rows, headers = all_or_page(
            request,
            limit,
            after,
            lambda: read_breaches(seen, **asked_for),
            lambda most, behind: page_of_breaches(seen, most, behind, **asked_for),
        )
        catalogue = seen.catalogue
        return JsonAnswer([breach_json(row, zone_of(catalogue, row.commitment)) for row in rows], headers=headers)

    @router.get("/breaches/{id}", tags=["breaches"], response_model=Breach, responses=problems(404))
    def show_breach(id: str, who: Principal = asked) -> JsonAnswer:
        seen = api.seen(who)
        row = read_breach(seen, id)
        return JsonAnswer(breach_json(row, zone_of(seen.catalogue, row.commitment)))


def _add_decisions(router: APIRouter, api: Api) -> None:
    following_up, asked = api.store.use(FollowingUp), api.who
    described: dict[str, Any] = {"tags": ["breaches"], **commanded(Done)}

    @router.post("/breaches/{id}/acknowledge", **described)
    def acknowledge_breach(id: str, who: Principal = asked) -> JsonAnswer:
        """The service that owed it says that it knows."""
        return done(api, id, following_up.acknowledge(who, id))

    @router.post("/breaches/{id}/explain", **described)
    def explain_breach(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        """Either party says why it happened."""
        return done(api, id, following_up.explain_breach(who, id, said.text))

    @router.post("/breaches/{id}/take-back", **described)
    def take_back_of_breach(id: str, said: TakenBackOfBreach, who: Principal = asked) -> JsonAnswer:
        """Who acknowledged or explained it takes that back, until somebody has acted on it."""
        return done(api, id, following_up.take_back(who, id, said.what, required_moment(said.at, "at")))


def add_actions(router: APIRouter, api: Api) -> None:
    following_up, asked = api.store.use(FollowingUp), api.who
    described: dict[str, Any] = {"tags": ["actions"], **commanded(Done)}

    @router.get("/actions", tags=["actions"], response_model=list[Action], responses=problems(404))
    def list_actions(
        request: Request,
        contract: Name | None = None,
        commitment: Name | None = None,
        state: ActionState | None = None,
        limit: Page = None,
        after: After = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Open ones by due date, then the others, newest first."""
        seen = api.seen(who)
        asked_for = {"contract": contract, "commitment": commitment, "state": state}
        rows, headers = all_or_page(
            request,
            limit,
            after,
            lambda: read_actions(seen, **asked_for),
            lambda most, behind: page_of_actions(seen, most, behind, **asked_for),
            name_of_action,
        )
        catalogue = seen.catalogue
        return JsonAnswer([action_json(row, zone_of(catalogue, row.commitment)) for row in rows], headers=headers)

    @router.post("/actions", status_code=201, **(described | commanded(Opened)))
    def open_action(said: Opening, who: Principal = asked) -> JsonAnswer:
        """Open an action by hand; the service that owes the deliverable owns it."""
        due = day(said.due) if said.due is not None else None
        id, position = following_up.open_action(who, said.commitment, said.text, person=said.person, due=due)
        doubts = following_up.doubts(who, said.commitment, said.person)
        opened: Opened = {**written(api, id, position), "warnings": [str(one) for one in doubts]}
        return answer(opened, status=201, location=f"/v1/actions/{id}")

    @router.post("/actions/{id}/progress", **described)
    def note_progress(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        return done(api, id, following_up.progress(who, id, said.text))

    @router.post("/actions/{id}/comment", **described)
    def comment_action(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        """What is no progress: a question, an answer."""
        return done(api, id, following_up.comment(who, id, said.text))

    @router.post("/actions/{id}/name", **described)
    def name_action(id: str, said: Naming, who: Principal = asked) -> JsonAnswer:
        """The service that owns it says what it is called, and who does it."""
        return done(api, id, following_up.name_action(who, id, said.title, said.person))
