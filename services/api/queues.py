"""`/v1/quarantine`, `/v1/unmatched`, `/v1/advance`, `/v1/history`: what came in, what became of it, how far time is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request

from domain.times import show
from services.access import Principal
from services.api.answers import LAST, JsonAnswer, Limit, Offset, command_problems, done, moment, page_of, problems
from services.api.history_rows import entry_json, require_history
from services.api.json_rows import quarantine_json, unmatched_json
from services.api.ports import Api
from services.api.problems import problem_type
from services.api.shapes.queues import Entry, Quarantined, Unmatched
from services.api.shapes.sent import Advanced, Advancing, Done, Reason, Retried
from services.reading.reading_queues import read_quarantine, read_quarantined, read_unmatched

UnmatchedState = Annotated[
    Literal["waiting", "set-aside"], Query(description="Those that wait for somebody, or those that belong nowhere.")
]


def add_quarantine(router: APIRouter, api: Api) -> None:
    store, asked = api.store, api.who
    described: dict[str, Any] = {"tags": ["queues"], "responses": command_problems()}

    @router.get("/quarantine", tags=["queues"], response_model=list[Quarantined], responses=problems())
    def list_quarantine(request: Request, limit: Limit = 100, offset: Offset = 0, who: Principal = asked) -> JsonAnswer:
        """Items that wait to be settled, oldest first; contents are cut to their beginning."""
        seen = api.seen(who)
        rows = read_quarantine(seen, limit=limit + 1, offset=offset)
        shown, headers = page_of(request, rows, limit, offset=offset + limit)
        return JsonAnswer([quarantine_json(row) for row in shown], headers=headers)

    @router.get("/quarantine/{id}", tags=["queues"], response_model=Quarantined, responses=problems(404))
    def show_quarantined(id: str, who: Principal = asked) -> JsonAnswer:
        """One item with its whole content, settled or not."""
        seen = api.seen(who)
        return JsonAnswer(quarantine_json(read_quarantined(seen, id), whole=True))

    @router.post("/quarantine/{id}/retry", response_model=Retried, **described)
    def retry_quarantined(id: str, who: Principal = asked) -> JsonAnswer:
        """Send an item, by its id or position, through the door again."""
        it = api.quarantine.retry(id, who)
        position = it.position if it.position is not None else it.quarantined_at
        problem = None if it.slug is None else {"type": problem_type(it.slug), "detail": it.problem}
        return done(api, id, position or 0, {"result": it.result, "problem": problem})

    @router.post("/quarantine/{id}/discard", response_model=Done, **described)
    def discard_quarantined(id: str, said: Reason, who: Principal = asked) -> JsonAnswer:
        """Say that an item is of no use, and why; its bytes stay in the history."""
        api.quarantine.discard(id, who, said.reason)
        return done(api, id, store.history.last_position())


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


def add_history(router: APIRouter, api: Api) -> None:
    store, asked = api.store, api.who

    @router.post("/advance", tags=["history"], response_model=Advanced, responses=command_problems())
    def advance(said: Advancing, who: Principal = asked) -> JsonAnswer:
        """Declare that all events up to a moment have been received; an earlier one changes nothing. For the administrator; for a
        party where a contract of its own is held for its past. A moment that the clock has not reached is refused."""
        to = moment(said.to, "to")
        assert to is not None
        it = store.timekeeping.advance(who, to, said.contract)
        return done(api, "time", it.position, {"watermark": show(it.watermark), "has_moved": it.has_moved})

    @router.get("/history", tags=["history"], response_model=list[Entry], responses=problems())
    def list_history(
        request: Request,
        after: Annotated[int, Query(ge=0, le=LAST, description="The position behind which to begin.")] = 0,
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
