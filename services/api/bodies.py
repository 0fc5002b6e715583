"""Bounds how long a body may take to come, and how large it may be: one place, before every address that takes one (ASGI)."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.saying import said
from services.api.unsaid import address

log = structlog.get_logger()

SECONDS: Final = 30.0
"""From the end of the headers to the last byte of the body, however it drips."""
LARGEST: Final = 8 << 20
"""Bytes of any body; most addresses take less."""
LARGEST_FORM: Final = 1 << 20
"""Bytes of a form: it is decoded while all others wait."""

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Bodies:
    """Raises HTTPException in whoever reads a body: 408 when it has not come in time, 413 when it is too large. The connection is
    closed then."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS):
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(headers := Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        await self._app(scope, _Body(scope, headers, receive, self._seconds).receive, send)


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


class _Body:
    """The body of one request while it comes."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive, seconds: float):
        self._scope = scope
        self._receive = receive
        self._most = LARGEST_FORM if headers.get("content-type", "").lower().startswith(_FORMS) else LARGEST
        self._began = time.monotonic()
        self._seconds = seconds
        self._size = 0
        self._is_whole = False

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._began + self._seconds - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            client = (self._scope.get("client") or ("",))[0]
            log.warning(
                "a body did not come in time", address=address(self._scope["path"]), client=client, bytes=self._size
            )
            raise _refused(
                408, said("the body has not come within {seconds} s: send it again", seconds=f"{self._seconds:.0f}")
            ) from None
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            raise _refused(413, "")
        return message


def _refused(status: int, detail: str) -> HTTPException:
    return HTTPException(status, detail or None, {"connection": "close"})
