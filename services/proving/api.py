"""`/v1/checkpoints`, `/v1/proof`, `/v1/consistency`: what shows that nothing was altered."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from domain.times import show
from services.access import Principal
from services.api.answers import JsonAnswer, Limit, page_of, problems
from services.api.ports import Api
from services.checkpoints.making import checkpoints
from services.history.entries import LAST_POSITION
from services.proving import shapes
from services.proving.proofs import Consistency, Inclusion, prove_entry, prove_growth

Size = Annotated[int, Query(ge=1, le=LAST_POSITION)]


def add_proving(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/checkpoints", tags=["history"], response_model=list[shapes.Checkpoint], responses=problems())
    def list_checkpoints(
        request: Request,
        after: Annotated[int, Query(ge=0, le=LAST_POSITION, description="The size behind which to begin.")] = 0,
        limit: Limit = 100,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Signed states of the history, the oldest first: whoever keeps one can tell later whether anything it covers was altered."""
        rows = checkpoints(api.seen(who).reads, after, limit + 1)
        shown, headers = page_of(request, rows, limit, after=rows[min(limit, len(rows)) - 1].size if rows else 0)
        answer: list[shapes.Checkpoint] = [
            {"size": one.size, "position": one.position, "made": show(one.made * 1_000_000), "note": one.note}
            for one in shown
        ]
        return JsonAnswer(answer, headers=headers)

    @router.get("/proof", tags=["history"], response_model=shapes.Proof, responses=problems(404, 409))
    def prove(
        position: Annotated[int, Query(ge=1, le=LAST_POSITION)],
        size: Size | None = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """That an entry is in the tree: of the first checkpoint that covers it, unless a size is named. A receipt is a promise;
        this is the proof."""
        return JsonAnswer(_proof(prove_entry(api.seen(who), position, size)))

    @router.get("/consistency", tags=["history"], response_model=shapes.Growth, responses=problems())
    def prove_consistency(
        first: Annotated[int, Query(alias="from", ge=1, le=LAST_POSITION)],
        second: Annotated[int, Query(alias="to", ge=1, le=LAST_POSITION)],
        who: Principal = asked,
    ) -> JsonAnswer:
        """That the tree of one size begins with that of a smaller one: nothing in between was altered."""
        return JsonAnswer(_growth(prove_growth(api.seen(who).reads, first, second)))


def _proof(found: Inclusion) -> shapes.Proof:
    entry = found.entry
    return {
        "index": found.index,
        "size": found.size,
        "leaf": found.leaf.hex(),
        "root": found.root.hex(),
        "path": [one.hex() for one in found.path],
        "checkpoint": found.checkpoint.note if found.checkpoint is not None else None,
        "entry": {
            "position": entry.position,
            "stream": str(entry.stream),
            "version": entry.version,
            "topic": entry.topic,
            "salt": found.salt.hex(),
            "state": base64.b64encode(entry.state).decode(),
        },
    }


def _growth(found: Consistency) -> shapes.Growth:
    first, second = found.roots
    return {
        "first": found.first,
        "second": found.second,
        "first_root": first.hex(),
        "second_root": second.hex(),
        "path": [one.hex() for one in found.path],
    }
