"""Pages of others read nothing here, but for what is made for them, and their readers follow links."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.api.strangers import Strangers
from tests.services.api_case import LOOPBACK, slug


def _answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("figures")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = Starlette(routes=[Route("/{path:path}", _answer)])
    with TestClient(Strangers(app), base_url=LOOPBACK) as client:
        yield client


def sent(site: str, mode: str = "no-cors", to: str = "image", **more: str) -> dict[str, str]:
    return {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": to, **more}


FRAME = sent("cross-site", "navigate", "iframe")
AHEAD = sent("cross-site", "navigate", "document", **{"sec-purpose": "prefetch"})
REFUSED = [
    sent("cross-site"),
    sent("same-site"),
    sent("cross-site", "cors", "empty"),
    FRAME,
    AHEAD,
    {"origin": "https://other.example"},
    {"origin": "null"},
    {"origin": "http://[::1"},
    {"referer": "http://[127.0.0.1/page"},
    {"referer": "https://other.example/page", "accept": "image/*"},
    {"referer": "https://other.example/page"},
]
ANSWERED: list[dict[str, str]] = [
    {},
    sent("same-origin"),
    sent("none", "navigate", "document"),
    sent("cross-site", "navigate", "document"),
    sent("same-origin", "navigate", "document", **{"sec-purpose": "prefetch"}),
    {"origin": LOOPBACK},
    {"referer": f"{LOOPBACK}/portfolio"},
    {"referer": "https://other.example/page", "accept": "text/html,*/*"},
]


@pytest.mark.parametrize("headers", REFUSED)
@pytest.mark.parametrize(
    "path", ["/v1/figures?as_of=2026-01-01T00:00:00Z", "/portfolio", "/metrics", "/exports/figures.csv"]
)
def test_a_page_of_somebody_else_reads_nothing(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert slug(client.get(path, headers=headers), 403) == "not-allowed"
    assert client.head(path, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", ANSWERED)
def test_programs_our_own_pages_and_links_are_answered(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get("/v1/figures", headers=headers)
    assert (answer.status_code, answer.text) == (200, "figures")


@pytest.mark.parametrize("path", ["/badges/c/d/on-time.svg", "/calendars/sales.ics"])
def test_badges_and_feeds_are_for_other_pages(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=sent("cross-site"))
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/entente.css", "/favicon.ico"])
def test_what_tells_nothing_is_for_all(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=sent("cross-site"))
    assert answer.status_code == 200


def test_names_that_only_begin_like_these_are_not(client: TestClient) -> None:
    for path in ("/calendars", "/calendars/sales.icsx", "/badge", "/v1/badges/x"):
        assert client.get(path, headers=sent("cross-site")).status_code == 403
