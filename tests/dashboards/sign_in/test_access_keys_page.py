"""The page of access keys: made, shown once, revoked after asking, by who lets people in (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from ingestion.cloudevents import STRUCTURED
from tests.dashboards.visiting import leads
from tests.entering import Browser, House, entered
from tests.given import contract, criterion, event, punctuality, structured

KEY = re.compile(r'id="made-key" value="(ent_[a-z0-9]{8}_[\w-]{43})"')


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(
            {"person": "anna", "name": "Anna Martin", "services": {"s": "head"}},
            {"person": "ben", "services": {"s": "member"}},
            {"person": "eve", "services": {"x": "head"}},
            {"person": "ines", "administrator": True},
            {"person": "paul", "auditor": True},
        )
        house.apply(
            {"service": "s", "title": "Sales", "sources": [{"source": "crm/x"}]}, {"service": "x", "title": "Elsewhere"}
        )
        yield house


def made(browser: Browser, **typed: str) -> tuple[str, str]:
    """The key, and the page that shows it."""
    answer = browser.send("/access-keys", **{"service": "s", **typed})
    assert answer.status_code == 200, answer.text
    [secret] = KEY.findall(answer.text)
    return secret, unescape(answer.text)


def shown(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(page.partition("<main")[2])))


def test_a_head_makes_a_key_that_is_shown_once_with_a_line_that_uses_it(house: House) -> None:
    anna = house.as_("anna")
    assert "No key works yet." in anna.page("/access-keys")
    secret, page = made(anna, can="push", sources="crm/*, helpdesk/*")
    assert f'curl -H "Authorization: Bearer {secret}"' in page
    assert "--data @event.json http://127.0.0.1/v1/events" in page
    assert 'data-copies="made-key"' in page
    again = anna.page("/access-keys")
    assert secret not in again
    assert secret[4:12] in again
    assert "crm/*" in again
    assert "Anna Martin" in again
    assert "never" in shown(again)
    pushed = structured(event("report", "2026-06-29 09:00", source="crm/x", id="1"))
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": STRUCTURED}
    assert house.browser().http.post("/v1/events", content=pushed, headers=headers).status_code == 202
    assert "Tue 30 Jun 2026" in shown(anna.page("/access-keys")).replace("\xa0", " ")


def test_each_thing_that_a_key_can_is_made_with_what_uses_it(house: House) -> None:
    anna = house.as_("anna")
    for can, line in (("read", "/v1/contracts"), ("metrics", "/metrics"), ("wall", "http://127.0.0.1/wall")):
        secret, page = (
            made(anna, can=can, page="/portfolio", until="2027-01-31") if can == "wall" else made(anna, can=can)
        )
        assert line in page
        terms = house.program.access_keys.checked(secret)
        assert (terms.can, terms.page) == (("read", "/portfolio") if can == "wall" else (can, ""))
    assert "31 Jan 2027" in shown(anna.page("/access-keys")).replace("\xa0", " ")
    every, _ = made(house.as_("ines"), service="*", can="metrics")
    assert house.program.access_keys.checked(every).service == ""


def test_a_key_for_a_page_that_its_service_cannot_open_is_refused_in_words(house: House) -> None:
    anna = house.as_("anna")
    house.apply(contract(criterion(punctuality()), supplier="s", client="k", title="Ours"), sign=True)
    house.apply(contract(criterion(punctuality()), supplier="x", client="y", id="other"), sign=True)
    for page in ("/contracts/nope", "/contracts/other", "/breaches?x=1", "/commitments/c/d/nope", "/reviews/nope"):
        answer = anna.send("/access-keys", service="s", can="wall", page=page)
        assert f"s cannot open the page “{page}”" in unescape(answer.text), page
        assert not KEY.findall(answer.text)
        assert f'value="{page}"' in answer.text
    assert house.program.access_keys.live() == []
    for page in ("/", "/contracts/c", "/contracts/c/versions/1", "/breaches?state=all", "/commitments/c/d/on-time"):
        made(anna, can="wall", page=page)


def test_a_key_for_a_screen_of_a_service_that_no_file_describes_is_refused_in_words() -> None:
    with entered() as house:
        house.admit({"person": "anna", "services": {"s": "head"}})
        answer = house.as_("anna").send("/access-keys", service="s", can="wall", page="/contracts")
        assert "No file describes s" in unescape(answer.text)
        assert house.program.access_keys.live() == []


def test_a_key_is_revoked_by_a_form_that_says_what_comes_of_it(house: House) -> None:
    anna = house.as_("anna")
    secret, _ = made(anna, can="read")
    key = secret[4:12]
    [form] = re.findall(
        rf'<form method="post" action="/access-keys/{key}/revoke".*?</form>', anna.page("/access-keys"), re.DOTALL
    )
    assert "It cannot be taken back." in form
    answer = anna.send(f"/access-keys/{key}/revoke", text="lost")
    assert (answer.status_code, leads(answer)) == (303, "/access-keys")
    assert house.browser().http.get("/v1/contracts", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    page = anna.page("/access-keys")
    assert f"/access-keys/{key}/revoke" not in page
    assert key not in page
    assert "revoked" in anna.page("/access-keys?state=gone")


def test_two_work_at_a_time_and_what_was_typed_stays_with_the_refusal(house: House) -> None:
    anna = house.as_("anna")
    for _ in range(2):
        made(anna, can="push", sources="crm/x")
    before = house.position()
    refused = anna.send("/access-keys", service="s", can="push", sources="crm/x")
    assert refused.status_code == 409
    assert "wo keys for this are live already" in refused.text
    assert 'value="crm/x"' in refused.text
    for typed in (
        {"can": "fly"},
        {"can": "read", "until": "soon"},
        {"can": "wall", "page": "/people"},
        {"can": "read", "sources": "a"},
        {"can": "read", "page": "/portfolio"},
        {"can": "push", "page": "/portfolio"},
    ):
        assert anna.send("/access-keys", service="s", **typed).status_code == 400, typed
    assert house.position() == before


def test_a_form_that_is_sent_twice_makes_one_key_and_one_link(house: House) -> None:
    ines, anna = house.as_("ines"), house.as_("anna")
    for path, typed, page in (
        ("/access-keys", {"service": "s", "can": "read"}, anna.page("/access-keys")),
        ("/people/ben/invite", {}, ines.page("/people")),
    ):
        sender = anna if path == "/access-keys" else ines
        form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{path}"' in one)
        [ticket] = re.findall(r'name="ticket" value="([^"]+)"', form)
        assert sender.send(path, ticket=ticket, **typed).status_code == 200
        before = house.position()
        answer = sender.send(path, ticket=ticket, **typed)
        assert answer.status_code == 409, path
        assert "shown once" in answer.text
        assert house.position() == before
    assert len(house.program.access_keys.live()) == 1


def test_one_sees_the_keys_of_the_services_whose_people_one_lets_in(house: House) -> None:
    secret, _ = made(house.as_("anna"), can="push")
    key = secret[4:12]
    for person, is_seen in (("eve", False), ("ines", True), ("paul", True)):
        assert (key in house.as_(person).page("/access-keys")) == is_seen, person
    assert house.as_("ben").get("/access-keys").status_code == 403
    assert "/revoke" not in house.as_("paul").page("/access-keys")
    before = house.position()
    for person, statuses in (("eve", (404, 404)), ("ben", (403, 403)), ("paul", (403, 403))):
        browser = house.as_(person)
        assert browser.send("/access-keys", service="s", can="read").status_code == 403
        assert browser.send(f"/access-keys/{key}/revoke").status_code in statuses, person
    assert house.position() == before
    assert house.as_("ines").send(f"/access-keys/{key}/revoke").status_code == 303


def test_a_key_that_ends_soon_is_said_there_and_where_people_are(house: House) -> None:
    anna = house.as_("anna")
    made(anna, can="push", until="2026-08-30")
    for path in ("/access-keys", "/people"):
        assert "within 30 days" not in anna.page(path).partition("<form")[0], path
    made(anna, can="read", until="2026-07-30")
    assert "ends within 30 days" in anna.page("/access-keys")
    for person, is_told in (("anna", True), ("eve", False), ("ines", True)):
        assert ("One access key ends within 30 days" in house.as_(person).page("/people")) == is_told, person
