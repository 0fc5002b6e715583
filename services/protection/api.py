"""`/v1/events/{position}/personal`, `/v1/access-log`, `/v1/kept`: what is said about people, who looked, what is kept where."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from services.access import Principal
from services.access_log import SORTS, OfHistory, Sort, Wanted
from services.api.answers import JsonAnswer, Limit, Name, Offset, moment, page_of, problems
from services.api.ports import Api
from services.history.entries import LAST_POSITION
from services.protection import shapes
from services.protection.listing import kept_months, read_log
from services.protection.looking import look
from services.protection.shown import kept_json, logged_json, personal_json

_LAST: Final = 2**62


def add_protection(router: APIRouter, api: Api) -> None:
    asked, history = api.who, api.store.history

    @router.get(
        "/events/{position}/personal", tags=["people"], response_model=shapes.Personal, responses=problems(404, 503)
    )
    def look_at(
        position: Annotated[int, Path(ge=1, le=LAST_POSITION)],
        who: Principal = asked,
    ) -> JsonAnswer:
        """What an event said about people, for the service that its source belongs to. Each look is noted for the auditor."""
        return JsonAnswer(personal_json(*look(api.seen(who), position)))

    @router.get("/access-log", tags=["people"], response_model=list[shapes.Logged], responses=problems())
    def list_log(
        request: Request,
        person: Name = "",
        kind: Annotated[Sort | OfHistory | None, Query(description=f"One of {', '.join(SORTS)}.")] = None,
        since: Annotated[str | None, Query(description="The first moment; whole hours.")] = None,
        until: Annotated[str | None, Query(description="The moment before which it ends.")] = None,
        limit: Limit = 100,
        offset: Offset = 0,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Who signed in, was refused, took a file, read a pack or looked at personal values, and which keys were made and revoked and
        which roles given and taken away, the newest hour first; for auditors."""
        first, end = moment(since, "since"), moment(until, "until")
        wanted = Wanted(person, kind or "", first or 0, _LAST if end is None else end)
        rows = read_log(history, who, wanted, limit + 1, offset)
        shown, headers = page_of(request, rows, limit, offset=offset + limit)
        return JsonAnswer([logged_json(row) for row in shown], headers=headers)

    @router.get("/kept", tags=["people"], response_model=shapes.KeptWhere, responses=problems())
    def list_kept(who: Principal = asked) -> JsonAnswer:
        """Where something about people is kept, until when; for the administrator and the data protection officer."""
        return JsonAnswer(kept_json(api.places, kept_months(history, who)))
