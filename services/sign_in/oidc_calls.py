"""Calls to an identity provider: bounded in time, in bytes, and to the addresses that it has itself.

The provider is another program, which may be slow, wrong, or somebody else's by now. So each call has one deadline for all of it,
an answer has a size, and an answer that leads elsewhere is an error: nothing is followed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx2

from domain.saying import said
from services.errors import Invalid, Unavailable, short

SECONDS: Final = 10.0
"""Of one call, from the look-up of its name to the last byte of its answer."""
LARGEST: Final = 1_000_000
"""Bytes of an answer: discovery documents and key sets have some ten thousand."""
UNREACHABLE: Final = "provider-unreachable"

Fields = Mapping[str, str]


class Answer(NamedTuple):
    status: int
    media_type: str
    body: bytes


class Calls:
    """Calls a provider. `seconds`: of a call; `largest`: bytes of its answer."""

    def __init__(self, seconds: float = SECONDS, largest: int = LARGEST):
        self._seconds = seconds
        self._largest = largest
        self._trusted: ssl.SSLContext | None = None

    def get(self, address: str, headers: Fields | None = None) -> Answer:
        """Raises Unavailable where no whole answer comes."""
        return self._call("GET", address, headers or {}, None)

    def post(self, address: str, form: Fields, headers: Fields | None = None) -> Answer:
        """The same, with a form. Neither the form nor what stands in the answer is said in an error."""
        return self._call("POST", address, headers or {}, form)

    def _call(self, method: str, address: str, headers: Fields, form: Fields | None) -> Answer:
        try:
            return asyncio.run(self._within(method, address, headers, form))
        except TimeoutError as error:
            raise unreachable(
                address, said("no whole answer within {seconds} s", seconds=f"{self._seconds:g}")
            ) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise unreachable(address, type(error).__name__) from error

    async def _within(self, method: str, address: str, headers: Fields, form: Fields | None) -> Answer:
        """The deadlines of the client are of each read; one that covers all of them is no dripping answer's to stretch."""
        async with asyncio.timeout(self._seconds):
            if self._trusted is None:
                self._trusted = httpx2.create_ssl_context()
            plain = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
            async with (
                httpx2.AsyncClient(verify=self._trusted, timeout=self._seconds, follow_redirects=False) as client,
                client.stream(method, address, headers=plain, data=form) as response,
            ):
                return await self._read(address, response)

    async def _read(self, address: str, response: httpx2.Response) -> Answer:
        if 300 <= response.status_code < 400:
            raise unreachable(address, said("it leads elsewhere"))
        if response.headers.get("content-encoding", "identity") != "identity":
            raise unreachable(address, said("its answer is packed although that was not asked for"))
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > self._largest:
                raise unreachable(address, said("its answer has more than {bytes:,} bytes", bytes=self._largest))
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, media_type, bytes(body))


def unreachable(address: str, why: str) -> Unavailable:
    """An answer that did not come, or not whole. The address is said without what follows its path."""
    parts = urlsplit(address)
    return Unavailable(
        said("the identity provider does not answer: {why}", why=why),
        place=short(f"{parts.scheme}://{parts.hostname or ''}{parts.path}", 200),
        mend=said("try again; look whether the provider runs and is reached from here"),
        slug=UNREACHABLE,
    )


def require_safe(address: str, place: str) -> None:
    """Raises Invalid unless the address is one that tokens and secrets may go to: https, or http on loopback."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_safe = bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))
        is_safe = is_safe and parts.username is None and parts.port != 0
    except ValueError:
        is_safe = False
    if not is_safe or len(address) > 2_000:
        raise Invalid(
            said("{address} is no address of an identity provider", address=short(address, 200)),
            place=place,
            mend=said("https://…; http:// on loopback alone"),
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
