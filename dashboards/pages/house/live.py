"""`/live`: tells open pages when there is more to show; `static/live.js` asks for the page again and puts in what has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from dashboards.pages.house.given import Pages
from services.access import Principal
from services.errors import TooMany, Unavailable
from services.pulse import Pulse
from services.seeing.known import Known

HEADERS = {"X-Accel-Buffering": "no"}


def _told(known: Known) -> bytes:
    """How far all is judged, and up to when time has passed (0: none was declared), in microseconds since 1970."""
    return f"data: {known.position} {known.watermark or 0}\n\n".encode()


async def _events(pulse: Pulse, who: Principal, is_still: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Ends with the session of who reads, or when they are somebody else by now."""
    with suppress(TooMany, Unavailable), pulse.place(who):  # between the two looks somebody else came
        yield b"retry: 5000\n\n"
        async for known in pulse.moves():
            if not await run_in_threadpool(is_still):
                return
            yield _told(known) if known is not None else b": open\n\n"


def add_live(router: APIRouter, pages: Pages) -> None:
    pulse = pages.pulse

    @router.get("/live")
    async def live(request: Request) -> Response:
        who = await run_in_threadpool(pages.who, request)
        pulse.require_room(who)  # while the answer can still say so
        return StreamingResponse(
            _events(pulse, who, partial(pages.is_still, request, who)),
            media_type="text/event-stream",
            headers=HEADERS,
        )
