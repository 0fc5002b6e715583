"""The browser's way back, without JavaScript: a page that is a step leads from a form to what it would do, and has an address."""

from __future__ import annotations

from html import unescape

import pytest

from dashboards.pages.house.sending import CONFIRMED
from tests.dashboards.contracts.test_typed import DAYS, fields
from tests.dashboards.visiting import Site, send_form

PATH = "/contracts/school-meals/edit"
NEW = "/new-contract?kind=volume"
OTHER = "kitchen/marc.olivier"


@pytest.mark.parametrize("at", [PATH, NEW])
def test_who_comes_back_from_a_step_finds_what_was_typed_and_nobody_else_does(site: Site, at: str) -> None:
    begun = fields(site.page(at))
    was, data = begun["f.late_data"], begun | {"opened_at": at, "f.late_data": "9 days"} | DAYS
    for verb in ("check", "read", "add:deliverables"):
        answer = site.post(at.partition("?")[0], data | {"verb": verb})
        assert answer.status_code == 200
        assert answer.request.method == "GET", "it has an address"
        back = site.page(at)
        assert fields(back)["f.late_data"] == "9"
        assert "What you sent from here is shown again." in back
        assert fields(site.page(at, who=OTHER))["f.late_data"] == was
        anew = site.page(f"{at}{'&' if '?' in at else '?'}anew=yes")
        assert fields(anew)["f.late_data"] == was
        assert "shown again" not in anew
    assert "affiché de nouveau" in site.page(at, "fr")


@pytest.mark.parametrize("verb", ["keep-draft", "propose"])
def test_what_stands_elsewhere_is_not_shown_again(site: Site, verb: str) -> None:
    data = fields(site.page(PATH)) | {"opened_at": PATH, "f.late_data": "9 days"} | DAYS
    site.post(PATH, data | {"verb": "read"})
    assert site.post(PATH, data | {"verb": verb}).status_code == 303
    assert "shown again" not in site.page(PATH)


def test_what_is_asked_first_has_an_address_for_whoever_sent_the_form(site: Site) -> None:
    path, wanted = "/contracts/school-meals/terminate", {"last": "2026-12-31", CONFIRMED: ""}
    site.http.cookies.clear()
    answer = send_form(site.http, path, wanted, follow_redirects=False)
    assert answer.status_code == 303
    there = answer.headers["location"]
    assert there.startswith(f"{path}?")
    for language, words in (("en", "Terminate this contract?"), ("fr", "Résilier ce contrat")):
        page = site.page(there, language)
        assert words in page
        assert 'name="last" value="2026-12-31"' in page
    back = unescape(page.partition('<a class="button" href="')[2].partition('"')[0])
    assert 'value="2026-12-31"' in site.page(back), "who does not mean it finds what was typed"
    other = site.get(there, who=OTHER, follow_redirects=False)
    assert other.status_code == 303, "nobody else is asked: they are led to the page of the form"
    assert "Terminate this contract?" not in site.page(other.headers["location"]), (
        "it is asked at its own address alone"
    )


def test_what_would_change_has_an_address(site: Site) -> None:
    typed = {"verb": "look", "id": "roads", "title_en": "Roads", "title_fr": "Voirie"}
    answer = send_form(site.http, "/new-service", typed, follow_redirects=False)
    assert answer.status_code == 303
    assert "Roads" in site.page(answer.headers["location"])
