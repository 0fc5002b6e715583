"""Notices by webhook: signed by Standard Webhooks, the notice as a CloudEvent, or in the shape that a chat's incoming hook takes.

Only by https, to hosts that the administrator allows (ENTENTE_NOTIFY_HOSTS), and to public addresses: the name is looked up once, all
it leads to is judged, and the connection goes to what was judged. No redirect is followed, and of the answer only its status is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from domain.saying import said
from services.errors import Invalid
from services.notices.carrying import Begin, Never, NobodyKnows, NotNow, NotOurs, Packet

PATIENCE: Final = 10.0
"""Seconds for each step of a call."""
LONGEST: Final = 2_000
"""Characters of an address."""
_KEY_BYTES: Final = 32
_INNER: Final = ip_network("64:ff9b::/32")
"""Addresses of IPv6 that lead to one of IPv4, whichever that is (RFC 6052, RFC 8215)."""
BUSY: Final = frozenset({408, 425, 429})


def is_public(address: str) -> bool:
    """Says whether an address of a machine is one of the internet: not private, loopback, link-local, reserved or many's; of an
    address of IPv4 within one of IPv6, that one."""
    found = ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    every = [found, *([inner] if inner is not None else [])]
    return found not in _INNER and all(one.is_global and not one.is_multicast for one in every)


def checked_address(address: str, hosts: Collection[str]) -> str:
    """Raises Invalid, which does not say the address."""
    try:
        parts = urlsplit(address)
        port, host = parts.port or 443, (parts.hostname or "").lower()
    except ValueError:
        parts, port, host = urlsplit(""), 0, ""
    is_plain = address.isascii() and address.isprintable() and " " not in address
    if parts.scheme != "https" or not is_plain or len(address) > LONGEST or parts.username or parts.fragment:
        raise Invalid(
            said("it is no address of a webhook"),
            place="hook",
            mend=said("https://…, as the chat shows it"),
            slug="hook-address",
        )
    if host not in hosts or port != 443:
        raise Invalid(
            said("notices do not go to this host"),
            place="hook",
            mend=said("one that the administrator allows: ENTENTE_NOTIFY_HOSTS"),
            slug="hook-host",
        )
    return address


def hosts_allowed(setting: str) -> frozenset[str]:
    """The names in the setting, none of them an address of a machine."""
    return frozenset(one.strip().lower() for one in setting.split(",") if one.strip())


def new_hook_secret() -> str:
    """As Standard Webhooks writes secrets."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def signature(secret: str, id: str, at: int, body: bytes) -> str:
    """`v1,BASE64` of the HMAC-SHA-256 of `id.timestamp.body`; `at` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return (
        "v1," + base64.b64encode(hmac.new(key, b"%b.%d.%b" % (id.encode(), at, body), hashlib.sha256).digest()).decode()
    )


class Hook:
    """`may_call`: which addresses of machines may be called; `port` and `trust` are for tests."""

    is_repeatable = False

    def __init__(
        self,
        hosts: Collection[str],
        *,
        may_call: Callable[[str], bool] = is_public,
        trust: ssl.SSLContext | None = None,
        port: int = 443,
        patience: float = PATIENCE,
    ):
        self._hosts = hosts
        self._may_call = may_call
        self._trust = trust
        self._port = port
        self._patience = patience

    @contextmanager
    def session(self) -> Iterator[Callable[[Packet, Begin], None]]:
        yield self._hand

    def _hand(self, packet: Packet, begin: Begin) -> None:
        parts = urlsplit(checked_address(packet.to, self._hosts))
        host = parts.hostname or ""
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line = _Vetted(host, self._port, self._place(host), self._trust or ssl.create_default_context(), self._patience)
        try:
            self._call(line, path, packet, begin)
        finally:
            line.close()

    def _call(self, line: _Vetted, path: str, packet: Packet, begin: Begin) -> None:
        try:
            line.connect()
        except OSError as error:
            raise NotNow(type(error).__name__) from error
        if not begin():
            raise NotOurs
        try:
            line.request("POST", path, packet.content, _headers(packet, int(time.time())))
            status = line.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NobodyKnows(type(error).__name__) from error
        if status in BUSY or status >= 500:
            raise NotNow(str(status))
        if not 200 <= status < 300:
            raise Never(str(status))

    def _place(self, host: str) -> str:
        """The first address of the host, where all of them may be called."""
        try:
            found = [str(place[0]) for *_, place in socket.getaddrinfo(host, self._port, type=socket.SOCK_STREAM)]
        except OSError as error:
            raise NotNow("no such host") from error
        if not found or not all(self._may_call(one) for one in found):
            raise Never("the host leads to an address that is not public")
        return found[0]


def _headers(packet: Packet, at: int) -> dict[str, str]:
    signed = {
        "webhook-id": packet.name,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(packet.secret, packet.name, at, packet.content),
    }
    return {"Content-Type": packet.sort, "User-Agent": "entente", "Connection": "close", **signed}


class _Vetted(http.client.HTTPSConnection):
    """A connection to the address that was judged, under the name that it is asked by."""

    def __init__(self, host: str, port: int, place: str, trust: ssl.SSLContext, patience: float):
        super().__init__(host, port, timeout=patience, context=trust)
        self._place = place
        self._trust = trust

    def connect(self) -> None:
        plain = socket.create_connection((self._place, self.port), self.timeout)
        try:
            self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
