"""Keys, passwords and codes are blotted out wherever they are said."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from services.api.unsaid import KEYED, address, is_secret, never_say, unsaid, unsaid_within, without_secrets
from services.api.unsaid_of_requests import Unsaid

KEY = "ent_a1b2c3d4_" + "K" * 43


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"GET /feeds/{KEY}.ics?x=1 failed", "GET /feeds/…?x=1 failed"),
        ("http://a.example/s/abc/def 404", "http://a.example/s/… 404"),
        ('"/welcome/abc"', '"/welcome/…"'),
        (f"the key {KEY}.", "the key ent_…."),
        (f"authorization: Bearer {KEY}", "authorization: Bearer …"),
        ("Basic aW5lczpzZWNyZXQ= was sent", "Basic … was sent"),
        ("cookie: as=sales; __Host-entente=abc; theme=dark", "cookie: as=sales; __Host-entente=…; theme=dark"),
        ("a bearer of news", "a bearer of news"),
        ("/services/s/x and /v1/feeds", "/services/s/x and /v1/feeds"),
        ("the path /feeds/ alone", "the path /feeds/ alone"),
    ],
)
def test_what_is_known_by_its_place_or_form_is_blotted_out(text: str, said: str) -> None:
    assert unsaid(text) == said


@pytest.mark.parametrize("start", KEYED)
def test_an_address_is_said_without_its_key(start: str) -> None:
    assert address(f"{start}{KEY}.ics") == f"{start}…"
    assert address(start) == start
    assert address("/portfolio") == "/portfolio"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "PassPhrase",
        "code",
        "one-time_code",
        "totp",
        "form_token",
        "client_secret",
        "access_key",
    ],
)
def test_fields_with_secrets_are_known_by_their_names(name: str) -> None:
    assert is_secret(name)
    assert without_secrets({name: "canary", "text": "why"}) == {"text": "why"}


@pytest.mark.parametrize(
    "name", ["text", "file", "key", "based_on", "codes_of_conduct", "barcode_scanner", "reason", "id"]
)
def test_other_fields_are_kept(name: str) -> None:
    assert not is_secret(name)


def test_what_a_line_holds_is_looked_through_to_its_depth() -> None:
    line = {"a": [f"x {KEY}", {"password": "hunter2", "n": 1}], "b": None, "c": True, "d": ValueError(KEY)}
    assert unsaid_within(line) == {"a": ["x ent_…", {"password": "…", "n": 1}], "b": None, "c": True, "d": "ent_…"}


def test_what_came_with_a_request_is_said_nowhere_until_it_is_answered() -> None:
    told: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        never_say(["correct horse", "short"])
        told.append(unsaid("KeyError('correct horse') of s3ss10n-id with s0me-key at welc0me-secret: short"))

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None: ...

    headers = [
        (b"cookie", b"theme=dark; entente=s3ss10n-id"),
        (b"authorization", b"Token s0me-key"),
    ]
    scope = {"type": "http", "path": "/welcome/welc0me-secret", "headers": headers}
    asyncio.run(Unsaid(app)(scope, receive, send))
    assert told == ["KeyError('…') of … with … at …: short"]
    assert unsaid("correct horse") == "correct horse"
