"""`/v1/notices`: the letters with notices that were sent, wait or failed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from services.access import Principal
from services.api.answers import JsonAnswer, Limit, Offset, page_of, problems
from services.api.ports import Api
from services.notices.outbox import State
from services.notices.reading import read_letters
from services.notices.shapes import LetterShown
from services.notices.shown import letter_json


def add_notices(router: APIRouter, api: Api) -> None:
    asked, database = api.who, api.store.history.database

    @router.get("/notices", tags=["people"], response_model=list[LetterShown], responses=problems())
    def list_notices(
        request: Request,
        state: Annotated[State | None, Query()] = None,
        limit: Limit = 100,
        offset: Offset = 0,
        who: Principal = asked,
    ) -> JsonAnswer:
        """One's own, the newest first; who looks after the store sees of all which went, not what they say."""
        rows = read_letters(database, who, state=state, limit=limit + 1, offset=offset)
        shown, headers = page_of(request, rows, limit, offset=offset + limit)
        return JsonAnswer([letter_json(one) for one in shown], headers=headers)
