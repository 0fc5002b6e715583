"""In whose language problems are told: that of `Accept-Language`, else English. Slugs and members stay what they are."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Voice:
    """A language, and how a sentence of the program (`domain/saying.py`) is said in it."""

    language: str
    say: Callable[[str], str]


ENGLISH: Final = Voice("en", str)
_voice: ContextVar[Voice] = ContextVar("voice", default=ENGLISH)


def spoken(text: str) -> str:
    """The sentence in the language of who asked."""
    return _voice.get().say(text)


class Speaking:
    """Around the application: `choose` finds the voice for an `Accept-Language`, which is listened to only where there is one."""

    def __init__(self, app: ASGIApp, choose: Callable[[str], Voice]):
        self._app = app
        self._choose = choose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = Headers(scope=scope).get("accept-language") if scope["type"] == "http" else None
        voice = self._choose(accepted) if accepted else ENGLISH
        _voice.set(voice)

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("application/problem+json"):
                    headers["content-language"] = voice.language
                    headers.add_vary_header("accept-language")
            await send(message)

        await self._app(scope, receive, say if scope["type"] == "http" else send)
