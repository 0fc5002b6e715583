"""Every answer tells browsers what they may do with it: of every address, of every refusal, of faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.datastructures import MutableHeaders

from services.api.bodies import LARGEST_FORM
from services.api.headers import BY_HTTPS, OF_PAGES, add_headers, plain_headers
from tests.browser.town_server import served
from tests.dashboards.test_forms import _routes
from tests.dashboards.visiting import ADDRESS, Site, form_token
from tests.patience import PATIENCE
from tests.services.api_case import opened

EVERY = frozenset(plain_headers())
KEPT = ("/static/", "/badges/")
"""What browsers may keep."""


def require_headers(answer: Response, path: str) -> None:
    headers = answer.headers
    assert sorted(EVERY - set(headers)) == [], path
    assert headers["x-content-type-options"] == "nosniff"
    for said in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert f"{said} 'none'" in headers["content-security-policy"], path
    for loose in ("unsafe-eval", "*", "http:", "data:"):
        assert loose not in headers["content-security-policy"], path
    assert not [name for name in headers if name.startswith("access-control-")], path
    kind = headers.get("content-type", "")
    assert kind or not answer.content, path
    assert not kind.startswith("text/") or "charset=utf-8" in kind, path
    if answer.status_code != 200 or not path.startswith(KEPT):
        assert headers["cache-control"] in ("no-store", "private, no-cache"), path
    for name, _ in headers.multi_items():
        assert len(headers.get_list(name)) == 1 or name == "set-cookie", (path, name)
    assert "server" not in headers


def test_all_are_there() -> None:
    assert {
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "cache-control",
    } == EVERY


def filled(path: str, site: Site) -> Iterator[str]:
    """The address with names in its places that nothing has, and with those of a contract that is there."""
    yield re.sub(r"\{[^}]*\}", "x", path)
    known = {
        "contract": "school-meals",
        "deliverable": "menus",
        "criterion": "on-time",
        "name": "icon.svg",
        "service": "it",
    }
    yield re.sub(
        r"\{(\w+)[^}]*\}",
        lambda place: "school-meals" if "contracts" in path and place[1] == "id" else known.get(place[1], "1"),
        path,
    )


def test_every_address_says_them_whatever_it_answers(site: Site) -> None:
    """In a town of its own: some of what is asked is done."""
    routes = _routes(site.http.app)
    assert len(routes) > 80
    statuses = set()
    for one in routes:
        if one.path in ("/live", "/v1/stream"):
            continue  # streams: they end with the program (test_streams_say_them)
        for path in filled(one.path, site):
            for accept in ("text/html", "application/json"):
                for verb in sorted(one.methods or ()):
                    answer = site.http.request(verb, path, headers={"Accept": accept}, follow_redirects=False)
                    require_headers(answer, path)
                    statuses.add(answer.status_code)
    assert statuses >= {200, 303, 308, 400, 403, 404, 422}


@pytest.mark.parametrize("path", ["/live", "/v1/stream"])
def test_streams_say_them(shown: Site, path: str) -> None:
    app = cast(FastAPI, shown.http.app)
    with served(app) as address, httpx2.stream("GET", f"{address}{path}", timeout=PATIENCE) as answer:
        assert answer.status_code == 200
        assert sorted(EVERY - set(answer.headers)) == []
        assert answer.headers["cache-control"] == "no-store"


def test_refusals_before_routing_and_of_it_say_them(shown: Site) -> None:
    big = b"x" * (LARGEST_FORM + 1)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    asked: list[tuple[str, str, dict[str, str], bytes, int]] = [
        ("GET", "/", {"host": "evil.example"}, b"", 421),
        ("GET", "/", {"host": "evil.example", "accept": "text/html"}, b"", 421),
        ("GET", "/", {"sec-fetch-site": "cross-site"}, b"", 403),
        ("POST", "/as", {"origin": "https://evil.example"}, b"", 403),
        ("POST", "/as", {"origin": "https://evil.example", "accept": "text/html"}, b"", 403),
        ("POST", "/v1/advance", {"origin": "https://evil.example"}, b"", 403),
        ("GET", "/nowhere", {}, b"", 404),
        ("GET", "/nowhere", {"accept": "text/html"}, b"", 404),
        ("GET", "/v1/nowhere", {}, b"", 404),
        ("PUT", "/v1/figures", {}, b"", 405),
        ("OPTIONS", "/", {}, b"", 405),
        ("PUT", "/", {"sec-fetch-site": "same-origin"}, b"", 405),
        ("TRACE", "/", {}, b"", 403),
        ("POST", "/as", form, big, 413),
        ("POST", "/v1/advance", {"content-type": "application/json"}, b"x" * (2 << 20), 413),
        ("POST", "/v1/advance", {"content-type": "application/json"}, b"{", 400),
        ("POST", "/v1/events", {"content-type": "text/x"}, b"{", 415),
        ("GET", "/v1/contracts?limit=x", {}, b"", 422),
        ("GET", "/contracts?x=1", {}, b"", 400),
    ]
    for verb, path, headers, body, status in asked:
        answer = shown.http.request(verb, path, headers=headers, content=body)
        assert answer.status_code == status, (verb, path, answer.status_code, answer.text[:200])
        require_headers(answer, path)


def test_a_fault_of_the_program_says_them() -> None:
    def broken(router: APIRouter, api: Any) -> None:
        @router.get("/broken")
        def answer() -> None:
            raise ZeroDivisionError

    with opened("sqlite://:memory:", routes=(broken,)) as case:
        answer = case.http.get("/v1/broken")
    assert answer.status_code == 500
    require_headers(answer, "/v1/broken")


def test_a_page_has_its_policy_and_what_is_kept_is_kept(shown: Site) -> None:
    assert shown.get("/").headers["content-security-policy"] == OF_PAGES
    assert shown.get("/").headers["referrer-policy"] == "same-origin"
    script = re.findall(r'src="(/static/live[^"]+)"', shown.get("/").text)[0]
    assert shown.get(script).headers["cache-control"] == "public, max-age=31536000, immutable"
    badge = shown.get("/badges/school-meals/menus/on-time.svg")
    assert badge.headers["cache-control"] == "private, no-cache"
    assert badge.headers["cross-origin-resource-policy"] == "cross-origin"
    assert shown.get("/calendars/it.ics").headers["cross-origin-resource-policy"] == "cross-origin"
    assert shown.get("/v1/contracts").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/feeds/ent_secret.ics", "/s/secret"])
def test_an_address_with_a_key_is_told_to_nobody(path: str) -> None:
    headers = MutableHeaders()
    add_headers(headers, path, is_https=False)
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("private, no-cache", "no-store")


def test_by_https_browsers_are_told_to_come_by_https_only(shown: Site) -> None:
    assert "strict-transport-security" not in shown.get("/").headers
    secure = TestClient(shown.http.app, base_url=ADDRESS.replace("http", "https"))
    for path in ("/", "/healthz", "/nowhere"):
        assert secure.get(path).headers["strict-transport-security"] == BY_HTTPS


def test_a_choice_made_by_https_is_sent_by_https_only(shown: Site) -> None:
    secure = TestClient(shown.http.app, base_url=ADDRESS.replace("http", "https"))
    said = secure.get("/language/fr", follow_redirects=False).headers["set-cookie"]
    assert said == "__Host-language=fr; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax; Secure"
    page = secure.get("/style")
    fields = form_token(page.text) | {"value": "kitchen"}
    chosen = secure.post("/as", data=fields, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
    assert chosen.headers["set-cookie"] == "__Host-as=kitchen; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax; Secure"
