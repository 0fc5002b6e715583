"""Stands before the application where an identity provider lets people in: asks it about the session that a request comes with."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.cookies import session_of
from services.sign_in.oidc_sessions import OidcSignIn

SILENT: Final = "provider_silent_since"
"""In the state of a request: since when the provider has said nothing of its session."""
_NO_USE: Final = ("/static/", "/healthz", "/readyz", "/sign-in", "/sign-out")


class Renewing:
    """Before the request is answered: what the provider takes back is gone for it already."""

    def __init__(self, app: ASGIApp, sign_in: OidcSignIn):
        self._app, self._sign_in = app, sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_use = scope["type"] == "http" and not scope["path"].startswith(_NO_USE)
        if is_use and (secret := session_of(HTTPConnection(scope))):
            since = await run_in_threadpool(self._sign_in.renew, secret)
            scope.setdefault("state", {})[SILENT] = since
        await self._app(scope, receive, send)
