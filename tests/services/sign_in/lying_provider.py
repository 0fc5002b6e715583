"""An identity provider on loopback that answers as a test tells it to: rightly, wrongly, slowly, or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import Key, RSAKey

CLIENT, SECRET = "entente", "a secret+of the tests:ä"
DOCUMENT, KEYS, TOKEN, USER = "/.well-known/openid-configuration", "/keys", "/token", "/user"

Reply = Callable[["Answering"], None]
"""What is answered in place of what would be right."""


class Provider:
    """Its answers are right until a test changes them: `claims` and `header` of the ID token, `tokens` of the token endpoint,
    `document`, `user`, `published` keys; `replies` replaces the answer of an address. `asked` is what came: address and form."""

    def __init__(self, server: ThreadingHTTPServer):
        self.issuer = f"http://127.0.0.1:{server.server_port}"
        self.key: Key = ONE
        self.published: list[dict[str, Any]] = [public(self.key)]
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.authorizations: list[str] = []
        self.document: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?realm=town",
            "token_endpoint": self.issuer + TOKEN,
            "jwks_uri": self.issuer + KEYS,
            "userinfo_endpoint": self.issuer + USER,
            "end_session_endpoint": f"{self.issuer}/end",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}
        self.user: dict[str, Any] = {"sub": "s-1", "groups": ["/staff"]}
        self.codes = {"code-1"}
        self.nonce = ""

    def claims_now(self) -> dict[str, Any]:
        """Those of an ID token for somebody who signs in now; a claim that is None is left out."""
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "sub": "s-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "anna.martin@ville.example",
            "name": "Anna Martin",
            "groups": ["/sales/heads", "/everybody"],
            "sid": "session-1",
        }
        return {name: value for name, value in {**right, **self.claims}.items() if value is not None}

    def id_token(self) -> str:
        return signed(self.claims_now(), self.key, **self.header)

    def shown(self, path: str) -> str:
        """What was last shown at an address as authorization."""
        both = zip(self.asked, self.authorizations, strict=True)
        return [said for (address, _), said in both if address == path][-1]

    def count(self, path: str) -> int:
        return sum(address == path for address, _ in self.asked)


class Answering(BaseHTTPRequestHandler):
    """One call."""

    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def give(self, body: object, status: int = 200, media_type: str = "application/json") -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self, form: dict[str, str]) -> None:
        provider, path = self.provider, urlsplit(self.path).path
        provider.asked.append((path, form))
        provider.authorizations.append(self.headers.get("authorization", ""))
        try:
            provider.replies.get(path, right)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def right(call: Answering) -> None:
    """What a provider that is right answers."""
    provider, path = call.provider, urlsplit(call.path).path
    form = provider.asked[-1][1]
    if path == DOCUMENT:
        call.give(provider.document)
    elif path == KEYS:
        call.give({"keys": provider.published})
    elif path == USER:
        call.give(provider.user)
    elif path == TOKEN and form.get("grant_type") == "authorization_code" and form["code"] not in provider.codes:
        call.give({"error": "invalid_grant", "error_description": "Code not valid"}, 400)
    elif path == TOKEN:
        provider.codes.discard(form.get("code", ""))
        given = {"id_token": provider.id_token(), "access_token": "access-1", "refresh_token": "refresh-1"}
        call.give({name: value for name, value in {**given, **provider.tokens}.items() if value is not None})
    else:
        call.give({}, 404)


def redirected(call: Answering) -> None:
    """Leads to an address of its own, where all would be right."""
    call.send_response(307)
    call.send_header("location", f"{call.provider.issuer}{urlsplit(call.path).path}?again")
    call.send_header("content-length", "0")
    call.end_headers()


def huge(call: Answering) -> None:
    """Does not say how much, and gives without end."""
    call.send_response(200)
    call.send_header("content-type", "application/json")
    call.end_headers()
    call.close_connection = True
    for _ in range(200):
        call.wfile.write(b" " * 65_536)


def dripping(call: Answering) -> None:
    """A byte now and then: no read waits for long."""
    call.send_response(200)
    call.send_header("content-length", "1000")
    call.end_headers()
    for _ in range(100):
        call.wfile.write(b" ")
        time.sleep(0.05)


def broken(call: Answering) -> None:
    call.give(b'{"issuer": "http')


def deep(call: Answering) -> None:
    call.give(b'{"keys":' + b"[" * 100_000)


def packed(call: Answering) -> None:
    call.send_response(200)
    call.send_header("content-encoding", "gzip")
    call.send_header("content-length", "0")
    call.end_headers()


def refusing(error: str, status: int = 400) -> Reply:
    return lambda call: call.give({"error": error}, status)


def failing(call: Answering) -> None:
    call.give({}, 502)


def new_key(kid: str) -> Key:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


ONE = new_key("one")


def public(key: Key) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def signed(claims: dict[str, Any], key: Key, **header: Any) -> str:
    said = {"alg": "RS256", "kid": key.kid, **header}
    known = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(known, claims, key, [known["alg"]])


@contextmanager
def lying_provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    provider = Provider(server)
    server.RequestHandlerClass = type("AnsweringFor", (Answering,), {"provider": provider})
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
