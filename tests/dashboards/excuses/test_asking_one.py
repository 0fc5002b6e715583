"""The excuse of one ticket, from the page of its commitment."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from tests.dashboards.town import FAULTS, MEALS_ON_TIME
from tests.dashboards.visiting import Site, leads

PAGE = f"/commitments/{FAULTS}"
SENT = {"scope": FAULTS, "reason": "client-fault", "text": "They were away."}


def test_one_case_is_named_on_the_form_of_its_commitment(site: Site) -> None:
    assert 'name="one"' in site.page(PAGE)
    answer = site.post("/excuses/ask", {**SENT, "one": " INC-10031 ", "party": "supplier"})
    made = site.stored(leads(answer))
    assert (made["reason"], made["keys"], made["party"]) == ("client-fault", ["INC-10031"], "supplier")
    assert 'name="one"' not in site.get("/excuses/ask", params={"scope": FAULTS, "key": "INC-10031"}).text
    refused = site.post("/excuses/ask", {**SENT, "one": "INC-1", "text": ""}).text
    assert 'value="INC-1"' in refused


def test_a_miss_that_is_explained_offers_its_excuse(shown: Site) -> None:
    page = f"/commitments/{MEALS_ON_TIME}"
    html = shown.get(page, params={"period": "all", "verdict": "late"}).text
    [key, *_] = [part.partition('"')[0] for part in html.split("why=")[1:]]
    key = key.partition("#")[0].partition("&")[0]
    opened = shown.get(page, params={"period": "all", "verdict": "late", "why": key}).text
    assert f"/excuses/ask?scope=school-meals%2Fmidday-ferry%2Fon-time&amp;key={key}" in opened


def test_what_is_missing_is_named_as_the_form_names_it(shown: Site) -> None:
    before = shown.position()
    refused = shown.post("/excuses/ask", SENT | {"party": "supplier"}, "fr").text
    assert "Il manque un des deux jours" in refused
    assert "first day" not in refused
    dated = SENT | {"first": "soon", "last": "2026-11-17", "party": "supplier"}
    assert "soon\u00a0» n’est pas une date" in shown.post("/excuses/ask", dated, "fr").text
    unchosen = shown.post("/excuses/ask", SENT | {"one": "INC-1", "reason": ""}, "fr").text
    assert "Aucun motif n’est choisi" in unchosen
    assert shown.position() == before


@pytest.mark.parametrize("scope", ["hostile", "hostile/staff", "hostile/staff/on-time"])
def test_days_in_which_nothing_is_owed_have_to_be_confirmed_and_again_when_they_are_others(
    site: Site, scope: str
) -> None:
    before = site.position()
    far = {**SENT, "scope": scope, "first": "2030-11-20", "last": "2030-11-21", "party": "supplier"}
    refused = site.post("/excuses/ask", far, "fr")
    assert refused.status_code == 409
    assert "Rien n’y est encore dû\u00a0: les échéances sont connues jusqu’au 31\u00a0déc.\u00a02026" in refused.text
    [sure] = re.findall(r'name="sure" value="([^"]+)"', refused.text)
    assert "Ces jours sont les bons." in refused.text
    assert refused.text.count('id="p-ask"') == 1
    assert 'aria-invalid="true"' not in refused.text
    assert site.post("/excuses/ask", far | {"last": "2030-11-22", "sure": sure}, "fr").status_code == 409
    assert site.position() == before
    confirmed = site.post("/excuses/ask", far | {"sure": sure}, "fr")
    assert site.stored(leads(confirmed))["commitment"] == scope


def test_an_excuse_for_a_deliverable_is_asked_for_it_alone(shown: Site) -> None:
    page = shown.page("/excuses/ask?scope=school-meals/menus")
    assert '<input type="hidden" name="scope" value="school-meals/menus">' in page
    assert '<p class="lede">Menus of the month</p>' in page
    assert shown.get("/excuses/ask?scope=school-meals/nothing").status_code == 404


def test_an_excuse_of_one_day_names_it_once(shown: Site) -> None:
    for language, day in (("en", "Thu 11 Jun"), ("fr", "jeu. 11 juin")):
        html = shown.page("/excuses", language).replace("\xa0", " ")
        assert f">{day}" in html
        assert html.count(day) == 1


def test_who_is_owed_accepts_as_excused_on_one_page_that_asks_first(site: Site) -> None:
    html = site.page("/", who="education/nadia.ferrand")
    found = re.search(r'href="/excuses/ask\?scope=([^&"]+)&amp;key=([^"]+)"[^>]*>Accept as excused', html)
    assert found
    scope, key = unquote(found[1]), unquote(found[2])
    typed = {"scope": scope, "key": key, "verb": "grant", "reason": "other", "text": "The school was shut."}
    who = "education/nadia.ferrand"
    assert "is chosen" in site.post("/excuses/ask", typed | {"reason": ""}, who=who).text
    asked = site.post("/excuses/ask", typed | {"confirmed": ""}, who=who).text
    assert "Accept this excuse?" in asked
    assert site.post("/excuses/ask", typed, who="kitchen/marc.olivier").status_code == 403
    done = site.post("/excuses/ask", typed, who=who)
    assert done.status_code == 303
    assert site.stored(leads(done))["state"] == "accepted"
    assert "It is excused." in site.page(done.headers["location"], who=who)
