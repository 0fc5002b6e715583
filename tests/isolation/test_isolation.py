"""Nobody sees a byte of what is not theirs: every address, each kind of who may ask, canaries in the texts of others (trust §4)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

import pytest

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR, Principal, principal
from services.arrivals.reading import read_quarantine
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_actions, read_breaches
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contracts
from services.errors import EntenteError
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments
from services.matches.reading import read_matches, read_unmatched
from services.reviews.reading import read_reviews
from services.reviews.reviewing import Reviewing
from services.store import Store
from tests.dashboards.town import NOW, ORGANISATION
from tests.dashboards.valmoray import built, copied
from tests.entering import Browser, House
from tests.isolation import matrix

EACH = int(os.environ.get("ENTENTE_THINGS_EACH", "3"))
"""Things of a sort that are asked for by each who may not see them."""
TOKEN = re.compile(r'value="[\w-]+\.[0-9a-f]{12}(?:[0-9a-f]{52})?"')
KINDS = ("head", "reader", "key")
LEAST = 2_000


@dataclass
class Matrix:
    """A town in which people sign in. `parties` of each contract, `things` of each sort by the contract that they are of, `canaries`
    by contract."""

    house: House
    parties: dict[str, frozenset[str]] = field(default_factory=dict)
    things: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    keys: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def services(self) -> list[str]:
        return sorted({one for parties in self.parties.values() for one in parties})

    def hidden_from(self, service: str) -> list[str]:
        return [id for id, parties in self.parties.items() if service not in parties]

    def ask(self, kind: str, service: str, address: str, accept: str = "text/html") -> tuple[int, str, str]:
        """Status, headers and body of an answer, without what is another each time."""
        self.asked += 1
        browser, headers = self._who(kind, service)
        answer = browser.http.get(address, headers={"Accept": accept, **headers}, follow_redirects=False)
        return answer.status_code, repr(sorted(answer.headers.items())), TOKEN.sub("", answer.text)

    def _who(self, kind: str, service: str) -> tuple[Browser, Mapping[str, str]]:
        if kind == "key":
            if service not in self.keys:
                self.keys[service] = self.house.key(service, "read")
            return self.house.browser(), self.keys[service]
        return self.house.as_(f"{kind}.{service}" if kind != "office" else service), {}


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    clock = [NOW]
    file, _ = built()
    with copied(file) as url:
        settings = Settings(store=url, access="accounts", organisation=ORGANISATION)
        with program(settings, clock=lambda: clock[0]) as opened:
            found = Matrix(House(opened, web(opened), clock))
            _plant(found)
            yield found


def _plant(town: Matrix) -> None:
    """People of each grade in each service, and a canary in what each contract's parties say."""
    store = town.house.program.store
    rows = store.read(ADMINISTRATOR, read_contracts)
    town.parties = {row.id: frozenset({row.supplier, row.client}) for row in rows}
    town.house.admit(
        *(
            {"person": f"{grade}.{one}", "services": {one: grade}}
            for one in town.services()
            for grade in ("head", "reader")
        ),
        {"person": "ines", "administrator": True},
    )
    for row in rows:
        town.canaries[row.id] = canary = f"canary-of-{row.id}-x"
        _say(store, principal(row.supplier), row.id, canary)
    store.judging.catch_up()
    with store.seen(ADMINISTRATOR) as seen:
        by = {id: {} for id in town.parties}  # type: dict[str, dict[str, list[str]]]
        for id in by:
            by[id] = {
                matrix.CONTRACT: [id],
                matrix.COMMITMENT: [one.id for one in read_commitments(seen, id)],
                matrix.BREACH: [one.id for one in read_breaches(seen, contract=id)],
                matrix.ACTION: [one.id for one in read_actions(seen, contract=id)],
                matrix.EXCUSE: [one.id for one in read_excuses(seen, contract=id)],
                matrix.REVIEW: [one.id for one in read_reviews(seen, contract=id)],
                matrix.MATCH: [one.id for one in read_matches(seen) if one.commitment.startswith(f"{id}/")],
                matrix.POSITION: [
                    str(one.position)
                    for one in read_unmatched(seen)
                    if all(each.startswith(f"{id}/") for each in one.commitments)
                ],
            }
        town.things = by


def _say(store: Store, who: Principal, contract: str, canary: str) -> None:
    """Wherever something can be said about the contract."""
    breaches = store.read(who, read_breaches, contract=contract)
    reviews = store.read(who, read_reviews, contract=contract)
    following_up, reviewing = store.use(FollowingUp), store.use(Reviewing)
    said: list[Callable[[], object]] = [
        lambda: store.use(Contracting).comment(who, contract, "", canary),
        *(partial(following_up.explain_breach, who, one.id, canary) for one in breaches[:3]),
        *(partial(reviewing.minutes, who, one.id, canary) for one in reviews[:2]),
    ]
    for say in said:
        with suppress(EntenteError):  # nothing is proposed, or it is over
            say()


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
        if path.startswith(("/sign-in", "/welcome", "/sign-out")):
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
            for contract in town.hidden_from(service):
                for row in [*(row for rows in matrix.THINGS.values() for row in rows), *matrix.NARROWED]:
                    for thing in town.things[contract].get(row.of, ())[:EACH]:
                        _require_nothing(town, nowhere.setdefault(row, {}), kind, service, contract, row, thing)
    print(f"{town.asked - before:,} tries")
    assert town.asked - before >= LEAST


UNKNOWN: Mapping[str, str] = {
    matrix.COMMITMENT: "none/none/none",
    matrix.BREACH: "00000000-0000-4000-8000-000000000000",
    matrix.ACTION: "00000000-0000-4000-8000-000000000000",
    matrix.POSITION: "900000000",
    matrix.MATCH: "00000000-0000-4000-8000-000000000000",
    matrix.EXCUSE: "00000000-0000-4000-8000-000000000000",
}


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
        nowhere[kind, service] = told[0], _without(told[2], none)
    assert (answer[0], _without(answer[2], thing)) == nowhere[kind, service], (kind, service, row, thing)
    assert town.canaries[contract] not in answer[1] + answer[2], (kind, service, row, thing)


def _without(body: str, thing: str) -> str:
    """The body without the id, in each form that an id may have there, nor its parts."""
    forms = {
        thing,
        quote(thing, safe=""),
        quote(thing, safe="/@"),
        quote(thing),
        quote(quote(thing, safe="/@"), safe=""),
    }
    forms |= {part for part in thing.split("/") if len(part) > 3}
    for form in sorted(forms, key=len, reverse=True):
        body = body.replace(form, "…")
    return re.sub(r"…(?:[/@…]|%2F|%252F)*", "…", body)


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


def test_nobody_changes_what_is_not_theirs(town: Matrix) -> None:
    before = town.house.position()
    for service in town.services():
        head = town.house.as_(f"head.{service}")
        for contract in town.hidden_from(service):
            things = town.things[contract]
            for verb in ("sign", "refuse", "withdraw", "comment", "terminate"):
                _refused(head, f"/v1/contracts/{contract}/{verb}")
            for breach in things[matrix.BREACH][:1]:
                for verb in ("acknowledge", "explain"):
                    _refused(head, f"/v1/breaches/{quote(breach, safe='')}/{verb}")
            for excuse in things[matrix.EXCUSE][:1]:
                for verb in ("accept", "refuse", "dispute"):
                    _refused(head, f"/v1/excuses/{excuse}/{verb}")
            for review in things[matrix.REVIEW][:1]:
                for verb in ("minutes", "decisions", "sign"):
                    _refused(head, f"/v1/reviews/{review}/{verb}")
    assert town.house.position() == before


def _refused(browser: Browser, address: str) -> None:
    answer = browser.http.post(address, json=_body(browser, address), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 404, (address, answer.status_code, answer.text)


def _body(browser: Browser, address: str) -> dict[str, object]:
    """What that address needs to be told, as its description has it."""
    described = browser.house.app.openapi()
    path = next(one for one in described["paths"] if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", one), address))
    content = described["paths"][path]["post"].get("requestBody", {}).get("content", {}).get("application/json", {})
    named = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    shape = described["components"]["schemas"].get(named, {})
    kinds = {name: shape["properties"][name] for name in shape.get("required", ())}
    return {name: "2027-12-31" if "pattern" in kind else "x" for name, kind in kinds.items()}


def test_readers_and_keys_change_nothing_of_their_own(town: Matrix) -> None:
    before = town.house.position()
    for service in town.services():
        own = next(id for id, parties in town.parties.items() if service in parties)
        for kind in ("reader", "key"):
            browser, headers = town._who(kind, service)
            for verb in ("sign", "comment", "terminate"):
                answer = browser.http.post(
                    f"/v1/contracts/{own}/{verb}",
                    json=_body(browser, f"/v1/contracts/{own}/{verb}"),
                    headers={"Sec-Fetch-Site": "same-origin", **headers},
                )
                assert answer.status_code in (403, 409), (kind, service, verb, answer.status_code)
    assert town.house.position() == before


def test_quarantine_is_of_who_sent_it(town: Matrix) -> None:
    store = town.house.program.store
    rows = store.read(ADMINISTRATOR, read_quarantine)
    for service in town.services():
        seen = town.ask("head", service, "/v1/quarantine", "application/json")[2]
        for row in rows:
            by = row.by.partition("/")[0].split("+")
            assert (row.id in seen) == (service in by), (service, row.id, row.by)
