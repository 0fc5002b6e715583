"""`/v1/actions/{id}/effect`: whether an action helped."""

from __future__ import annotations

from fastapi import APIRouter

from services.access import Principal
from services.api.answers import JsonAnswer, problems
from services.api.ports import Api
from services.breaches.effect_shapes import Effect
from services.breaches.effect_shown import effect_of


def add_effects(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/actions/{id}/effect", tags=["actions"], response_model=Effect, responses=problems(404))
    def show_effect(id: str, who: Principal = asked) -> JsonAnswer:
        """Whether it helped: what was judged after it was closed, against what was judged before."""
        return JsonAnswer(effect_of(api.seen(who), id))
