"""`/v1/causes`, `/v1/repeats`: root causes, to which of them a breach is due, and what repeats."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.access import Principal
from services.api.answers import JsonAnswer, Name, commanded, done, problems
from services.api.ports import Api
from services.api.shapes import Done
from services.causes.attributing import Attributing
from services.causes.reading import read_causes
from services.causes.repeating import read_repeats
from services.causes.shapes import Attributing as Attributed
from services.causes.shapes import Cause, Repeats
from services.causes.shown import cause_json, repeats_json
from services.contracts.reading import read_contract


def add_causes(router: APIRouter, api: Api) -> None:
    attributing, asked = api.store.use(Attributing), api.who

    @router.get("/causes", tags=["causes"], response_model=list[Cause], responses=problems())
    def list_causes(who: Principal = asked) -> JsonAnswer:
        """The root causes of all lists, in the order in which they are offered."""
        return JsonAnswer([cause_json(row) for row in read_causes(api.seen(who)).values()])

    @router.get("/repeats", tags=["causes"], response_model=Repeats, responses=problems(404, 409))
    def show_repeats(
        contract: Name, since: str | None = None, until: str | None = None, who: Principal = asked
    ) -> JsonAnswer:
        """What repeats in a contract, of the breaches that were opened in [since, until), instants or local days; default: from the
        last review to the next."""
        seen = api.seen(who)
        row = read_repeats(seen, contract, since, until)
        return JsonAnswer(repeats_json(row, read_contract(seen, contract).timezone))

    described: dict[str, Any] = {"tags": ["breaches"], **commanded(Done)}

    @router.post("/breaches/{id}/attribute", **described)
    def attribute_breach(id: str, said: Attributed, who: Principal = asked) -> JsonAnswer:
        """Either party says to which root cause it is due."""
        return done(api, id, attributing.attribute(who, id, said.root_cause, said.party))
