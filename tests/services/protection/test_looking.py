"""What is sealed is shown to the people of the service that its source belongs to, each look noted; to nobody else."""

from __future__ import annotations

import re

from services.access import ADMINISTRATOR
from services.sealing.erasing import Erasing
from tests.entering import House
from tests.given import at
from tests.services.sealing.sealed import ticket

CANARY = "Zora Canary"
COMMITMENT = "/commitments/c/d/on-time"


def sent(house: House) -> int:
    """The position of an event that names somebody."""
    http = house.browser().http
    answer = http.post(
        "/v1/events",
        content=ticket("t1", requester={"id": "u1", "name": CANARY}),
        headers={"Content-Type": "application/cloudevents+json", **house.key("lab", "push")},
    )
    assert answer.status_code == 202, answer.text
    house.program.store.judging.catch_up()
    house.program.store.timekeeping.advance(ADMINISTRATOR, at("2026-06-01 00:00"))
    house.program.store.judging.catch_up()
    return int(answer.json()["items"][0]["position"])


def looks(house: House) -> list[tuple[str, str, str]]:
    return [
        (one.person, one.service, one.thing) for one in house.program.sign_in.log.rows() if one.sort == "read-personal"
    ]


def test_a_member_looks_by_one_click_and_each_look_is_noted(house: House) -> None:
    position = sent(house)
    lea = house.as_("lea")
    why = lea.page(f"{COMMITMENT}/explain?key=t1")
    assert CANARY not in why
    assert f'action="/personal/{position}/show"' in why
    assert CANARY not in lea.page(f"/personal/{position}")
    french = lea.get(f"/personal/{position}", **{"Accept-Language": "fr"}).text
    assert "C’est scellé. Seules les personnes de Lab peuvent le voir." in french
    assert looks(house) == []
    shown = lea.send(f"/personal/{position}/show")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert CANARY in shown.text
    assert looks(house) == [("lea", "lab", f"event {position}")]
    told = lea.get(f"/v1/events/{position}/personal").json()
    assert {one["path"]: one["value"] for one in told["values"]} == {
        "data.requester.id": "u1",
        "data.requester.name": CANARY,
    }
    assert [one.times for one in house.program.sign_in.log.rows() if one.sort == "read-personal"] == [2]


def test_who_owns_an_indicator_looks_at_what_it_counts(house: House) -> None:
    position = sent(house)
    assert CANARY in house.as_("olga").send(f"/personal/{position}/show").text
    assert looks(house) == [("olga", "lab", f"event {position}")]


def test_who_owns_an_indicator_elsewhere_looks_at_nothing(house: House) -> None:
    """The owner that a contract names has to be somebody of the service whose tool it is."""
    position = sent(house)
    house.admit({"person": "olga", "services": {"ward": "head"}})
    assert house.as_("olga").send(f"/personal/{position}/show").status_code == 403


def test_nobody_else_looks(house: House) -> None:
    """Readers, the other party, the auditor, the administrator, the data protection officer."""
    position = sent(house)
    for person, status in {"rita": 403, "luc": 403, "paul": 403, "ines": 404, "dora": 404}.items():
        browser = house.as_(person)
        shown = browser.send(f"/personal/{position}/show")
        told = browser.get(f"/v1/events/{position}/personal")
        assert (person, shown.status_code, told.status_code) == (person, status, status)
        pages = [browser.get(f"/personal/{position}").text, browser.get(f"{COMMITMENT}/explain?key=t1").text]
        for text in (shown.text, told.text, *pages):
            assert CANARY not in text
            assert f'action="/personal/{position}/show' not in text
    assert looks(house) == []


def test_a_key_looks_at_nothing(house: House) -> None:
    position = sent(house)
    answer = house.browser().http.get(f"/v1/events/{position}/personal", headers=house.key("lab", "read"))
    assert answer.status_code == 403
    assert CANARY not in answer.text


def test_what_cannot_be_noted_is_not_shown(house: House) -> None:
    position = sent(house)
    lea = house.as_("lea")
    with house.program.store.history.database.transaction() as writes:
        writes.execute("DROP TABLE access_log")
    answer = lea.get(f"/v1/events/{position}/personal")
    assert answer.status_code >= 500
    assert CANARY not in answer.text


def test_once_erased_the_page_says_when(house: House) -> None:
    position = sent(house)
    program = house.program
    assert program.keys is not None
    Erasing(program.store.history, program.keys, program.store.clock).erase(ADMINISTRATOR, "u1", "she asked")
    lea = house.as_("lea")
    for page in (lea.page(f"/personal/{position}"), lea.send(f"/personal/{position}/show").text):
        assert re.search(r"content erased on [^<]*12:00", page, re.IGNORECASE)
    assert f"/personal/{position}/show" not in lea.page(f"{COMMITMENT}/explain?key=t1")
    told = lea.get(f"/v1/events/{position}/personal").json()
    assert (told["sealed"]["state"], told["values"]) == ("erased", [])
    assert looks(house) == []


def test_what_was_set_aside_is_noted_when_it_is_listed(house: House) -> None:
    sent(house)
    wrong = ticket("t9", requester={"id": "u1", "name": CANARY}).replace(b'"specversion": "1.0"', b'"specversion": "9"')
    house.browser().http.post(
        "/v1/events",
        content=wrong,
        headers={"Content-Type": "application/cloudevents+json", **house.key("lab", "push")},
    )
    house.program.store.judging.catch_up()
    house.as_("lea").page("/")
    assert looks(house) == []
    assert CANARY in house.as_("lea").get("/v1/quarantine").text
    assert looks(house) == [("lea", "lab", "quarantine")]
