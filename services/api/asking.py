"""Tells who asks over HTTP where nobody signs in: there is no other access control than being on the same machine (INTERFACE §4).

Bound to loopback, whoever can reach the port is the administrator and may act as anyone. A browser on the same machine
can reach it too, on behalf of any page that it shows: such requests are refused before they come here (`hosts`, `strangers`,
`cross_site`).
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from services.access import Principal, principal

HEADER: Final = "Entente-As"


def chosen(request: Request) -> Principal:
    """Whom the header names; the administrator without it. For loopback alone, where whoever reaches the port may act as anyone."""
    return principal(request.headers.get(HEADER))
