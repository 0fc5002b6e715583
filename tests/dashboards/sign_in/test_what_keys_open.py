"""What an access key opens over HTTP, and whose events it may push (trust §3, T-2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ingestion.cloudevents import BATCH, STRUCTURED
from tests.entering import House, entered
from tests.given import contract, criterion, event, punctuality, structured

SERVICES = (
    {"service": "it", "sources": [{"source": "helpdesk/tickets"}, {"source": "it/other"}]},
    {"service": "sales", "sources": [{"source": "crm/x"}]},
)


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(
            {"person": "luc", "services": {"it": "head"}},
            {"person": "eve", "services": {"sales": "head"}},
            {"person": "paul", "auditor": True},
            {"person": "ines", "administrator": True},
        )
        house.apply(*SERVICES)
        house.apply(contract(criterion(punctuality()), supplier="it", client="edu", id="with-edu"), sign=True)
        house.apply(contract(criterion(punctuality()), supplier="sales", client="hr", id="with-hr"), sign=True)
        yield house


def sent(source: str, id: str = "1") -> bytes:
    return structured(event("report", "2026-01-05 09:00", source=source, id=id, date="2026-01-05"))


def push(house: House, key: dict[str, str], *events: bytes) -> Any:
    body = events[0] if len(events) == 1 else b"[" + b",".join(events) + b"]"
    kind = STRUCTURED if len(events) == 1 else BATCH
    answer = house.browser().http.post("/v1/events", content=body, headers={**key, "Content-Type": kind})
    house.program.store.judging.catch_up()
    return answer


def test_a_key_pushes_what_it_is_for_and_nothing_else(house: House) -> None:
    key = house.key("it", "push", "helpdesk/*")
    before = house.position()
    for source in ("crm/x", "nobody/declares", "it/other", "entente/surveys/1"):
        answer = push(house, key, sent(source))
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:entente:problem:foreign-source"), source
    assert house.position() == before  # nothing is kept
    answer = push(house, key, sent("helpdesk/tickets"), sent("helpdesk/tickets", "2"), sent("crm/x", "3"))
    assert answer.status_code == 202
    assert (answer.json()["accepted"], answer.json()["quarantined"]) == (2, 1)
    assert answer.json()["items"][2]["problem"]["type"] == "urn:entente:problem:foreign-source"


def test_what_is_set_aside_is_seen_by_who_sent_it_and_by_nobody_else(house: House) -> None:
    push(house, house.key("it", "push"), sent("helpdesk/tickets"), sent("crm/x", "2"))
    [seen] = house.as_("luc").http.get("/v1/quarantine").json()
    assert seen["slug"] == "foreign-source"
    assert house.as_("eve").http.get("/v1/quarantine").json() == []
    eve = house.as_("eve").http.post(
        f"/v1/quarantine/{seen['id']}/discard", json={"reason": "x"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert eve.status_code == 404


def test_it_is_accepted_once_its_service_declares_it(house: House) -> None:
    push(house, house.key("it", "push"), sent("helpdesk/tickets"), sent("late/tool", "2"))
    [seen] = house.as_("luc").http.get("/v1/quarantine").json()
    house.apply({**SERVICES[0], "sources": [*SERVICES[0]["sources"], {"source": "late/tool"}]})
    answer = house.as_("luc").http.post(
        f"/v1/quarantine/{seen['id']}/retry", json={}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code in (200, 202)
    assert answer.json()["result"] == "accepted"


def test_a_key_that_is_revoked_opens_nothing(house: House) -> None:
    key = house.key("it", "push")
    assert push(house, key, sent("helpdesk/tickets")).status_code == 202
    house.program.access_keys.revoke(house_admin(), key["Authorization"].removeprefix("Bearer "))
    answer = push(house, key, sent("helpdesk/tickets", "2"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def house_admin() -> Any:
    from services.access import ADMINISTRATOR

    return ADMINISTRATOR


def test_a_key_that_reads_sees_what_its_service_sees(house: House) -> None:
    http = house.browser().http
    assert [one["id"] for one in http.get("/v1/contracts", headers=house.key("it", "read")).json()] == ["with-edu"]
    assert [one["id"] for one in http.get("/v1/contracts", headers=house.key("sales", "read")).json()] == ["with-hr"]
    key = house.key("it", "read")
    unknown, others = (http.get(f"/v1/contracts/{id}", headers=key) for id in ("none-such", "with-hr"))
    assert (unknown.status_code, others.status_code) == (404, 404)
    assert unknown.text.replace("none-such", "with-hr") == others.text


def test_metrics_are_for_keys_the_administrator_and_the_auditor(house: House) -> None:
    http = house.browser().http
    assert http.get("/metrics").status_code == 401
    own = http.get("/metrics", headers=house.key("it", "metrics"))
    assert own.status_code == 200
    assert "with-edu" in own.text
    assert "with-hr" not in own.text
    every = http.get("/metrics", headers=house.key("", "metrics")).text
    assert "with-edu" in every
    assert "with-hr" in every
    key = house.key("sales", "metrics")
    assert http.get("/metrics?service=it", headers=key).status_code == 403
    assert "with-edu" not in http.get("/metrics?service=", headers=key).text
    for can in ("read", "push", "calendar"):
        assert http.get("/metrics", headers=house.key("it", can)).status_code == 403
    for person, status in (("luc", 403), ("paul", 200), ("ines", 200)):
        assert house.as_(person).http.get("/metrics").status_code == status, person


def test_a_key_and_a_cookie_at_once_are_refused(house: House) -> None:
    luc = house.as_("luc")
    answer = luc.http.post(
        "/v1/events",
        content=sent("helpdesk/tickets"),
        headers={**house.key("it", "push"), "Content-Type": STRUCTURED, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:entente:problem:cross-site"


def test_no_answer_lasts_longer_than_who_asked_is_let_in(house: House) -> None:
    luc = house.as_("luc")
    house.program.sign_in.suspending.suspend(house_admin(), "luc")
    with luc.http.stream("GET", "/v1/stream") as answer:
        assert answer.status_code == 401
