"""`/v1/unmatched`, `/v1/match`: events that matched nothing, put by a person where they belong, or aside."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from services.access import Principal
from services.api.answers import (
    JsonAnswer,
    Limit,
    Name,
    Offset,
    answer,
    commanded,
    done,
    page_of,
    problems,
    written,
)
from services.api.ports import Api
from services.api.shapes import Accepting, Done, Said
from services.api.showing import zone_of
from services.history.entries import LAST_POSITION
from services.matches.matching import Matching
from services.matches.reading import candidates_of, read_match, read_matches, read_unmatched
from services.matches.setting_aside import SettingAside
from services.matches.shapes import Match, Unmatched, UnmatchedEvent
from services.matches.shapes import Matching as SentMatch
from services.matches.shown import match_json, unmatched_event_json, unmatched_json

Position = Annotated[int, Path(ge=1, le=LAST_POSITION, description="Of an event.")]


_DECISIONS: Final[dict[str, Any]] = {"tags": ["queues"], **commanded(Done)}


def add_matching(router: APIRouter, api: Api) -> None:
    _add_unmatched(router, api)
    _add_matches(router, api)
    _add_answers(router, api)


def _add_unmatched(router: APIRouter, api: Api) -> None:
    asides, asked = api.store.use(SettingAside), api.who

    @router.get("/unmatched/{position}", tags=["queues"], response_model=UnmatchedEvent, responses=problems(404))
    def show_unmatched(position: Position, who: Principal = asked) -> JsonAnswer:
        """What an event may belong to, and what people matched it to."""
        seen = api.seen(who)
        candidates, matches = candidates_of(seen, position), read_matches(seen, event=position)
        return JsonAnswer(unmatched_event_json(position, candidates, matches, seen.catalogue))

    @router.post("/unmatched/{position}/set-aside", **_DECISIONS)
    def set_aside(position: Position, said: Said, who: Principal = asked) -> JsonAnswer:
        """Say that an event belongs to nothing that is owed, and why: it waits no more. For the party of the indicator's owner, for
        every commitment of its that selects the event."""
        return done(api, str(position), asides.put(who, position, said.text))

    @router.post("/unmatched/{position}/take-back", **_DECISIONS)
    def take_aside_back(position: Position, said: Accepting | None = None, who: Principal = asked) -> JsonAnswer:
        """The event waits again."""
        return done(api, str(position), asides.take_back(who, position, said.text if said is not None else ""))


def _add_matches(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/match", tags=["queues"], response_model=list[Match], responses=problems())
    def list_matches(
        event: Annotated[int | None, Query(ge=1, le=LAST_POSITION, description="Position of an event.")] = None,
        commitment: Name | None = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """What people matched, newest first, with what was taken back or refused."""
        seen = api.seen(who)
        catalogue = seen.catalogue
        rows = read_matches(seen, event=event, commitment=commitment)
        return JsonAnswer([match_json(row, zone_of(catalogue, row.commitment)) for row in rows])

    @router.get("/match/{id}", tags=["queues"], response_model=Match, responses=problems(404))
    def show_match(id: str, who: Principal = asked) -> JsonAnswer:
        seen = api.seen(who)
        row = read_match(seen, id)
        return JsonAnswer(match_json(row, zone_of(seen.catalogue, row.commitment)))


def _add_answers(router: APIRouter, api: Api) -> None:
    matching, asked = api.store.use(Matching), api.who

    @router.post("/match", status_code=201, **_DECISIONS)
    def match_event(said: SentMatch, who: Principal = asked) -> JsonAnswer:
        """Say to which occurrence of a commitment an event belongs: for the party of the indicator's owner. Where a final
        period would change, it waits for the other party."""
        id, position = matching.match(who, said.position, said.commitment, said.key, role=said.role, text=said.text)
        return answer(written(api, id, position), status=201, location=f"/v1/match/{id}")

    @router.post("/match/{id}/take-back", **_DECISIONS)
    def take_match_back(id: str, said: Accepting | None = None, who: Principal = asked) -> JsonAnswer:
        """The event is again what its selectors make of it."""
        return done(api, id, matching.unmatch(who, id, said.text if said is not None else ""))

    @router.post("/match/{id}/accept", **_DECISIONS)
    def accept_match(id: str, said: Accepting | None = None, who: Principal = asked) -> JsonAnswer:
        """By the other party, where a final period changes: it does from then on."""
        return done(api, id, matching.accept(who, id, said.text if said is not None else ""))

    @router.post("/match/{id}/refuse", **_DECISIONS)
    def refuse_match(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        """By the other party: the final figure stays."""
        return done(api, id, matching.refuse(who, id, said.text))


UnmatchedState = Annotated[
    Literal["waiting", "set-aside"], Query(description="Those that wait for somebody, or those that belong nowhere.")
]


def add_unmatched(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/unmatched", tags=["queues"], response_model=list[Unmatched], responses=problems())
    def list_unmatched(
        request: Request,
        state: UnmatchedState = "waiting",
        limit: Limit = 100,
        offset: Offset = 0,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Events that a commitment selects and none has an occurrence for, oldest first: those that wait, or were set aside."""
        seen = api.seen(who)
        rows = read_unmatched(seen, limit=limit + 1, offset=offset, aside=state == "set-aside")
        shown, headers = page_of(request, rows, limit, offset=offset + limit)
        return JsonAnswer([unmatched_json(row) for row in shown], headers=headers)
