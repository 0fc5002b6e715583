"""Every answer over HTTP is waited for as long as its limit allows, whoever asked is there, and the program runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.patience import Patience, waiting

_TAKES_IN: Final = ("/v1/events", "/v1/webhooks/")
"""Addresses that read nothing: what is sent there is stored, whoever still waits for the answer."""


class Waiting:
    """Around the application. Notices that a client has gone while its answer is worked out in a thread."""

    def __init__(self, app: ASGIApp, seconds: float, is_stopping: Callable[[], bool]):
        self._app = app
        self._seconds = seconds
        self._is_stopping = is_stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_TAKES_IN):
            await self._app(scope, receive, send)
            return
        heard = _Heard(receive, Patience(self._seconds, self._is_stopping))
        listening = asyncio.create_task(heard.listen())
        try:
            with waiting(heard.patience):
                await self._app(scope, heard.next, send)
        finally:
            listening.cancel()


class _Heard:
    """The messages of a client, heard at once and handed on in their order, errors of hearing them too; never more than
    one message ahead."""

    def __init__(self, receive: Receive, patience: Patience):
        self.patience = patience
        self._receive = receive
        self._messages: asyncio.Queue[Message | Exception] = asyncio.Queue(1)
        self._gone: Message | None = None

    async def listen(self) -> None:
        try:
            while (message := await self._receive())["type"] != "http.disconnect":
                await self._messages.put(message)
            self.patience.leave()
            await self._messages.put(message)
        except Exception as error:  # A body that is too large, or does not come, is the business of who reads it.
            await self._messages.put(error)

    async def next(self) -> Message:
        if self._gone is not None:
            return self._gone
        message = await self._messages.get()
        if isinstance(message, Exception):
            raise message
        if message["type"] == "http.disconnect":
            self._gone = message
        return message
