"""Reviews of the same two services at the same instant: one page, one form, an act and a fingerprint each (MEETING §1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from entente.choosing import choices
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR, principal
from services.contracts.contracting import Contracting
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from tests.dashboards.visiting import ADDRESS, send_form
from tests.given import at, contract, criterion, document, punctuality
from tests.services.judged import NOW

MONTHLY = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}
ONE, OTHER, STRANGE = "c@2026-02-03", "d@2026-02-03", "s@2026-02-03"
PAGE = f"/reviews/{ONE}/together"
LAB, WARD = principal("lab/ada"), principal("ward/bo")


@dataclass
class Held:
    """Two contracts of lab and ward, the second the other way round; a third of lab and others. All are reviewed at once."""

    program: Program
    http: TestClient

    @property
    def reviewing(self) -> Reviewing:
        return self.program.store.use(Reviewing)

    def state(self, id: str) -> str:
        self.program.store.judging.catch_up()
        return self.program.store.read(ADMINISTRATOR, read_review, id).state

    def become(self, who: str) -> None:
        self.http.cookies.clear()
        self.http.cookies.set("as", who)

    def get(self, path: str, who: str) -> Response:
        self.become(who)
        return self.http.get(path)

    def page(self, who: str = "lab/ada", language: str = "en") -> str:
        self.become(who)
        answer = self.http.get(PAGE, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return answer.text

    def sign(self, page: str, *rows: str, who: str = "lab/ada", service: str = "lab") -> str:
        """Sends the form of the page with these chosen; the page that it leads to."""
        fields = dict(re.findall(r'type="hidden" name="((?:seen|fingerprint)-[^"]+)" value="([^"]*)"', unescape(page)))
        self.become(who)
        answer = send_form(self.http, PAGE, {**fields, "service": service, "row": [*rows]}, follow_redirects=False)  # type: ignore[dict-item]
        assert answer.status_code == 303, answer.text
        return self.http.get(answer.headers["location"]).text


@pytest.fixture
def held() -> Iterator[Held]:
    with program(Settings(store="sqlite://:memory:"), clock=lambda: NOW) as opened:
        contracting = opened.store.use(Contracting)
        for id, parties in (("c", {}), ("d", {"supplier": "ward", "client": "lab"}), ("s", {"client": "morgue"})):
            tree = contract(criterion(punctuality()), id=id, title=f"Contract {id}", review=MONTHLY, **parties)
            contracting.apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"))
        opened.store.judging.catch_up()
        opened.store.timekeeping.advance(ADMINISTRATOR, at("2026-02-03 14:00"), ahead=True)
        opened.store.judging.catch_up()
        http = TestClient(web(opened, choices=choices(opened.store.seeing, ADMINISTRATOR)), base_url=ADDRESS)
        yield Held(opened, http)


def test_they_are_shown_one_after_the_other_and_those_of_others_are_not(held: Held) -> None:
    html = held.page()
    assert re.findall(r'<h2><a href="/reviews/([cds])%402026-02-03">', html) == ["c", "d"]
    assert "Contract s" not in html
    assert "2 reviews" in html
    assert "Revues tenues ensemble" in held.page(language="fr")
    own = held.get(f"/reviews/{ONE}", "lab/ada").text
    assert f'href="{PAGE.replace("@", "%40")}"' in own
    assert "/together" not in held.get(f"/reviews/{STRANGE}", "lab/ada").text
    assert held.get(PAGE, "morgue/eve").status_code == 404


def test_all_are_signed_by_one_form_an_act_each_and_nobody_signs_for_both(held: Held) -> None:
    html = held.sign(held.page(), ONE, OTHER)
    assert "2 reviews were signed." in html
    assert [held.state(one) for one in (ONE, OTHER)] == ["half-signed", "half-signed"]
    both = held.page("administrator")
    assert both.count("Sign those chosen") == 1  # for the ward, whose signature lacks
    html = held.sign(held.page("ward/bo"), ONE, OTHER, who="ward/bo", service="ward")
    assert [held.state(one) for one in (ONE, OTHER)] == ["signed", "signed"]
    assert "Sign those chosen" not in html


def test_where_one_moved_on_since_it_was_read_the_others_are_signed_and_it_is_said(held: Held) -> None:
    for one in (ONE, OTHER):
        held.reviewing.settle_rest(WARD, one, "noted")
        held.reviewing.submit(WARD, one)
    held.state(ONE)
    read = held.page()
    held.reviewing.take_back_revision(WARD, OTHER, "A word lacks.")
    held.reviewing.minutes(WARD, OTHER, "The word that lacked.")
    held.reviewing.submit(WARD, OTHER)
    held.state(OTHER)
    html = held.sign(read, ONE, OTHER, STRANGE)
    assert ("1 review was signed." in html, "2 were not done:" in html) == (True, True)
    said = re.findall(r"<li>(.*?)</li>", html.partition('role="status"')[2].partition("</div>")[0])
    assert ["Contract d" in said[0], "Contract s" in said[1]] == [True, True]
    assert [held.state(one) for one in (ONE, OTHER, STRANGE)] == ["half-signed", "submitted", "held"]


def test_what_was_not_read_is_not_signed_and_what_cannot_be_undone_is_asked_for_first(held: Held) -> None:
    held.become("lab/ada")
    token = {"service": "lab", "row": ONE, "confirmed": "no"}
    asked = send_form(held.http, PAGE, token, follow_redirects=False)
    assert (asked.status_code, held.state(ONE)) == (303, "held")
    html = held.sign("", ONE)
    assert "it is not said what was read" in html.lower()
    assert held.state(ONE) == "held"
