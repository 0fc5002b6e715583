"""`/v1/stream`: how far what is shown knows, as it moves (server-sent events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from services.access import Principal
from services.api.answers import problems
from services.api.json_rows import known_json
from services.api.ports import Api
from services.errors import Unavailable
from services.reading.reading import Reading
from services.reading.rows import Known

PAUSE: Final = 0.25
"""Seconds between two looks; one look serves all streams."""


class _Pulse:
    """Looks how far the read models are, once for all who listen."""

    def __init__(self, reading: Reading):
        self._reading = reading
        self._looked = 0.0
        self._known: Known | None = None

    async def known(self) -> Known | None:
        """None while the store cannot be read."""
        if time.monotonic() - self._looked >= PAUSE:
            self._looked = time.monotonic()
            try:
                self._known = await run_in_threadpool(self._reading.known)
            except Unavailable:
                self._known = None
        return self._known


def add_stream(router: APIRouter, api: Api) -> None:
    asked = api.who
    pulse = _Pulse(api.store.reading)

    @router.get("/stream", tags=["history"], response_class=EventSourceResponse, responses=problems())
    async def stream_known(who: Principal = asked) -> AsyncIterator[ServerSentEvent]:
        """`data: {"position", "watermark"}` now, and each time one of them has moved."""
        shown: Known | None = None
        while not api.is_stopping():
            known = await pulse.known()
            if known is not None and known != shown:
                shown = known
                yield ServerSentEvent(data=known_json(known), id=str(known.position))
            await asyncio.sleep(PAUSE)
