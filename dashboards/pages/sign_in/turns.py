"""What takes long where people come in waits its turn outside of the threads: a password is computed, an identity provider is asked.

Requests are answered in some forty threads. Where a hundred people sign in at once, or a provider does not answer, they would take all
of these, and nobody else would be answered.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import Request

from services.api.cross_site import READS

AT_ONCE: Final = 8
"""Requests of each kind that are looked at; others wait for them."""
_PROVIDER: Final = RunVar[CapacityLimiter]("entente_provider")
_PASSWORDS: Final = RunVar[CapacityLimiter]("entente_passwords")


@asynccontextmanager
async def turn(request: Request) -> AsyncIterator[None]:
    """A turn until the end of the block, for what needs one. Whoever sends slowly keeps nobody waiting: a form is read before."""
    kind = _kind(request.method, request.url.path)
    if kind is None:
        yield
        return
    if request.method not in READS:
        await request.form()
    turns = kind.get(None)
    if turns is None:
        turns = CapacityLimiter(AT_ONCE)
        kind.set(turns)
    async with turns:
        yield


def _kind(method: str, path: str) -> RunVar[CapacityLimiter] | None:
    if path.startswith(("/sign-in/oidc", "/sign-out")) or (path.startswith("/welcome/") and path.endswith("/oidc")):
        return _PROVIDER
    if method not in READS and path.startswith(("/sign-in", "/welcome/", "/account")):
        return _PASSWORDS
    return None
