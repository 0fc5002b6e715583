"""Tells who asks over HTTP, while there is no other access control than being on the same machine (INTERFACE §4).

Bound to loopback, whoever can reach the port is the administrator and may act as anyone. A browser on the same machine
can reach it too, on behalf of any page that it shows: such requests are told by their `Host`, `Origin` and
`Sec-Fetch-Site`, and refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from domain.saying import said
from services.access import Principal, principal
from services.api.strangers import host_of
from services.errors import NotAllowed

HEADER: Final = "Entente-As"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def asking(*, allows_as_header: bool, trusts_network: bool = False) -> Callable[[Request], Principal]:
    """Answers who makes a request. `allows_as_header` only while bound to loopback without access control; else nobody
    is known, and every request is NotAllowed. `trusts_network` where the operator has said that all who reach the port may
    do everything: then this machine may have any name."""

    def who_asks(request: Request) -> Principal:
        if not allows_as_header:
            raise NotAllowed(
                said("it cannot be known who asks: {header} counts only on loopback", header=HEADER),
                mend=said("serve on 127.0.0.1"),
            )
        _require_ours(request, may_have_any_name=trusts_network)
        return principal(request.headers.get(HEADER))

    return who_asks


def _require_ours(request: Request, *, may_have_any_name: bool) -> None:
    host = request.headers.get("host") or request.url.netloc
    if not may_have_any_name and not _is_loopback(host):
        raise NotAllowed(
            said("“{host}” does not name this machine, and there is no access control", host=host),
            mend=said("ask http://127.0.0.1 or http://localhost"),
        )
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    is_ours = origin is None or host_of(origin) == request.headers.get("host")
    if not is_ours or request.headers.get("sec-fetch-site") not in (None, "same-origin", "none"):
        raise NotAllowed(
            said("this was sent by a page of somebody else"), mend=said("send it from a program, or a page of ours")
        )


@lru_cache(maxsize=256)
def _is_loopback(authority: str) -> bool:
    """Says whether `HOST[:PORT]`, as in the header `Host`, names this machine."""
    try:
        host = urlsplit(f"//{authority}").hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False
