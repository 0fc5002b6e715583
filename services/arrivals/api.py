"""`/v1/quarantine`, `/v1/outages`: what could not be taken, and when our own ingestion was down."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request

from services.access import Principal
from services.api.answers import JsonAnswer, Limit, Offset, answer, commanded, done, page_of, problems, written
from services.api.ports import Api
from services.api.problems import problem_type
from services.api.shapes import Done, Reason, Said
from services.arrivals.reading import read_quarantine, read_quarantined
from services.arrivals.shapes import Outage, Quarantined, Refusal, Retried
from services.arrivals.shown import outage_json, quarantine_json
from services.history.entries import LAST_POSITION


def add_quarantine(router: APIRouter, api: Api) -> None:
    store, asked = api.store, api.who
    described: dict[str, Any] = {"tags": ["queues"]}

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

    @router.post("/quarantine/{id}/retry", **described, **commanded(Retried))
    def retry_quarantined(id: str, who: Principal = asked) -> JsonAnswer:
        """Send an item, by its id or position, through the door again."""
        it = api.quarantine.retry(id, who)
        position = it.position if it.position is not None else it.quarantined_at
        problem: Refusal | None = None if it.slug is None else {"type": problem_type(it.slug), "detail": it.problem}
        retried: Retried = {**written(api, id, position or 0), "result": it.result, "problem": problem}
        return answer(retried)

    @router.post("/quarantine/{id}/discard", **described, **commanded(Done))
    def discard_quarantined(id: str, said: Reason, who: Principal = asked) -> JsonAnswer:
        """Say that an item is of no use, and why; its bytes stay in the history."""
        api.quarantine.discard(id, who, said.reason)
        return done(api, id, store.history.last_position())

    @router.post("/quarantine/{id}/take-back", **described, **commanded(Done))
    def take_back_discard(id: str, who: Principal = asked) -> JsonAnswer:
        """Who discarded it takes that back, while its bytes are there: it waits again."""
        api.quarantine.take_back(id, who)
        return done(api, id, store.history.last_position())


Id = Annotated[int, Path(ge=1, le=LAST_POSITION, description="The position of the entry that notes it.")]


def add_outages(router: APIRouter, api: Api) -> None:
    outages, asked = api.store.outages, api.who

    @router.get("/outages", tags=["history"], response_model=list[Outage], responses=problems())
    def list_outages(who: Principal = asked) -> JsonAnswer:
        """In the order in which they were noted, with those that were withdrawn. They concern everybody."""
        return JsonAnswer([outage_json(one) for one in outages.all()])

    @router.post("/outages/{id}/withdraw", tags=["history"], **commanded(Done))
    def withdraw_outage(id: Id, said: Said, who: Principal = asked) -> JsonAnswer:
        """Take one back for good, with the reason, as administrator: what was unknown because of it is judged again."""
        return done(api, str(id), outages.withdraw(who, id, said.text))
