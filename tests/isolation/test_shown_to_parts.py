"""A part reads the contracts of what it is part of that say `shown_to: parts`, those alone, and decides nothing in them (trust §3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from domain.contract import Contract
from domain.decisions import stream_of
from services.access import ADMINISTRATOR, principal
from services.contracts.reading import read_contracts
from services.excuses.reading import read_excuses
from services.proving.own import Own
from services.seeing.looking_back import seen_then
from tests.isolation import matrix
from tests.isolation.planted import Matrix, planted, without
from tests.isolation.test_changes import changes, send

SHOWN, HIDDEN = "school-meals", "it-support"
PARTS = {"canteen": "kitchen", "cooks": "canteen", "pupils": "education", "clerks": "legal"}
"""The kitchen and the schools are the parties of what is shown; the schools are of what is not, too; the clerks of neither."""
WHO = ("head", "reader", "key")


def amend(town: Matrix, effective: str, **more: object) -> None:
    """Both parties sign another wording of the contract, which is in force from that day on."""
    found = town.house.program.store.history.get(stream_of("contract", SHOWN), Contract)
    tree = {name: value for name, value in json.loads(found.agreed[-1].document).items() if name != "shown_to"}
    tree |= {"effective": effective, "rebaseline": {"reason": "who reads it"}}
    town.house.apply({**tree, **more}, sign=True)


def part(town: Matrix, service: str, above: str | None) -> None:
    town.house.apply({"service": service, **({"part_of": above} if above else {})})


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    with planted() as found:
        for service, above in PARTS.items():
            part(found, service, above)
        found.house.admit(
            *(
                {"person": f"{grade}.{one}", "services": {one: grade}}
                for one in (*found.services(), *PARTS)
                for grade in ("head", "reader")
            )
        )
        yield found


@pytest.fixture(scope="module")
def shown(town: Matrix) -> Matrix:
    amend(town, "2026-11-10", shown_to="parts")
    return town


def test_nothing_is_shown_before_the_contract_says_so(town: Matrix) -> None:
    for kind in WHO:
        for service in PARTS:
            assert town.ask(kind, service, f"/v1/contracts/{SHOWN}", "application/json")[0] == 404


@pytest.mark.parametrize("kind", WHO)
def test_every_address_that_reads_shows_what_is_shown_and_nothing_else(shown: Matrix, kind: str) -> None:
    canary, others = shown.canaries[SHOWN], [one for id, one in shown.canaries.items() if id != SHOWN]
    looked, seen = 0, ""
    for service in ("canteen", "cooks", "pupils"):
        for path, rows in matrix.THINGS.items():
            if "GET" not in methods(shown, path) or "explain" in path or "personal" in path:
                continue
            for row in rows:
                for thing in shown.things[SHOWN].get(row.of, ())[:1]:
                    party = shown.ask(kind, "kitchen", row.address.format(thing=quote(thing, safe="/@")))
                    status, headers, body = shown.ask(kind, service, row.address.format(thing=quote(thing, safe="/@")))
                    assert status == party[0] or (party[0], status) == (200, 403), (
                        kind,
                        service,
                        row,
                        status,
                        party[0],
                    )
                    assert not any(one in headers + body for one in others), (kind, service, row)
                    looked, seen = looked + (status == 200), seen + body
    assert looked > 40
    assert canary in seen


def methods(town: Matrix, path: str) -> list[str]:
    return ["GET"] if path in set(matrix.reads(town.house.app)) else []


@pytest.mark.parametrize("kind", WHO)
def test_lists_exports_searches_and_feeds_hold_it_and_nothing_of_the_others(shown: Matrix, kind: str) -> None:
    addresses = [path for path in sorted(matrix.ONES_OWN) if "{" not in path and path != "/metrics"]
    addresses += [
        f"/exports/{name}.csv" for name in ("commitments", "figures", "breaches", "actions", "reviews", "sources")
    ]
    addresses += ["/search?q=canary", f"/search?q={SHOWN}", f"/search?q={HIDDEN}"]
    said = {}
    for service in PARTS:
        for address in addresses:
            _, headers, body = shown.ask(kind, service, address)
            hidden = [id for id in shown.parties if id != SHOWN or service == "clerks"]
            for id in hidden:
                assert shown.canaries[id] not in headers + body, (kind, service, address, id)
                assert f"/contracts/{id}" not in body, (kind, service, address, id)
            said[service, address] = body
    for address in (
        "/v1/contracts",
        "/contracts",
        "/exports/commitments.csv",
        "/exports/figures.csv",
        f"/search?q={SHOWN}",
    ):
        assert all(SHOWN in said[service, address] for service in ("canteen", "cooks", "pupils")), address
    assert "BEGIN:VEVENT" in shown.ask("key:calendar", "canteen", "/calendars/kitchen.ics", "text/calendar")[2]
    assert shown.ask("key:calendar", "clerks", "/calendars/kitchen.ics", "text/calendar")[0] == 404
    assert shown.ask("key:metrics", "canteen", "/metrics", "text/plain")[0] == 404  # metrics are of one's own contracts


def test_a_part_changes_nothing_in_it(shown: Matrix) -> None:
    before = shown.house.position()
    tries = 0
    for service in ("canteen", "cooks", "pupils"):
        for change in changes():
            for thing in shown.things[SHOWN].get(change.of, ())[:1]:
                status, _ = send(shown, "head", service, change, thing)
                tries += 1
                assert status in (400, 403, 404, 409, 422) or "check" in change.address, (
                    service,
                    change,
                    thing,
                    status,
                )
                assert shown.house.position() == before, (service, change, thing)
    assert tries > 80


def test_what_is_of_others_still_is_as_what_does_not_exist(shown: Matrix) -> None:
    for service in PARTS:
        for address in ("/v1/contracts/{}", "/contracts/{}"):
            found = shown.ask("head", service, address.format(HIDDEN))
            none = shown.ask("head", service, address.format("none"))
            assert (found[0], without(found[2], HIDDEN)) == (none[0], without(none[2], "none"))


def test_a_part_that_leaves_is_shown_it_no_more_at_the_next_question(shown: Matrix) -> None:
    for above, status in ((None, 404), ("hr", 404), ("kitchen", 200)):
        part(shown, "canteen", above)
        for service in ("canteen", "cooks"):
            assert shown.ask("reader", service, f"/v1/contracts/{SHOWN}", "application/json")[0] == status, above


def test_the_wording_in_force_decides_and_what_was_shown_is_not_shown_as_it_was(shown: Matrix) -> None:
    store, who = shown.house.program.store, principal("canteen")
    position = shown.house.position()
    amend(shown, "2027-02-01")
    assert [row.id for row in store.read(who, read_contracts)] == [SHOWN]
    amend(shown, "2026-11-11")
    assert store.read(who, read_contracts) == []
    with seen_then(store.seeing, who, position=position) as then:
        assert read_contracts(then) == []
    assert shown.ask("reader", "canteen", f"/contracts/{SHOWN}?at={position}", "text/html")[0] == 404
    amend(shown, "2026-11-12", shown_to="parts")
    with seen_then(store.seeing, who, position=position) as then:
        assert [row.id for row in read_contracts(then)] == [SHOWN]


def test_who_is_named_and_what_one_takes_home_see_it_too(shown: Matrix) -> None:
    store = shown.house.program.store
    with store.seen(principal("cooks")) as seen:
        assert {row.contract for row in read_excuses(seen)} == {SHOWN}
        assert Own(seen).contracts == {SHOWN}
    with store.seen(principal("clerks")) as seen:
        assert not read_excuses(seen)
        assert not Own(seen).contracts
    assert len(store.read(ADMINISTRATOR, read_contracts)) > 1
