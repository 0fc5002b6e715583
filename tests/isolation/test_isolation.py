"""Nobody sees a byte of what is not theirs: every address, each kind of who may ask, canaries in the texts of others (trust §4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from services.access import ADMINISTRATOR
from services.arrivals.reading import read_quarantine
from services.by import by_of
from tests.isolation import matrix
from tests.isolation.planted import EACH, KINDS, LEAST, UNKNOWN, Matrix, planted, without


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    with planted() as found:
        yield found


def test_every_address_has_its_row(town: Matrix) -> None:
    named = matrix.OPEN | matrix.SIGNING_IN | matrix.LASTING | matrix.ONES_OWN | matrix.THINGS.keys()
    found = set(matrix.reads(town.house.app))
    assert found - named == set()
    assert {one for one in named - found if not one.startswith(("/sign-in/oidc", "/welcome/{secret}/oidc"))} == set()


def test_who_is_not_known_gets_nothing_but_the_way_in(town: Matrix) -> None:
    stranger = town.house.browser()
    for path in sorted(matrix.ONES_OWN | matrix.THINGS.keys() | matrix.LASTING):
        address = re.sub(r"\{[^}]*\}", "x", path)
        answer = stranger.http.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
        is_page = not path.startswith("/v1/")
        assert (answer.url.path == "/sign-in") if is_page else answer.status_code == 401, (path, answer.status_code)
    before = town.house.position()
    for method, path in matrix.writes(town.house.app):
        if path.startswith(
            ("/sign-in", "/welcome", "/sign-out", "/notices/stop/", "/answer/")
        ):  # the last: tests/notices
            continue
        answer = stranger.http.request(
            method, re.sub(r"\{[^}]*\}", "x", path), json={}, headers={"Origin": "http://127.0.0.1"}
        )
        assert answer.status_code in (401, 403, 303, 415, 422), (method, path, answer.status_code)
    assert town.house.position() == before


def test_the_thing_of_others_is_answered_as_one_that_does_not_exist(town: Matrix) -> None:
    """T-1: the same bytes but for the id, for each who is no party."""
    before = town.asked
    nowhere = {row: {} for rows in matrix.THINGS.values() for row in rows}  # type: dict[matrix.Row, dict[tuple[str, str], object]]
    for kind in KINDS:
        for service in town.services():
            for contract in town.not_of(service):
                for row in [*(row for rows in matrix.THINGS.values() for row in rows), *matrix.NARROWED]:
                    for thing in town.things[contract].get(row.of, ())[:EACH]:
                        _require_nothing(town, nowhere.setdefault(row, {}), kind, service, contract, row, thing)
    print(f"{town.asked - before:,} tries")
    assert town.asked - before >= LEAST


def _require_nothing(
    town: Matrix,
    nowhere: dict[tuple[str, str], object],
    kind: str,
    service: str,
    contract: str,
    row: matrix.Row,
    thing: str,
) -> None:
    accept = "application/json" if row.address.startswith("/v1/") else "text/html"
    answer = town.ask(kind, service, row.address.format(thing=quote(thing, safe="/@")), accept)
    if (kind, service) not in nowhere:
        none = UNKNOWN.get(row.of, "none")
        told = town.ask(kind, service, row.address.format(thing=none), accept)
        nowhere[kind, service] = told[0], without(told[2], none)
    assert (answer[0], without(answer[2], thing)) == nowhere[kind, service], (kind, service, row, thing)
    if contract in town.canaries:
        assert town.canaries[contract] not in answer[1] + answer[2], (kind, service, row, thing)


@pytest.mark.parametrize("kind", [*KINDS, "office"])
def test_no_list_page_export_or_search_says_what_is_not_ones_own(town: Matrix, kind: str) -> None:
    names = (
        "commitments",
        "figures",
        "occurrences",
        "breaches",
        "actions",
        "excuses",
        "reviews",
        "quarantine",
        "sources",
        "unmatched",
    )
    addresses = [path for path in sorted(matrix.ONES_OWN) if "{" not in path and path != "/metrics"]
    addresses += [f"/exports/{name}.{form}" for name in names for form in ("csv", "json")]
    addresses += [f"/search?q={word}" for word in ("canary", "a", "2026")]
    for service in ["ines"] if kind == "office" else town.services():
        hidden = list(town.parties) if kind == "office" else town.hidden_from(service)
        for address in addresses:
            _, headers, body = town.ask(kind, service, address)
            for contract in hidden:
                assert town.canaries[contract] not in headers + body, (kind, service, address, contract)
                if not address.startswith(("/search", "/people")):
                    assert f'"{contract}"' not in body, (kind, service, address, contract)
                assert f"/contracts/{contract}" not in body, (kind, service, address, contract)


def test_no_wall_screen_shows_what_its_service_does_not_see(town: Matrix) -> None:
    """Each list by a screen of each service; and pages of others, as of what does not exist."""
    seen = 0
    for service in town.services():
        screen, hidden = town.house.browser(), town.hidden_from(service)
        for page in (
            "/",
            "/portfolio",
            "/contracts",
            "/breaches",
            "/reviews",
            "/quarantine",
            f"/contracts/{hidden[0]}",
        ):
            given = town.house.program.access_keys.create(ADMINISTRATOR, service, "read", page=page)
            screen.http.cookies.set("entente-wall", given.secret, domain="127.0.0.1")
            answer = screen.get("/wall")
            assert (answer.status_code == 200) == (hidden[0] not in page), (service, page)
            for contract in hidden:
                assert town.canaries[contract] not in repr(answer.headers) + answer.text, (service, page, contract)
            seen += any(
                town.canaries[id] in answer.text or id in answer.text for id in town.parties if id not in hidden
            )
            town.house.program.access_keys.revoke(ADMINISTRATOR, given.secret)
    assert seen > 0


def test_each_sees_what_is_theirs(town: Matrix) -> None:
    """Else the tests above would hold of a program that shows nothing."""
    seen = 0
    for kind in KINDS:
        for service in town.services():
            for contract, parties in town.parties.items():
                if service in parties:
                    status, _, body = town.ask(kind, service, f"/v1/contracts/{contract}", "application/json")
                    assert status == 200
                    seen += town.canaries[contract] in body
    assert seen > 0


def test_what_is_kept_for_one_is_not_shown_to_the_next(town: Matrix) -> None:
    """In turn, on the same addresses: what was read for one is kept by what he sees."""
    pages = ("/", "/portfolio", "/breaches", "/v1/contracts")
    first = {
        (kind, service, page): town.ask(kind, service, page)[2]
        for kind in KINDS
        for service in town.services()
        for page in pages
    }
    for (kind, service, page), body in reversed(list(first.items())):
        assert town.ask(kind, service, page)[2] == body, (kind, service, page)


def test_quarantine_is_of_who_sent_it(town: Matrix) -> None:
    store = town.house.program.store
    rows = store.read(ADMINISTRATOR, read_quarantine)
    assert len({by_of(row.by).service for row in rows} & {*town.services()}) > 1
    for service in town.services():
        seen = town.ask("head", service, "/v1/quarantine", "application/json")[2]
        for row in rows:
            assert (row.id in seen) == (service == by_of(row.by).service), (service, row.id, row.by)
