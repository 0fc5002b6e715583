"""Tells who asks over HTTP, while there is no other access control than being on the same machine (INTERFACE §4).

Bound to loopback, whoever can reach the port is the administrator and may act as anyone. A browser on the same machine
can reach it too, on behalf of any page that it shows: such requests are refused before they come here (`hosts`, `strangers`,
`cross_site`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from domain.saying import said
from services.access import Principal, principal
from services.errors import NotAllowed

HEADER: Final = "Entente-As"


def asking(*, allows_as_header: bool) -> Callable[[Request], Principal]:
    """Answers who makes a request. `allows_as_header` only while bound to loopback without access control, or where the operator has
    said that all who reach the port may do everything; else nobody is known, and every request is NotAllowed."""

    def who_asks(request: Request) -> Principal:
        if not allows_as_header:
            raise NotAllowed(
                said("it cannot be known who asks: {header} counts only on loopback", header=HEADER),
                mend=said("serve on 127.0.0.1"),
            )
        return principal(request.headers.get(HEADER))

    return who_asks
