"""What a service shows of itself to another one: its title to who is proposed to, the rest once both have signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.entering import Browser, House, entered
from tests.given import contract, criterion, turnaround

JSON = {"Content-Type": "application/json", "Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
PROPOSED = contract(
    criterion(turnaround(opened={"type": "opened"}, closed={"type": "closed"})),
    id="deal",
    supplier="sales",
    client="legal",
)


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        legal = {"id": "lola", "name": "Lola Canary", "email": "lola@town.example"}
        house.apply({"service": "sales", "title": "Sales", "sources": [{"source": "crm"}]})
        house.apply(
            {"service": "legal", "title": "Legal", "people": [legal], "sources": [{"source": "legal/secret-tool"}]}
        )
        house.admit(
            {"person": "hugo", "services": {"sales": "head"}}, {"person": "lola", "services": {"legal": "head"}}
        )
        yield house


def _legal(browser: Browser) -> Any:
    return next((one for one in browser.get("/v1/services").json() if one["id"] == "legal"), None)


def _propose(hugo: Browser, house: House) -> None:
    assert hugo.http.put("/v1/contracts/deal", json={"entente": 1, **PROPOSED}, headers=JSON).status_code == 200
    house.program.store.judging.catch_up()


def _sign(house: House, *people: str) -> None:
    for person in people:
        answer = house.as_(person).http.post("/v1/contracts/deal/sign", json={}, headers=JSON)
        assert answer.status_code == 200, answer.text
    house.program.store.judging.catch_up()


def test_a_proposal_that_the_other_party_has_not_signed_opens_its_title_alone(house: House) -> None:
    hugo = house.as_("hugo")
    assert _legal(hugo) is None
    _propose(hugo, house)
    shown = _legal(hugo)
    assert (shown["people"], shown["sources"], "Legal" in str(shown)) == ([], [], True)
    assert hugo.get("/calendars/legal.ics").status_code == 404
    for path in ("/v1/services", "/contracts/deal", "/quarantine", "/people", "/exports/sources.csv"):
        text = hugo.get(path).text
        assert [one for one in ("Canary", "lola@", "secret-tool") if one in text] == [], path


def test_both_signatures_open_people_and_tools_and_no_addresses(house: House) -> None:
    hugo = house.as_("hugo")
    _propose(hugo, house)
    _sign(house, "hugo")
    assert _legal(hugo)["people"] == []
    _sign(house, "lola")
    shown = _legal(hugo)
    assert [(one["id"], one["name"], one["email"]) for one in shown["people"]] == [("lola", "Lola Canary", None)]
    assert "legal/secret-tool" in str(shown["sources"])
    assert hugo.get("/calendars/legal.ics").status_code == 200
    assert "lola@town.example" in str(_legal(house.as_("lola")))


def test_nobody_is_doubted_whose_service_is_not_open_yet(house: House) -> None:
    house.apply(
        {
            "service": "sales",
            "title": "Sales",
            "people": [{"id": "hugo", "name": "Hugo"}],
            "sources": [{"source": "crm"}],
        }
    )
    hugo = house.as_("hugo")
    _propose(hugo, house)
    measured = turnaround(opened={"type": "opened"}, closed={"type": "closed"})
    owned = contract(criterion(measured, owner="lola"), id="deal", supplier="sales", client="legal")
    answer = hugo.http.put("/v1/contracts/deal", json={"entente": 1, **owned}, headers=JSON)
    assert (answer.status_code, "is nobody that" in answer.text) == (200, False), answer.text
