"""The names that this program answers to. A name of somebody else's that leads here (DNS rebinding) is no way in: the page that a
browser shows under it would count as one of ours. Asked by another name it answers 421 (RFC 9110 §15.5.20).

`/healthz` and `/readyz` answer to every name, and say nothing but their state: whoever looks after containers asks by their address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.saying import said
from services.api.host_names import is_named
from services.api.problems import Page, refusal
from services.errors import EntenteError, Invalid

STATE: Final = frozenset({"/healthz", "/readyz"})


class Misdirected(EntenteError):
    slug = "misdirected-request"
    status = 421


class Hosts:
    """Around the application: refuses a request whose `Host` is none of `names` (as `hosts_named` gives them). `page` answers people.
    `is_known` says of a request to another name that it is to be answered all the same, because a key came with it."""

    def __init__(
        self,
        app: ASGIApp,
        names: Sequence[str],
        page: Page | None = None,
        is_known: Callable[[Scope], bool] = lambda scope: False,
    ):
        self._app = app
        self._names = tuple(names)
        self._page = page
        self._is_known = is_known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in STATE or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        error = self._wrong(Headers(scope=scope).getlist("host"))
        if error is None:
            await self._app(scope, receive, send)
            return
        is_for_people = self._page is not None and "text/html" in Headers(scope=scope).get("accept", "")
        if self._page is not None and is_for_people and not scope["path"].startswith("/v1/"):
            answer = await run_in_threadpool(self._page, Request(scope), error)
        else:
            answer = refusal(error)
        await answer(scope, receive, send)

    def _wrong(self, hosts: Sequence[str]) -> EntenteError | None:
        """RFC 9112 §3.2: a request has exactly one `Host`."""
        if len(hosts) != 1:
            return Invalid(said("a request names its host once"), slug="malformed-request")
        if is_named(hosts[0], self._names):
            return None
        return Misdirected(
            said("nobody here is called “{host}”", host=hosts[0]),
            mend=said("ask by a name that ENTENTE_HOSTS holds"),
        )
