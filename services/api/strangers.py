"""Refuses what is asked on behalf of pages of others.

While there is no other access control than being on the same machine, any page that a browser shows here can make it ask this
program. What changes something is refused to such pages where it is asked who acts (`asking`); here they are refused every
read as well: a picture of somebody else's page is not to keep this program at work. Links that lead here are followed, and what
is made for other pages (badges, calendar feeds) or tells nothing (`/healthz`, `/readyz`, static files) is given to all.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.saying import said
from services.api.cross_site import host_of
from services.api.headers import is_for_other_pages
from services.api.problems import refusal
from services.errors import NotAllowed

_OPEN: Final = ("/static/", "/favicon.ico", "/healthz", "/readyz")
_READS: Final = frozenset({"GET", "HEAD"})


class Strangers:
    """Around the application: refuses reads for pages of others."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        is_open = is_for_other_pages(path) or path.startswith(_OPEN)
        if scope["method"] in _READS and not is_open and is_strangers(Headers(scope=scope)):
            error = NotAllowed(
                said("this was asked for by a page of somebody else"), mend=said("open it, or ask from a program")
            )
            await refusal(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def is_strangers(headers: Headers) -> bool:
    """Says whether a page of somebody else asks, other than by leading its reader here. Browsers say so (Fetch
    Metadata); of older ones `Origin` tells, and `Referer` where no page is asked for. Programs say none of it."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none") and not _is_followed(headers)
    host, origin, referer = (headers.get(name) for name in ("host", "origin", "referer"))
    if origin is not None:
        return host_of(origin) != host
    return referer is not None and host_of(referer) != host and "text/html" not in headers.get("accept", "")


def _is_followed(headers: Headers) -> bool:
    """A link, in a window of its own: not a frame, and not fetched ahead."""
    is_document = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return is_document and "sec-purpose" not in headers and "purpose" not in headers
