"""The page of a service: both sides of what it agreed on, its parts, people, tools, calendars and actions, by what the reader sees."""

from __future__ import annotations

import re

from tests.dashboards.visiting import Site

CANTEEN = """
entente: 1
service: canteen
title: {en: Canteen, fr: Cantine}
part_of: kitchen
head: zoe.blanc
people:
  - {id: zoe.blanc, name: Zoé Blanc, email: zoe@example.org}
  - {id: adam.noir, name: Adam Noir}
"""


def section(html: str, heading: str) -> str:
    """The part of a page under that heading."""
    found = re.search(rf"<h2>{heading}</h2>.*?</section>", html, re.S)
    assert found is not None, heading
    return found[0]


def test_both_sides_stand_there_each_with_the_other_service_and_all_of_it_in_the_list(shown: Site) -> None:
    page = shown.page("/services/kitchen")
    owes, owed = section(page, "Owes"), section(page, "Is owed")
    assert "/commitments/school-meals/midday-ferry/on-time" in owes
    assert "/commitments/school-meals/headcount/on-time" in owed
    assert 'href="/services/education">Education</a>' in owes
    whole = shown.page("/portfolio?debtor=kitchen")
    assert "midday-ferry/on-time" in whole.partition('id="exposed"')[2]
    assert "headcount/on-time" not in whole.partition('id="exposed"')[2]
    assert "headcount/on-time" in shown.page("/portfolio?creditor=kitchen").partition('id="exposed"')[2]


def test_its_people_tools_calendars_and_actions_stand_there(shown: Site) -> None:
    page = shown.page("/services/kitchen")
    assert "Marc Olivier" in section(page, "Its people")
    assert "gate-scanner/ferry" in section(page, "Tools")
    actions = section(page, "Actions")
    [first, *_] = re.findall(r"/actions/[-0-9a-f]+", actions)
    assert "6 open, 6 overdue" in actions
    assert first in shown.page("/actions?service=kitchen")
    assert first not in shown.page("/actions?service=education")


def test_matrix_contract_commitment_and_search_lead_there(shown: Site) -> None:
    for path in (
        "/portfolio",
        "/contracts/school-meals",
        "/commitments/school-meals/midday-ferry/on-time",
        "/search?q=kitchen",
    ):
        assert 'href="/services/kitchen"' in shown.page(path), path


def test_who_sees_nothing_of_a_service_has_no_page_of_it(shown: Site) -> None:
    assert shown.get("/services/kitchen", who="hr").status_code == 404
    assert shown.get("/services/nobody").status_code == 404
    assert "Marc Olivier" in shown.page("/services/kitchen", who="education")
    assert "Its people" in shown.page("/services/kitchen", who="kitchen")


def test_a_service_shows_its_parts_and_a_part_what_it_belongs_to(site: Site) -> None:
    site.town.agree(CANTEEN)
    assert 'href="/services/canteen">Canteen</a>' in section(site.page("/services/kitchen"), "Its parts")
    part = site.page("/services/canteen")
    assert 'href="/services/kitchen">Central kitchen</a>' in part
    people = section(part, "Its people")
    assert people.index("Zoé Blanc") < people.index("Adam Noir")
    assert "Head · <a" in people
    assert "Fait partie de" in site.page("/services/canteen", "fr")
