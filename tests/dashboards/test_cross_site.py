"""Forms of pages prove that they are ours, all of them; what does not is refused and changes nothing (trust, T-6)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import dashboards.pages
from services.api.cross_site import FIELD, READS
from tests.dashboards.test_forms import _routes
from tests.dashboards.visiting import ADDRESS, HERE, Site, form_token, form_tokens, send_form
from tests.services.api_case import slug

SIGN = "/contracts/school-meals/versions/3/sign"
SIGNED = {"confirmed": "yes", "proposal": "3", "party": "client"}
AS = {"Cookie": "as=administrator", "Accept": "text/html"}
BY_LINK = {"/notices/stop/{token}", "/answer/{token}"}
"""Sent by mail programs, or out of a mail, without a form of ours: who may is in the signed address (RFC 8058)."""
BY_LINK_ALONE = {"stop.html", "answer.html"}
"""Their templates."""
MOST = 60
"""Pages that are looked through."""


def test_a_page_of_others_or_a_form_without_its_token_signs_nothing(site: Site) -> None:
    before, token = site.position(), {FIELD: form_tokens(site.town).token("as=administrator")}
    for headers, fields in (
        ({"Origin": "https://evil.example"}, token),
        ({"Origin": "https://evil.example"}, {}),
        ({"Sec-Fetch-Site": "cross-site"}, token),
        ({}, token),
        (HERE, {}),
        (HERE, {FIELD: ""}),
        (HERE, {FIELD: form_tokens(site.town).token("as=kitchen")}),
        (HERE, {FIELD: form_tokens(site.town).token("")}),
        ({"Origin": "null"}, {}),
        ({"Origin": "null"}, {FIELD: form_tokens(site.town).token("as=kitchen")}),
    ):
        answer = site.http.post(SIGN, data=SIGNED | fields, headers=AS | headers, follow_redirects=False)
        assert answer.status_code == 403, (headers, fields)
        assert "set-cookie" not in answer.headers
        program = site.http.post(SIGN, data=SIGNED | fields, headers={"Cookie": AS["Cookie"]} | headers)
        assert slug(program, 403) == "cross-site"
    assert site.position() == before
    assert site.newest().state == "proposed"


def test_a_page_that_tells_nobody_where_it_is_signs_by_the_token_of_its_form(site: Site) -> None:
    token = {FIELD: form_tokens(site.town).token("as=administrator")}
    answer = site.http.post(SIGN, data=SIGNED | token, headers=AS | {"Origin": "null"}, follow_redirects=False)
    assert (answer.status_code, site.newest().state) == (303, "signed")


def test_a_browser_that_has_no_cookie_yet_gets_forms_that_it_can_send(site: Site) -> None:
    site.http.cookies.clear()
    page = site.http.get("/contracts/school-meals/versions/3", headers={"Accept": "text/html"})
    sent = site.http.post(SIGN, data=SIGNED | form_token(page.text), headers=HERE, follow_redirects=False)
    assert (sent.status_code, site.newest().state) == (303, "signed")


def test_an_attached_form_is_read_for_its_token_as_any_other(site: Site) -> None:
    before, token = site.position(), form_tokens(site.town).token("as=administrator")
    as_file = {FIELD: ("token.txt", token.encode())}
    assert site.http.post(SIGN, data=SIGNED, files=as_file, headers=AS | HERE).status_code == 403
    assert site.position() == before
    in_parts = {name: (None, value) for name, value in (SIGNED | {FIELD: token}).items()}
    sent = site.http.post(SIGN, files=in_parts, headers=AS | HERE, follow_redirects=False)
    assert sent.status_code == 303


def test_what_was_typed_into_a_form_that_is_no_longer_ones_own_is_not_lost(shown: Site) -> None:
    text = "The road was closed <all day>."
    address = shown.path("/breaches/{late}/explain")
    for code, told in (("en", "This form was not accepted"), ("fr", "Ce formulaire n’a pas été accepté")):
        headers = HERE | {"Accept": "text/html", "Cookie": f"as=administrator; language={code}"}
        answer = shown.http.post(address, data={"text": text}, headers=headers)
        assert (answer.status_code, told in answer.text) == (403, True)
        assert "The road was closed &lt;all day&gt;.</textarea>" in answer.text


def test_with_a_cookie_the_api_is_asked_in_json_from_our_own_pages(site: Site) -> None:
    address, body = site.path("/v1/breaches/{late}/explain"), b'{"text": "snow"}'
    cookie, before = {"Cookie": "as=administrator"}, site.position()
    for headers in (
        {"Content-Type": "application/json"},
        {"Content-Type": "application/json", "Origin": "https://evil.example"},
        {"Content-Type": "text/plain"} | HERE,
        {"Content-Type": "application/json", "Authorization": "Bearer ent_x"} | HERE,
    ):
        assert slug(site.http.post(address, content=body, headers=cookie | headers), 403) == "cross-site"
    assert site.position() == before
    ours = cookie | HERE | {"Content-Type": "application/json"}
    assert site.http.post(address, content=body, headers=ours).status_code == 200


def test_every_address_that_takes_forms_wants_the_token_of_the_reader(shown: Site) -> None:
    before = shown.position()
    routes = [one for one in _routes(shown.http.app) if not one.path.startswith("/v1/")]
    changing = [one for one in routes if set(one.methods or ()) - READS]
    assert len(changing) > 10
    for one in changing:
        path = re.sub(r"\{[^}]*\}", "7", one.path)
        for verb in set(one.methods or ()) - READS:
            if one.path in BY_LINK:
                continue
            answer = shown.http.request(verb, path, headers={"Cookie": AS["Cookie"]} | HERE)
            assert slug(answer, 403) == "cross-site", one.path
    assert shown.position() == before


def test_every_form_that_changes_something_has_the_token_of_its_reader(shown: Site) -> None:
    seen: set[str] = set()
    waiting, forms = ["/", "/contracts", "/quarantine", "/excuses", "/new-contract?kind=punctuality"], 0
    tokens = form_tokens(shown.town)
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        kind = re.sub(r"\d+|[0-9a-f-]{36}", "#", path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = shown.get(path)
        if answer.history:  # led elsewhere, and no longer as who asked
            continue
        html = answer.text
        for form in re.findall(r'<form method="post".*?</form>', html, re.DOTALL):
            assert tokens.is_valid(form_token(form)[FIELD], "as=administrator"), path
            forms += 1
        links = re.findall(r'href="(/(?!static|language|theme|exports|badges)[^"#?]*)', html)
        waiting += [one for one in links if not re.search(r"\.(pdf|csv|xlsx|ics|svg)$", one)]
    assert forms > 100


def test_no_template_has_a_form_without_it() -> None:
    found = 0
    for file in Path(dashboards.pages.__file__).parent.rglob("*.html"):
        for form in re.findall(r'<form method="post".*?</form>', file.read_text(encoding="utf-8"), re.DOTALL):
            assert "{{ form_token() }}" in form or "unseen(" in form or file.name in BY_LINK_ALONE, file.name
            found += 1
    assert found >= 8


def test_who_was_somebody_else_meanwhile_sends_no_form_of_before(shown: Site) -> None:
    with TestClient(shown.http.app, base_url=ADDRESS) as browser:
        before = form_token(browser.get("/style").text)
        assert send_form(browser, "/as", {"value": "kitchen"}, follow_redirects=False).status_code == 303
        answer = browser.post("/as", data=before | {"value": "auditor"}, headers=HERE)
        assert slug(answer, 403) == "cross-site"


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_no_form_leads_elsewhere(shown: Site, back: str) -> None:
    assert shown.post("/as", {"value": "auditor", "back": back}).headers["location"] == "/"
