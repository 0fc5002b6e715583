"""What changes something comes from our own pages or from programs, as `services/api/cross_site.py` says."""

from __future__ import annotations

from base64 import b64encode

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from services.api.cross_site import FormTokens, is_of_our_pages, refused

HOST = "entente.ville.example"
OURS, THEIRS = f"https://{HOST}", "https://evil.example"
COOKIE = {"cookie": "as=sales"}
JSON = {"content-type": "application/json"}
PAGE, API = "/contracts/x/sign", "/v1/contracts/x/sign"


def asked(path: str, headers: dict[str, str], verb: str = "POST", scheme: str = "http") -> Request:
    given = [(name.encode(), value.encode()) for name, value in {"host": HOST, **headers}.items()]
    return Request(
        {
            "type": "http",
            "method": verb,
            "path": path,
            "scheme": scheme,
            "server": (HOST, 80),
            "query_string": b"",
            "headers": given,
        }
    )


SAYS_OURS: list[dict[str, str]] = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": OURS},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"origin": OURS},
    {"origin": f"https://{HOST.upper()}"},
    {"referer": f"{OURS}/contracts/x"},
]
SAYS_THEIRS: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": OURS},
    {"sec-fetch-site": "cross-site", "origin": "null"},
    {"sec-fetch-site": "same-origin", "origin": THEIRS},
    {"sec-fetch-site": "anything"},
    {"origin": THEIRS},
    {"origin": f"https://{HOST}.evil.example"},
    {"origin": f"https://{HOST}:8443"},
    {"origin": "http://[::1"},
    {"origin": ""},
    {"origin": THEIRS, "referer": OURS},
    {"referer": f"{THEIRS}/{OURS}"},
]


@pytest.mark.parametrize("says", SAYS_OURS)
@pytest.mark.parametrize("cookie", [{}, COOKIE])
def test_what_our_own_pages_send_goes_on(says: dict[str, str], cookie: dict[str, str]) -> None:
    assert is_of_our_pages(Headers({"host": HOST, **says})) is True
    assert refused(asked(PAGE, says | cookie)) is None
    assert refused(asked(API, says | cookie | JSON)) is None


@pytest.mark.parametrize("says", SAYS_THEIRS)
@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("cookie", [{}, COOKIE])
def test_what_pages_of_others_send_is_refused_with_a_cookie_and_without(
    says: dict[str, str], verb: str, cookie: dict[str, str]
) -> None:
    for path in (PAGE, API, "/as", "/v1/events"):
        error = refused(asked(path, says | cookie | JSON, verb))
        assert error is not None
        assert (error.slug, error.status) == ("cross-site", 403)


def test_with_neither_header_a_cookie_is_not_believed_and_a_form_never_is() -> None:
    assert refused(asked(API, JSON)) is None
    assert refused(asked(API, {})) is None
    assert refused(asked(API, COOKIE | JSON)) is not None
    assert refused(asked(PAGE, COOKIE)) is not None
    assert refused(asked(PAGE, {})) is not None


def test_a_page_that_tells_nobody_where_it_is_is_decided_by_the_token_of_its_form() -> None:
    nowhere = {"origin": "null"}
    assert refused(asked(PAGE, nowhere | COOKIE)) is None
    assert refused(asked(API, nowhere | COOKIE | JSON)) is not None
    assert refused(asked(API, nowhere | JSON)) is not None


@pytest.mark.parametrize(
    ("kind", "goes_on"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON", True),
        ("application/cloudevents+json", True),
        ("application/yaml", True),
        ("text/plain", False),
        ("text/plain; application/json", False),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=x", False),
        ("", False),
    ],
)
def test_what_a_cookie_asks_for_is_announced_as_no_form_can(kind: str, goes_on: bool) -> None:
    says = {"sec-fetch-site": "same-origin", "content-type": kind}
    assert (refused(asked(API, says | COOKIE)) is None) == goes_on
    assert refused(asked(API, says)) is None


@pytest.mark.parametrize("cookie", ["as=sales", "entente=abc", "entente-before=abc"])
@pytest.mark.parametrize(
    "authorization", ["Bearer ent_12345678_x", "bearer x", f"Basic {b64encode(b'x:ent_12345678_x').decode()}"]
)
def test_a_key_needs_no_origin_and_comes_alone(cookie: str, authorization: str) -> None:
    key = {"authorization": authorization}
    for path in (API, "/v1/events", PAGE):
        assert refused(asked(path, key)) is None
        assert refused(asked(path, key | {"cookie": "language=fr"})) is None
        error = refused(asked(path, key | {"cookie": cookie, "sec-fetch-site": "same-origin"} | JSON))
        assert error is not None
        assert error.slug == "cross-site"


@pytest.mark.parametrize(
    "authorization", [f"Basic {b64encode(b'ines:secret').decode()}", "Basic", "Basic ü", "Digest x"]
)
def test_a_password_that_browsers_send_by_themselves_is_no_key(authorization: str) -> None:
    says = {"authorization": authorization.encode().decode("latin-1")}
    assert refused(asked(API, says | {"origin": THEIRS} | JSON)) is not None
    assert refused(asked(PAGE, says | {"origin": THEIRS})) is not None
    assert refused(asked(PAGE, says | {"origin": OURS} | COOKIE)) is None


def test_reads_and_addresses_that_hold_a_key_of_their_own_are_not_asked() -> None:
    for verb in ("GET", "HEAD", "OPTIONS"):
        assert refused(asked(PAGE, {"origin": THEIRS} | COOKIE, verb)) is None
    assert refused(asked("/s/abc", {"origin": "null"})) is None
    assert refused(asked("/search", {"origin": THEIRS})) is not None


def test_a_token_is_good_for_the_cookie_that_it_was_made_for_and_for_no_other() -> None:
    tokens = FormTokens(b"a" * 32)
    token = tokens.token("as=sales")
    assert tokens.is_valid(token, "as=sales")
    assert FormTokens(b"a" * 32).is_valid(token, "as=sales")
    assert tokens.token("as=sales") != token
    assert not FormTokens(b"b" * 32).is_valid(token, "as=sales")
    for other in ("", "as=marketing", "entente=sales", "as=sales "):
        assert not tokens.is_valid(token, other)
    altered = token[:-1] + ("0" if token[-1] != "0" else "1")
    for forged in ("", ".", altered, token.partition(".")[2], "x" * 300, "\ud800.\ud800", f"{token}\n"):
        assert not tokens.is_valid(forged, "as=sales")


def test_the_cookie_of_a_session_goes_before_a_choice_and_its_plain_name_means_nothing_by_https() -> None:
    tokens = FormTokens(b"a" * 32)
    plain = asked(PAGE, {"cookie": "as=sales; entente=s1"})
    secure = asked(PAGE, {"cookie": "as=sales; entente=s1; __Host-entente=s2"}, scheme="https")
    assert tokens.is_valid(tokens.token("entente=s1"), "entente=s1")
    tokens.require(tokens.token("entente=s1"), plain)
    tokens.require(tokens.token("__Host-entente=s2"), secure)
