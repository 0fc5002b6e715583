"""`/v1/advance`, `/v1/history`: how far time is, and the entries of the history."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from domain.times import show
from services.access import Principal
from services.api.answers import JsonAnswer, Limit, answer, commanded, moment, page_of, problems, written
from services.api.ports import Api
from services.auditing.shapes import Advanced, Advancing, Entry
from services.auditing.shown import entry_json, require_history
from services.history.entries import LAST_POSITION


def add_history(router: APIRouter, api: Api) -> None:
    store, asked = api.store, api.who

    @router.post("/advance", tags=["history"], **commanded(Advanced))
    def advance(said: Advancing, who: Principal = asked) -> JsonAnswer:
        """Declare that all events up to a moment have been received; an earlier one changes nothing. For the administrator; for a
        party where a contract of its own is held for its past. A moment that the clock has not reached is refused."""
        to = moment(said.to, "to")
        assert to is not None
        it = store.timekeeping.advance(who, to, said.contract)
        advanced: Advanced = {
            **written(api, "time", it.position),
            "watermark": show(it.watermark),
            "has_moved": it.has_moved,
        }
        return answer(advanced)

    @router.get("/history", tags=["history"], response_model=list[Entry], responses=problems())
    def list_history(
        request: Request,
        after: Annotated[int, Query(ge=0, le=LAST_POSITION, description="The position behind which to begin.")] = 0,
        limit: Limit = 100,
        who: Principal = asked,
    ) -> JsonAnswer:
        """The entries of the history in their order, for administrators and auditors."""
        require_history(who)
        entries = store.history.read(after, limit + 1)
        shown, headers = page_of(
            request, entries, limit, after=entries[min(limit, len(entries)) - 1].position if entries else 0
        )
        return JsonAnswer([entry_json(store.history, entry) for entry in shown], headers=headers)
