"""What every answer tells the browser that gets it: which scripts and frames a page may have, where its address may be told, whether
it may be kept. One place, around everything else, so that no answer is without: refusals before routing and faults neither.

An address that needs another policy for what it shows sets that header itself, and it stays; what may be kept also.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.unsaid import KEYED
from services.api.unsaid_of_requests import Unsaid

OF_PAGES: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of a page: nothing but our own files, no script in the page, no frame around it (CSP 3)."""
OF_THE_REST: Final = (
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NEVER_USED: Final = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"
BY_HTTPS: Final = "max-age=63072000; includeSubDomains"
"""Two years; RFC 6797."""

_FOR_OTHER_PAGES: Final = ("/badges/",)


def is_for_other_pages(path: str) -> bool:
    """Says whether what stands there is made to be shown by pages of others, or read by their calendars."""
    return path.startswith((*_FOR_OTHER_PAGES, "/feeds/")) or (path.startswith("/calendars/") and path.endswith(".ics"))


def add_headers(headers: MutableHeaders, path: str, *, is_https: bool) -> None:
    """Adds what is not there yet."""
    is_page = headers.get("content-type", "").startswith("text/html")
    # An address that holds a key is told to nobody: from where a link was followed, neither.
    told = {
        "content-security-policy": OF_PAGES if is_page else OF_THE_REST,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer" if path.startswith(KEYED) else "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "cross-origin" if is_for_other_pages(path) else "same-origin",
        "permissions-policy": NEVER_USED,
        "cache-control": "private, no-cache" if path.startswith("/feeds/") else "no-store",
    }
    if is_https:
        told["strict-transport-security"] = BY_HTTPS
    if (
        headers.get("cache-control") == "no-cache"
    ):  # what the framework says of streams: it would be kept, and asked for again
        del headers["cache-control"]
    for name, value in told.items():
        headers.setdefault(name, value)


def plain_headers() -> dict[str, str]:
    """Those of an answer to what was no request yet."""
    headers = MutableHeaders()
    add_headers(headers, "", is_https=False)
    return dict(headers)


class _Headed:
    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                add_headers(headers, scope["path"], is_https=scope.get("scheme") == "https")
            await send(message)

        await self._app(scope, receive, say if scope["type"] == "http" else send)


class HeadedApp(FastAPI):
    """An application whose every answer has these headers: those that the framework makes outside all middleware, too. What comes with
    a request and is secret is said nowhere."""

    def build_middleware_stack(self) -> ASGIApp:
        return Unsaid(_Headed(super().build_middleware_stack()))
