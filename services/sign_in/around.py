"""What stands around the application where people sign in: who is believed about where a request comes from, and that nobody sends a
password or a session's cookie in clear beyond this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.saying import said
from services.api.cookies import keep, session_cookie, session_of
from services.api.own_paths import own_path
from services.api.problems import refusal
from services.errors import Invalid, NotAllowed
from services.sign_in.sessions import Changed, Sessions

_OPEN: Final = ("/healthz", "/readyz")
PEER: Final = "entente.peer"
"""In the scope of a request: who is connected, whatever headers say of others behind."""
Networks = Sequence[str]
SAFE: Final = "/?&=%#:;,+@!$'()*[]~-._"
"""What of an address is not quoted once more."""


def networks_of(text: str) -> tuple[str, ...]:
    """Networks of a list with commas: addresses, or `10.0.0.0/8`. Raises Invalid."""
    found = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in found:
        try:
            ip_network(one)
        except ValueError as error:
            raise Invalid(
                said("“{network}” is no network", network=one),
                place="ENTENTE_PROXY_FROM",
                mend=said("such as 10.0.0.0/8"),
            ) from error
    return found


def is_within(address: str, networks: Networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(one) for one in networks)


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class Forwarded:
    """Takes over from `X-Forwarded-For` and `X-Forwarded-Proto` what a proxy of ours says; of anybody else they mean nothing."""

    def __init__(self, app: ASGIApp, networks: Networks):
        self._app = app
        self._networks = networks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client"):
            peer = scope["client"][0]
            scope[PEER] = peer
            if is_within(peer, self._networks):
                self._take_over(scope)
        await self._app(scope, receive, send)

    def _take_over(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        proto = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip()
        if proto in ("http", "https"):
            scope["scheme"] = proto
        # The last that none of our proxies is: what stands before it anybody could have sent.
        for named in reversed([one.strip() for one in ",".join(headers.getlist("x-forwarded-for")).split(",")]):
            if not named or not is_within(named, self._networks):
                if named and _is_address(named):
                    scope["client"] = (named, 0)
                return


class OnlyEncrypted:
    """Refuses what comes from beyond this machine in clear, but for what says nothing, and what a tool asks by its key (`is_by_key`)
    without a cookie."""

    def __init__(self, app: ASGIApp, is_by_key: Callable[[Request], bool] = lambda request: False):
        self._app = app
        self._is_by_key = is_by_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("scheme") == "https" or self._may_be_clear(scope):
            await self._app(scope, receive, send)
            return
        error = NotAllowed(
            said("this is answered over https alone"),
            mend=said("ask https://…; the proxy before it says X-Forwarded-Proto: https"),
            slug="not-encrypted",
        )
        await refusal(error)(scope, receive, send)

    def _may_be_clear(self, scope: Scope) -> bool:
        client = scope.get("client")
        is_here = client is None or (is_loopback(client[0]) and is_loopback(scope.get(PEER, client[0])))
        request = Request(scope)
        return is_here or scope["path"] in _OPEN or (not session_of(request) and self._is_by_key(request))


class SessionCookies:
    """Sets the cookie of a session that a proxy's word has opened, or to whose person a role was added, on whatever is answered, and
    notes that a session is used."""

    def __init__(self, app: ASGIApp, sessions: Sessions):
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changed: Changed | None = None
        is_asked_anew = False

        async def say(message: Message) -> None:
            nonlocal changed, is_asked_anew
            state = scope.get("state", {})
            if message["type"] == "http.response.start":
                changed = await self._changed(*state["held"]) if "held" in state else None
                # its forms belong to the session of before
                is_asked_anew = changed is not None and scope["method"] == "GET" and _is_page(message)
                message = _asked_anew(scope) if is_asked_anew else message
                if given := changed or (Changed(state["opened"], None) if state.get("opened") else None):
                    MutableHeaders(scope=message).append("set-cookie", _cookie(Request(scope), given))
            elif is_asked_anew:
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, say)
        for told, note in (("seen_anew", self._sessions.note_used), ("acted", self._sessions.acted)):
            if secret := scope.get("state", {}).get(told):
                await run_in_threadpool(note, changed.secret if changed is not None else secret)

    async def _changed(self, secret: str, held: Mapping[str, int]) -> Changed | None:
        """The session with another secret, where a role was added to whoever has it."""
        if self._sessions.is_noted(secret, held):
            return None
        return await run_in_threadpool(self._sessions.changed, secret, held)


def _is_page(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")


def _asked_anew(scope: Scope) -> Message:
    """The beginning of an answer that leads to the same page again."""
    query = scope.get("query_string", b"").decode("latin-1")
    where = own_path(Request(scope).url.path + (f"?{query}" if query else ""))
    headers = [(b"location", quote(where, safe=SAFE).encode()), (b"content-length", b"0")]
    return {"type": "http.response.start", "status": 303, "headers": headers}


def _cookie(request: Request, given: Changed) -> str:
    answer = Response()
    keep(answer, request, session_cookie(request), given.secret, seconds=given.seconds)
    return answer.headers["set-cookie"]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
