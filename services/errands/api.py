"""`/v1/errands`: what waits for one's service, and was handed on or seen."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.access import Principal
from services.api.answers import JsonAnswer, commanded, done, problems
from services.api.ports import Api
from services.api.shapes import Done
from services.errands.handing_on import HandingOn
from services.errands.reading import read_errands
from services.errands.shapes import Errand, Handing, Seeing
from services.errands.shown import errand_json


def add_errands(router: APIRouter, api: Api) -> None:
    handing_on, asked = api.store.use(HandingOn), api.who
    described: dict[str, Any] = {"tags": ["errands"], **commanded(Done)}

    @router.get("/errands", tags=["errands"], response_model=list[Errand], responses=problems())
    def list_errands(who: Principal = asked) -> JsonAnswer:
        """What one's own services handed on or have seen."""
        return JsonAnswer([errand_json(row) for row in read_errands(api.seen(who))])

    @router.post("/errands/hand-on", **described)
    def hand_on(said: Handing, who: Principal = asked) -> JsonAnswer:
        """Another person of the same service has it from now on."""
        return done(api, *handing_on.hand_on(who, said.thing, said.person, said.text))

    @router.post("/errands/seen", **described)
    def see(said: Seeing, who: Principal = asked) -> JsonAnswer:
        """It asks for nothing any more."""
        return done(api, *handing_on.see(who, said.thing))
