"""`/v1/outages`: when our own ingestion was down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.access import Principal
from services.api.answers import LAST, JsonAnswer, command_problems, done, problems
from services.api.json_rows import outage_json
from services.api.ports import Api
from services.api.shapes.queues import Outage
from services.api.shapes.sent import Done, Said

Id = Annotated[int, Path(ge=1, le=LAST, description="The position of the entry that notes it.")]


def add_outages(router: APIRouter, api: Api) -> None:
    outages, asked = api.store.outages, api.who

    @router.get("/outages", tags=["history"], response_model=list[Outage], responses=problems())
    def list_outages(who: Principal = asked) -> JsonAnswer:
        """In the order in which they were noted, with those that were withdrawn. They concern everybody."""
        return JsonAnswer([outage_json(one) for one in outages.all()])

    @router.post("/outages/{id}/withdraw", tags=["history"], response_model=Done, responses=command_problems())
    def withdraw_outage(id: Id, said: Said, who: Principal = asked) -> JsonAnswer:
        """Take one back for good, with the reason, as administrator: what was unknown because of it is judged again."""
        return done(api, str(id), outages.withdraw(who, id, said.text))
