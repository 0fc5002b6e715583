"""The lists of people and of access keys are sorted, narrowed, shown by pages and exported as all lists are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape

import pytest

from dashboards.pages.house.lists import A_PAGE, Listing
from dashboards.pages.sign_in.listing import KEYS, PEOPLE
from services.access import ADMINISTRATOR
from tests.entering import Browser, House, entered

CROWD = A_PAGE + 5


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Nobody decides anything in it."""
    with entered() as house:
        many = [{"person": f"p{at:02}", "name": f"Person {at:02}", "services": {"s": "reader"}} for at in range(CROWD)]
        house.admit(
            {"person": "anna", "name": "Zoé Anna", "services": {"s": "head"}},
            {"person": "eve", "services": {"x": "head"}},
            {"person": "ines", "name": "Inès", "administrator": True},
            *many,
        )
        house.apply(
            {"service": "s", "title": "Sales", "sources": [{"source": "crm/x"}]}, {"service": "x", "title": "Else"}
        )
        keeping = house.program.access_keys
        for service, can in (("s", "push"), ("s", "read"), ("x", "metrics")):
            keeping.create(ADMINISTRATOR, service, can)
        keeping.revoke(ADMINISTRATOR, keeping.create(ADMINISTRATOR, "s", "metrics").terms.key)
        house.program.store.judging.catch_up()
        yield house


def firsts(page: str) -> list[str]:
    """The first cell of each row, in words."""
    body = page.partition('<table class="list')[2].partition("</table>")[0]
    cells = re.findall(r"<tr><td[^>]*>(.*?)</td>", body, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(one))).strip() for one in cells]


def every(browser: Browser, address: str) -> list[str]:
    found: list[str] = []
    page = 1
    while True:
        html = browser.page(f"{address}&page={page}")
        found += firsts(html)
        if 'rel="next"' not in html:
            return found
        page += 1


@pytest.mark.parametrize(
    ("listing", "column"),
    [(one, column.name) for one in (PEOPLE, KEYS) for column in one.columns if column.is_sorted],
    ids=lambda one: one.address if isinstance(one, Listing) else one,
)
def test_each_column_sorts_both_ways_and_says_so(house: House, listing: Listing, column: str) -> None:
    ines = house.as_("ines")
    up, down = (every(ines, f"{listing.address}?sort={way}{column}") for way in ("", "-"))
    assert sorted(up) == sorted(down)
    assert up != down or column in ("used", "by", "until")  # all keys were made at once by the same, and never used
    page = ines.page(f"{listing.address}?sort=-{column}")
    assert page.count('aria-sort="descending"') == 1


def test_people_are_shown_forty_at_a_time_and_narrowed_by_service_and_by_way(house: House) -> None:
    ines = house.as_("ines")
    assert len(firsts(ines.page("/people"))) == A_PAGE
    assert len(every(ines, "/people?sort=person")) == CROWD + 3
    assert [one.split()[0] for one in firsts(ines.page("/people?service=x"))] == ["eve"]
    assert [one.split()[0] for one in firsts(ines.page("/people?state=open"))] == ["Inès"]
    assert "or not for you to see" in ines.page("/people?service=nothing")
    assert ines.get("/people?sort=roles&unknown=1").status_code == 400
    head = house.as_("anna")
    assert "eve" not in head.page("/people?sort=-person")


def test_keys_that_work_stand_first_and_the_others_behind_a_tab(house: House) -> None:
    ines = house.as_("ines")
    assert [len(firsts(ines.page(f"/access-keys?state={one}"))) for one in ("live", "gone", "all")] == [3, 1, 4]
    assert len(firsts(ines.page("/access-keys"))) == 3
    assert len(firsts(ines.page("/access-keys?service=x"))) == 1
    assert len(firsts(ines.page("/access-keys?kind=push"))) == 1


def test_a_file_holds_what_its_page_shows_and_what_its_reader_may_know(house: House) -> None:
    def rows(person: str, address: str) -> list[dict[str, str]]:
        text = house.as_(person).page(address).lstrip("\ufeff")
        return list(csv.DictReader(io.StringIO(text)))

    people = rows("ines", "/exports/people.csv?headers=stable&sort=-person")
    assert (len(people), people[0]["name"], people[0]["roles"]) == (CROWD + 3, "Zoé Anna", "s: head")
    assert len(rows("anna", "/exports/people.csv?headers=stable")) == CROWD + 1
    keys = rows("ines", "/exports/access-keys.csv?headers=stable")
    assert sorted(one["state"] for one in keys) == ["live", "live", "live", "revoked"]
    assert {one["service"] for one in rows("anna", "/exports/access-keys.csv?headers=stable")} == {"s"}
    for name in ("people", "access-keys"):
        assert house.as_("p00").get(f"/exports/{name}.csv").status_code == 403
