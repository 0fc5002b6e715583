"""What forms have done is said on the next page; what cannot be undone is asked first; what was said can be taken back (MORNING §5)."""

from __future__ import annotations

import re

from tests.dashboards.visiting import Site

MARC, NADIA = "kitchen/marc.olivier", "education/nadia.ferrand"


def unconfirmed(site: Site, path: str, data: dict[str, str], who: str = "administrator", language: str = "en") -> str:
    answer = site.post(path, {"confirmed": "", **data}, who=who, language=language)
    assert answer.status_code == 200, answer.headers
    return answer.text


def test_the_next_page_says_what_was_done(site: Site) -> None:
    answer = site.post("/breaches/{late}/explain", {"text": "the bridge was closed", "verb": "explain"}, who=MARC)
    page = site.page(answer.headers["location"], who=MARC)
    assert "The explanation was noted." in page
    assert "L’explication est enregistrée." in site.page(answer.headers["location"], "fr", who=MARC)
    assert "was noted" not in site.page(answer.headers["location"], who=NADIA), "it is said to who did it"


def test_what_is_done_on_today_comes_back_to_today(site: Site) -> None:
    answer = site.post("/breaches/{late}/acknowledge", {"back": "/"}, who=MARC)
    assert answer.headers["location"].startswith("/?sent=")
    page = site.page(answer.headers["location"], who=MARC)
    assert re.search(r'role="status">.*?Acknowledged\.</strong> [^<]+', page)


def test_an_explanation_is_taken_back_on_its_page_by_who_gave_it(site: Site) -> None:
    site.post("/breaches/{late}/explain", {"text": "the bridge was closed"}, who=MARC)
    assert 'action="/breaches/' in site.page("/breaches/{late}", who=MARC)
    own = re.search(r'take-back".*?name="at" value="(\d+)"', site.page("/breaches/{late}", who=MARC), re.DOTALL)
    assert own is not None
    assert "take-back" not in site.page("/breaches/{late}", who=NADIA)
    taken = {"what": "explanation", "at": own[1]}
    assert site.post("/breaches/{late}/take-back", taken, who=NADIA).status_code == 409
    assert site.post("/breaches/{late}/take-back", {**taken, "at": "x"}, who=MARC).status_code == 400
    answer = site.post("/breaches/{late}/take-back", taken, who=MARC)
    page = site.page(answer.headers["location"], who=MARC)
    assert (">Taken back.<" in page, "the bridge was closed" in page) == (True, False)
    assert site.stored("/breaches/{late}")["handling"] in ("open", "acknowledged")


def test_what_was_discarded_is_taken_back_below_the_quarantine(site: Site) -> None:
    site.post("/quarantine/{malformed-json}/discard", {"text": "a test"})
    page = site.page("/quarantine")
    assert "1 event that you discarded can be taken back" in page
    assert site.post("/quarantine/{malformed-json}/take-back").status_code == 303
    assert site.stored("/quarantine/{malformed-json}")["state"] == "waiting"
    assert "that you discarded" not in site.page("/quarantine")


def test_what_is_for_good_is_asked_first_with_what_was_typed(site: Site) -> None:
    before = site.position()
    text = "snow <b>everywhere</b>"
    page = unconfirmed(site, "/excuses/{asked}/accept", {"text": text})
    assert "an accepted excuse is not taken back" in page
    assert 'name="text" value="snow &lt;b&gt;everywhere&lt;/b&gt;"' in page
    assert 'name="confirmed" value="yes"' in page
    assert "une excuse acceptée ne se retire pas" in unconfirmed(site, "/excuses/{asked}/accept", {}, language="fr")
    assert site.position() == before, "nothing is done before it is confirmed"
    assert site.post("/excuses/{asked}/accept", {"confirmed": ""}, who="hr/luc.petit").status_code == 404
    assert site.post("/excuses/{asked}/accept", {"text": text}).status_code == 303
    assert site.stored("/excuses/{asked}")["state"] == "accepted"
