"""Whoever settles disputes sees what is disputed and what is behind it: nothing else of the contract, and nothing sealed (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingestion.cloudevents import STRUCTURED
from services.access import principal
from services.excuses.excusing import Excusing
from services.sealing.kek import create_kek
from tests.entering import NOW, House, entered
from tests.isolation import matrix
from tests.services.sealing.sealed import DESK, ticket, tickets

PEOPLE = (
    {"person": "luc", "services": {"lab": "head"}},
    {"person": "rose", "services": {"ward": "head"}},
    {"person": "aziz", "arbiter": True},
    {"person": "lou", "services": {"lab": "head"}, "arbiter": True},
)


@dataclass
class Dispute:
    house: House
    id: str
    opened: int
    unselected: int


@pytest.fixture
def dispute(tmp_path: Path) -> Iterator[Dispute]:
    keks = tmp_path / "keks"
    create_kek(keks, NOW)
    with entered(kek_file=str(keks)) as house:
        house.admit(*PEOPLE)
        house.apply({"service": "lab", "sources": [DESK]}, {"service": "ward"})
        house.apply({**tickets(), "supplier": "lab", "client": "ward", "title": "Tickets of the ward"}, sign=True)
        key, positions = house.key("lab", "push"), []
        for id, type in (("t1", "opened"), ("t2", "opened"), ("t3", "cleaned")):
            body = ticket(
                id,
                type,
                requester={"id": "u1", "name": f"Canary of {id}"},
                comment=f"sealed of {id}",
                note=f"clear of {id}",
            )
            sent = house.browser().http.post("/v1/events", content=body, headers={**key, "Content-Type": STRUCTURED})
            assert sent.status_code in (200, 202), sent.text
            positions.append(house.position())
        house.program.store.judging.catch_up()
        excusing = house.program.store.use(Excusing)
        asked, _ = excusing.ask(
            principal("lab"),
            "c/d/on-time",
            reason="force-majeure",
            keys=["t1"],
            text="the snow",
            evidence=[positions[0], positions[2]],
        )
        house.program.store.judging.catch_up()
        excusing.refuse(principal("ward"), asked, "no snow")
        house.program.store.judging.catch_up()
        yield Dispute(house, asked, *positions[::2])


def disputed(dispute: Dispute) -> None:
    dispute.house.program.store.use(Excusing).dispute(principal("lab"), dispute.id, "there was")
    dispute.house.program.store.judging.catch_up()


def test_what_is_disputed_is_read_with_its_events_and_answers_and_no_more(dispute: Dispute) -> None:
    aziz = dispute.house.as_("aziz")
    assert aziz.get(f"/excuses/{dispute.id}").status_code == 404
    disputed(dispute)
    for language in ("en", "fr"):
        page = aziz.http.get(
            f"/excuses/{dispute.id}", headers={"Accept": "text/html", "Accept-Language": language}
        ).text
        for shown in (
            "the snow",
            "no snow",
            "there was",
            "clear of t1",
            "Tickets of the ward",
            f"/excuses/{dispute.id}/accept",
        ):
            assert shown in page, shown
        for hidden in ("Canary", "sealed of", "t2", "/contracts/c", "/commitments/c"):
            assert hidden not in page, hidden
    answer = aziz.http.get(f"/v1/excuses/{dispute.id}").json()
    assert [one["position"] for one in answer["events"]] == [dispute.opened, dispute.unselected]
    assert "clear of t1" in answer["events"][0]["data"]
    assert "Canary" not in str(answer)
    assert f"/excuses/{dispute.id}" in aziz.page("/")
    assert f"/excuses/{dispute.id}" in aziz.page("/excuses")
    assert "force majeure,the snow" in aziz.http.get("/exports/excuses.csv").text


def test_every_other_address_shows_the_arbiter_nothing_of_the_contract(dispute: Dispute) -> None:
    disputed(dispute)
    aziz, things = (
        dispute.house.as_("aziz"),
        {matrix.CONTRACT: "c", matrix.COMMITMENT: "c/d/on-time", matrix.POSITION: str(dispute.opened)},
    )
    for rows in matrix.THINGS.values():
        for row in rows:
            if row.of in things:
                address = row.address.format(thing=things[row.of]).replace("2026-11-03", "t1")
                answer = aziz.get(address)
                assert answer.status_code in (303, 404, 403, 405, 422), address
                assert "clear of" not in answer.text, address
    for address in (
        "/",
        "/portfolio",
        "/contracts",
        "/breaches",
        "/history",
        "/search?q=clear",
        "/v1/contracts",
        "/v1/history",
        "/v1/figures",
    ):
        text = aziz.get(address).text
        assert not re.search(r"clear of|Canary|/contracts/c\b", text), address
    assert "t2" not in aziz.page(f"/excuses/{dispute.id}")


def test_it_is_decided_there_by_an_arbiter_of_no_party_and_is_gone_then(dispute: Dispute) -> None:
    disputed(dispute)
    lou, aziz = dispute.house.as_("lou"), dispute.house.as_("aziz")
    assert f"/excuses/{dispute.id}/accept" not in lou.page(f"/excuses/{dispute.id}")
    assert f"/excuses/{dispute.id}" not in lou.page("/")
    assert aziz.send(f"/excuses/{dispute.id}/refuse", text="it did not snow there").status_code in (200, 303)
    dispute.house.program.store.judging.catch_up()
    assert aziz.get(f"/excuses/{dispute.id}").status_code == 404
    assert "it did not snow there" in dispute.house.as_("luc").page(f"/excuses/{dispute.id}")


def test_a_party_sees_of_the_events_what_is_its_own_to_see(dispute: Dispute) -> None:
    """The third event is the supplier's own, and no commitment of theirs selects it."""
    for person, is_own in (("luc", True), ("rose", False)):
        page = dispute.house.as_(person).page(f"/excuses/{dispute.id}")
        assert "clear of t1" in page
        assert "Canary" not in page
        assert ("clear of t3" in page) is is_own
