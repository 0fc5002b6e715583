"""The names of cookies, and what browsers are told to do with them."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.api.cookies import before_cookie, chosen, forget, keep, known_by, remember, session_cookie, session_of


def asked(scheme: str, cookie: str = "") -> Request:
    headers = [(b"host", b"entente.example"), (b"cookie", cookie.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "scheme": scheme, "server": ("x", 1), "query_string": b""}
    return Request({**scope, "headers": headers})


def test_by_https_a_session_belongs_to_this_host_alone() -> None:
    answer = Response()
    keep(answer, asked("https"), session_cookie(asked("https")), "secret", seconds=60)
    assert answer.headers["set-cookie"] == ("__Host-entente=secret; HttpOnly; Max-Age=60; Path=/; SameSite=lax; Secure")


def test_on_loopback_by_http_it_has_a_bare_name_that_browsers_keep() -> None:
    answer = Response()
    keep(answer, asked("http"), session_cookie(asked("http")), "secret")
    assert answer.headers["set-cookie"] == "entente=secret; HttpOnly; Path=/; SameSite=lax"


@pytest.mark.parametrize(
    ("scheme", "cookie", "session", "known"),
    [
        ("http", "", "", ""),
        ("http", "as=sales; language=fr", "", "as=sales"),
        ("http", "as=sales; entente=s", "s", "entente=s"),
        ("http", "entente-before=b; as=sales", "", "entente-before=b"),
        ("http", "__Host-entente=s", "", ""),
        ("https", "entente=s; as=sales", "", ""),
        ("https", "__Host-as=sales", "", "__Host-as=sales"),
        ("https", "entente=s; __Host-entente=t", "t", "__Host-entente=t"),
    ],
)
def test_one_is_known_by_the_cookie_that_fits_the_way_one_came(
    scheme: str, cookie: str, session: str, known: str
) -> None:
    assert session_of(asked(scheme, cookie)) == session
    assert known_by(asked(scheme, cookie)) == known


def test_what_is_forgotten_is_forgotten_under_the_same_terms() -> None:
    answer = Response()
    forget(answer, asked("https"), before_cookie(asked("https")))
    assert answer.headers["set-cookie"].startswith('__Host-entente-before=""; ')
    for term in ("Max-Age=0", "Path=/", "Secure", "HttpOnly", "SameSite=lax"):
        assert term in answer.headers["set-cookie"]


def test_a_choice_is_remembered_for_a_year_and_nothing_else_is() -> None:
    for scheme, name, secure in (("http", "language", ""), ("https", "__Host-language", "; Secure")):
        answer = Response()
        remember(answer, asked(scheme), "language", "fr")
        expected = f"{name}=fr; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax{secure}"
        assert answer.headers["set-cookie"] == expected
        assert chosen(asked(scheme, f"{name}=fr"), "language") == "fr"
    assert chosen(asked("https", "language=fr"), "language") == ""
    with pytest.raises(ValueError, match="entente"):
        remember(Response(), asked("http"), "entente", "s")
