"""`/v1/stream`: how far what is shown knows, as it moves (server-sent events)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from services.access import Principal
from services.api.answers import problems
from services.api.ports import Api
from services.api.showing import known_json
from services.errors import TooMany, Unavailable
from services.pulse import Pulse


def add_stream(router: APIRouter, api: Api) -> None:
    pulse = api.pulse or Pulse(api.store.seeing.known, api.is_stopping)

    async def listener(who: Principal = api.who) -> Principal:
        pulse.require_room(who)  # while the answer can still say so
        return who

    listening = Depends(listener)

    @router.get("/stream", tags=["history"], response_class=EventSourceResponse, responses=problems())
    async def stream_known(request: Request, who: Principal = listening) -> AsyncIterator[ServerSentEvent]:
        """`data: {"position", "watermark"}` now, and each time one of them has moved; ends with the session, or the key."""
        with suppress(TooMany, Unavailable), pulse.place(who):  # between the two looks somebody else came
            async for known in pulse.moves():
                if not await run_in_threadpool(api.is_still, request, who):
                    return
                if known is not None:
                    yield ServerSentEvent(data=known_json(known), id=str(known.position))
