"""Notes what comes with a request and is secret, so that it is said nowhere (`unsaid`): access keys, sessions, keys in addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.unsaid import KEYED, begin, never_say

_NAMES: Final = ("entente", "entente-before", "entente-wall")
_COOKIES: Final = frozenset({*_NAMES, *(f"__Host-{name}" for name in _NAMES)})


class Unsaid:
    """Around everything: notes the secrets that come with a request."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            begin()
            never_say(_secrets_of(Headers(scope=scope), scope["path"]))
        await self._app(scope, receive, send)


def _secrets_of(headers: Headers, path: str) -> Iterable[str]:
    for value in headers.getlist("authorization"):
        yield value
        yield value.partition(" ")[2]
    for pair in headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name in _COOKIES:
            yield value
    for start in KEYED:
        if path.startswith(start):
            yield path.removeprefix(start)
            yield path.removeprefix(start).partition(".")[0]
