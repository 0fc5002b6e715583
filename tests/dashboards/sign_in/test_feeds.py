"""Calendar feeds: an address that holds a key, and shows dates and titles of one service alone (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from tests.entering import House, entered
from tests.given import contract, criterion, punctuality

PEOPLE = (
    {"person": "anna", "name": "Anna Martin", "services": {"s": "member"}},
    {"person": "ben", "services": {"s": "reader"}},
    {"person": "eve", "services": {"x": "head"}},
)


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(*PEOPLE)
        house.apply(contract(criterion(punctuality()), supplier="s", client="k", title="Ours"), sign=True)
        house.apply(contract(criterion(punctuality()), supplier="x", client="y", id="other", title="Theirs"), sign=True)
        house.program.store.timekeeping.advance(ADMINISTRATOR, house.clock[0])
        house.program.store.judging.catch_up()
        yield house


def made(house: House, person: str = "anna", service: str = "s") -> str:
    answer = house.as_(person).send("/calendar-feeds", service=service)
    assert answer.status_code == 200, answer.text
    [address] = re.findall(r'value="http://127.0.0.1(/feeds/ent_[^"]+\.ics)"', answer.text)
    return str(address)


def test_a_member_makes_an_address_that_shows_dates_and_titles_of_the_service_alone(house: House) -> None:
    address = made(house)
    answer = house.browser().http.get(address)  # without a session
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"].startswith("private")
    assert "SUMMARY:" in answer.text
    assert "DESCRIPTION" not in answer.text
    assert "Theirs" not in answer.text
    assert "set-cookie" not in answer.headers
    assert address not in house.as_("anna").page("/calendar-feeds")  # it was shown that once


def test_whatever_is_wrong_is_answered_in_the_same_bytes(house: House) -> None:
    address = made(house)
    [key] = re.findall("ent_([a-z0-9]{8})_", address)
    pushing, reading = (house.key("s", can)["Authorization"].split()[1] for can in ("push", "read"))
    revoked = made(house)
    [other] = re.findall("ent_([a-z0-9]{8})_", revoked)
    assert house.as_("anna").send(f"/calendar-feeds/{other}/revoke").status_code == 303
    wrong = address.replace(".ics", "x.ics")
    told = set()
    for at in (wrong, "/feeds/x.ics", f"/feeds/{pushing}.ics", f"/feeds/{reading}.ics", revoked):
        answer = house.browser().http.get(at, headers={"Accept": "text/html"}, follow_redirects=False)
        told.add((answer.status_code, answer.text, *sorted(answer.headers.items())))
    assert len(told) == 1
    assert answer.status_code == 404
    house.clock[0] += 400 * 24 * 3_600_000_000
    late = house.browser().http.get(address)
    assert (late.status_code, late.text) == (404, answer.text)
    assert key not in late.text


def test_who_tries_one_key_after_the_other_is_slowed_down(house: House) -> None:
    address, stranger = made(house), house.browser()
    answers = [stranger.http.get(f"/feeds/ent_{n:08}_x.ics").status_code for n in range(30)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert stranger.http.get(address).status_code == 200  # who has the key did not guess it


def test_readers_and_others_make_and_revoke_none(house: House) -> None:
    address = made(house)
    [key] = re.findall("ent_([a-z0-9]{8})_", address)
    before = house.position()
    for person in ("ben", "eve"):
        assert house.as_(person).send("/calendar-feeds", service="s").status_code == 403
        assert house.as_(person).send(f"/calendar-feeds/{key}/revoke").status_code == 404
        assert key not in house.as_(person).page("/calendar-feeds")
    assert house.position() == before
    assert house.browser().http.get(address).status_code == 200


def test_a_feed_key_opens_no_page_and_no_session_comes_of_it(house: House) -> None:
    address = made(house)
    secret = address.removeprefix("/feeds/").removesuffix(".ics")
    asked = house.browser().http
    for path in ("/", "/contracts/c", "/v1/contracts", "/calendar-feeds"):
        answer = asked.get(path, headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False)
        assert answer.status_code in (303, 401, 403), path
