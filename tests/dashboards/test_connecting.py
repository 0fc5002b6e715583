"""The page on which a tool is connected: whose source, a key that is shown once, what is sent, the first event as it comes in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from ingestion.cloudevents import STRUCTURED
from tests.entering import Browser, House, entered
from tests.given import contract, criterion, measure, turnaround

KEY = re.compile(r'<pre id="made-key"[^>]*>(ent_[a-z0-9]{8}_[\w-]{43})</pre>')


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(
            {"person": "anna", "name": "Anna Martin", "services": {"s": "head"}},
            {"person": "ben", "services": {"s": "member"}},
            {"person": "eve", "services": {"x": "head"}},
            {"person": "ines", "administrator": True},
        )
        house.apply({"service": "s", "title": "Sales", "sources": [{"source": "crm/x"}]}, {"service": "x"})
        house.apply(contract(criterion(turnaround()), supplier="s", client="x"), sign=True)
        yield house


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(page.partition("<main")[2]))).replace("\xa0", " ")


def came(page: str) -> str:
    return words("<main" + page.partition('id="came"')[2].partition("</div>")[0])


def offered(page: str) -> dict[str, object]:
    [text] = re.findall(r'<pre id="event-0"[^>]*>(.*?)</pre>', page, re.DOTALL)
    found: dict[str, object] = json.loads(unescape(text))
    return found


def keyed(browser: Browser, source: str = "crm/x") -> tuple[str, str]:
    """The key that is made for a source, and the page that shows it."""
    answer = browser.send("/connect", verb="key", source=source)
    assert answer.status_code == 200, answer.text
    [secret] = KEY.findall(answer.text)
    return secret, answer.text


def push(house: House, secret: str, said: object) -> int:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": STRUCTURED}
    status = house.browser().http.post("/v1/events", content=json.dumps(said), headers=headers).status_code
    house.program.store.judging.catch_up()
    return status


def test_what_the_page_offers_is_sent_with_its_key_and_shown_as_it_comes_in(house: House) -> None:
    anna = house.as_("anna")
    assert "crm/x" in anna.page("/connect")
    secret, page = keyed(anna)
    assert secret not in page.replace(f">{secret}<", "").replace(
        f"&#39;{secret}&#39;", ""
    )  # in no address, in no command
    [again] = re.findall(r'data-from="([^"]+)"', page)
    assert secret not in again
    assert "Waiting for the first event of crm/x" in came(page)
    event = offered(page)
    assert (event["source"], event["type"]) == ("crm/x", "opened")
    assert push(house, secret, event) == 202
    shown = came(anna.page(unescape(again)))
    assert f"Received Tue 30 Jun 2026, 12:00: {event['type']}, 1" in shown
    assert "It counts for" in shown
    assert secret not in anna.page(unescape(again))


def test_a_source_is_declared_on_the_way_and_only_ones_own(house: House) -> None:
    anna = house.as_("anna")
    answer = anna.send("/connect", verb="source", service="s", source="crm/new")
    assert re.fullmatch(r"/connect\?source=crm(/|%2F)new&sent=.*", answer.headers["location"])
    keyed(anna, "crm/new")
    taken = house.as_("eve").send("/connect", verb="source", service="x", source="crm/x")
    assert taken.status_code == 422
    assert "belongs to another service" in words(taken.text)
    assert 'value="crm/x"' in taken.text  # what was typed stays
    assert house.as_("eve").get("/connect?source=crm/x").status_code == 404
    assert house.as_("eve").send("/connect", verb="key", source="crm/x").status_code == 404
    assert house.as_("eve").send("/connect", verb="source", service="s", source="crm/eve").status_code == 403
    assert house.as_("ben").get("/connect").status_code == 403


def test_what_was_set_aside_is_told_with_the_reason_and_what_counts_nowhere_too(house: House) -> None:
    anna = house.as_("anna")
    secret, page = keyed(anna)
    [again] = re.findall(r'data-from="([^"]+)"', page)
    event = offered(page)
    assert push(house, secret, {**event, "time": "2026-06-30T09:00:00"}) == 400
    assert push(house, secret, {**event, "type": "another", "id": "2"}) == 202
    shown = came(anna.page(unescape(again)))
    assert "Its time has no offset" in shown
    assert "No contract selects it." in shown


def test_an_administrator_makes_the_key_and_is_not_told_what_comes(house: House) -> None:
    ines = house.as_("ines")
    secret, page = keyed(ines)
    [again] = re.findall(r'data-from="([^"]+)"', page)
    assert push(house, secret, offered(house.as_("anna").page("/connect?source=crm/x"))) == 202
    shown = came(ines.page(unescape(again)))
    assert "shown to the people of Sales" in shown
    assert "Received" not in shown


def test_the_key_stands_in_no_history_and_in_no_log(house: House) -> None:
    secret, _ = keyed(house.as_("anna"))
    entries = house.program.store.history.read(0, 1_000)
    assert not [one for one in entries if secret[14:].encode() in one.state]
    with house.program.store.history.database.connect() as reads:
        assert secret[14:] not in repr(reads.query("SELECT * FROM access_log"))


def test_a_value_that_cannot_be_read_and_what_no_contract_takes_are_not_marked_as_good(house: House) -> None:
    waits = criterion(measure(), targets=[{"at_most": 5, "per": "month"}])
    house.apply(contract(waits, id="m", supplier="s", client="x"), sign=True)
    anna = house.as_("anna")
    secret, page = keyed(anna)
    [again] = re.findall(r'data-from="([^"]+)"', page)
    sent = {**offered(page), "type": "call", "id": "v1", "data": {"minutes": "soon"}}
    assert push(house, secret, sent) == 202
    assert push(house, secret, {**sent, "type": "another", "id": "v2"}) == 202
    html = anna.page(unescape(again)).partition('id="came"')[2].partition("</div>")[0]
    assert "cannot be read: it stays unknown" in html
    assert html.count("<p data-came>") == 2
    assert 'class="p-kept-solid' not in html
