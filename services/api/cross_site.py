"""What changes something is asked for by our own pages, or by programs: never by a page of somebody else that a browser shows.

A browser adds its cookies, and where nobody signs in its place on this machine, to whatever any page makes it ask. So a changing
request that comes with a cookie says by `Sec-Fetch-Site` that it is of this site or of the reader's own hand; without that header
`Origin`, or `Referer`, names this host; with neither it is refused. A form proves in addition that the page which it was sent from was
made for the very cookie that came with it (`FormTokens`), and only a form: JSON is announced by `Content-Type`, which no form can send.
`Origin: null`, which browsers say for pages that tell nobody where they are, is decided by that proof.

A request by an access key brings its right itself, and no cookie; one that brings both is refused. Addresses that hold a key of their
own (`/s/…`) are not asked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.saying import said
from services.api.cookies import known_by
from services.api.problems import Page, refusal
from services.errors import NotAllowed

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD: Final = "form_token"
"""The field of a form that holds its token."""
NO_COOKIE: Final = ("/s/", "/sign-out/back-channel", "/notices/stop/", "/answer/")
"""Addresses that no cookie counts at: what one needs there stands in the address or in the body."""

_OURS: Final = ("same-origin", "none")
_KEY: Final = "ent_"
_LONGEST: Final = 200
"""Characters of a token."""


class CrossSite(NotAllowed):
    slug = "cross-site"


class FormTokens:
    """Tokens of forms: each is made for one cookie, as `known_by` gives it, and is another every time, so that what the length of a
    compressed answer betrays of it is worth nothing. `secret` is the store's."""

    def __init__(self, secret: bytes):
        self._secret = secret

    def token(self, cookie: str) -> str:
        return self._made(secrets.token_hex(8), cookie)

    def is_valid(self, token: str, cookie: str) -> bool:
        """Says whether it was made here, for that cookie."""
        if len(token) > _LONGEST:
            return False
        salt = token.partition(".")[0]
        return hmac.compare_digest(
            token.encode("utf-8", "surrogatepass"), self._made(salt, cookie).encode("utf-8", "surrogatepass")
        )

    def require(self, token: str, asked: HTTPConnection) -> None:
        """Raises CrossSite for a form that our page for this very reader did not make."""
        if not self.is_valid(token, known_by(asked)):
            raise CrossSite(
                said("this form was not made for who sends it"), mend=said("open the page here and send it again")
            )

    def _made(self, salt: str, cookie: str) -> str:
        digest = hmac.new(self._secret, f"form\n{salt}\n{cookie}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"{salt}.{digest.hexdigest()}"


class CrossSiteRule:
    """Around the application: refuses what the rule above refuses by headers alone. Whoever takes forms asks for their token.
    `page` answers people."""

    def __init__(self, app: ASGIApp, page: Page | None = None):
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (error := refused(Request(scope))) is None:
            await self._app(scope, receive, send)
            return
        is_for_people = _is_of_pages(scope["path"]) and "text/html" in Headers(scope=scope).get("accept", "")
        if self._page is not None and is_for_people:
            answer = await run_in_threadpool(self._page, Request(scope), error)
        else:
            answer = refusal(error)
        await answer(scope, receive, send)


def refused(request: Request) -> CrossSite | None:
    """The refusal of a request, as far as its headers say; None where it may be answered."""
    if request.method in READS or request.url.path.startswith(NO_COOKIE):
        return None
    cookie = known_by(request)
    if _is_by_key(request.headers):
        return _both() if cookie else None
    is_form = _is_of_pages(request.url.path)
    is_ours = is_of_our_pages(request.headers)
    if is_ours is None:
        is_nowhere = "origin" in request.headers
        is_ours = is_form if is_nowhere else not (is_form or cookie)  # the token of the form decides what is nowhere
    if not is_ours:
        return _elsewhere(is_form=is_form)
    if cookie and not is_form and not _is_announced(request.headers):
        return CrossSite(said("what a cookie asks for comes as JSON"), mend=said("Content-Type: application/json"))
    return None


def is_of_our_pages(headers: Headers) -> bool | None:
    """Says whether a page of ours, or the reader himself, asks; None where nothing says so: a program, or `Origin: null`."""
    origins, site = headers.getlist("origin"), headers.get("sec-fetch-site")
    if len(origins) > 1 or (origins and origins[0] != "null" and not _is_here(origins[0], headers)):
        return False
    if site is not None:
        return site in _OURS
    if origins:
        return None if origins[0] == "null" else True
    referer = headers.get("referer")
    return None if referer is None else _is_here(referer, headers)


def host_of(address: str) -> str:
    """`HOST[:PORT]` of an address that a header names, as in the header `Host`; empty, which no host is, where it is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:  # a bracket that does not close, or a letter that turns into a sign of addresses
        return ""


def _is_here(address: str, headers: Headers) -> bool:
    host = host_of(address)
    return bool(host) and host.lower() == headers.get("host", "").lower()


def _is_of_pages(path: str) -> bool:
    return not path.startswith("/v1/")


def _is_announced(headers: Headers) -> bool:
    """A type that no form can send, and that a page of others may send only when it was allowed to, which it never is."""
    essence = headers.get("content-type", "").partition(";")[0].strip().lower()
    return essence in ("application/json", "application/yaml") or (
        essence.startswith("application/") and essence.endswith("+json")
    )


def _is_by_key(headers: Headers) -> bool:
    """A password that browsers add by themselves (Basic) is no key, unless a key is what stands in its place."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return True
    if scheme.lower() != "basic":
        return False
    try:
        return b64decode(rest.strip(), validate=True).partition(b":")[2].startswith(_KEY.encode())
    except (NotBase64, ValueError):
        return False


def _elsewhere(*, is_form: bool) -> CrossSite:
    if is_form:
        return CrossSite(
            said("this form was sent from another page"), mend=said("open the page here and send it again")
        )
    return CrossSite(
        said("this was sent by a page of somebody else"), mend=said("send it from a program, or a page of ours")
    )


def _both() -> CrossSite:
    return CrossSite(said("an access key and a cookie came at once"), mend=said("send the key alone"))
