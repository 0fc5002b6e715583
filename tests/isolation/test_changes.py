"""Nobody changes what is not theirs, nor learns by trying whether it is there: every address that changes something (trust §4)."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from dashboards.pages.house.sending import CONFIRMED
from services.access import ADMINISTRATOR
from services.directory.reading import read_sources
from tests.entering import HERE
from tests.given import contract, criterion, punctuality
from tests.isolation import matrix
from tests.isolation.planted import EACH, TOKEN, UNKNOWN, Matrix, planted, without

KEYS = ("key:push", "key:read", "key:metrics", "key:calendar")
MOVES = frozenset({"access_log", "access_key", "sign_in_session", "sign_in_held"})
"""Tables that say who came, and when."""


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    with planted() as found:
        yield found


def stored(town: Matrix) -> dict[str, int]:
    """A number for what each table holds."""
    with sqlite3.connect(town.url.removeprefix("sqlite:///")) as reads:
        names = [name for (name,) in reads.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            one: hash(tuple(sorted(map(repr, reads.execute(f"SELECT * FROM {one}")))))
            for one in names
            if one not in MOVES
        }


@pytest.fixture(autouse=True)
def nothing_is_stored(town: Matrix) -> Iterator[None]:
    for service in town.services():
        for kind in ("head", "reader", *KEYS):
            town.who(kind, service)
    town.who("office", "ines")
    town.house.program.store.judging.catch_up(timeout=60)  # the keys that were made now
    before = stored(town)
    yield
    assert {name for name, held in stored(town).items() if held != before.get(name)} == set()


def filled(value: object, thing: str) -> object:
    if isinstance(value, str):
        text = value.replace("{thing}", thing)
        return int(text) if value == "{thing}" and text.isdecimal() else text
    return value


def send(town: Matrix, kind: str, service: str, change: matrix.Change, thing: str) -> tuple[int, str]:
    """Status and body of the answer, without what is another each time."""
    town.asked += 1
    browser, headers = (town.nobody, {}) if kind == "nobody" else town.who(kind, service)
    address = change.address.replace("{thing}", quote(thing, safe="/@" if change.is_form else "@"))
    body = {name: filled(value, thing) for name, value in (change.body or {}).items()}
    if change.is_form:
        own = HERE if not headers else {"Accept": "text/html"}
        token: Mapping[str, str] = tokens_of(town, kind, service) if not headers else {}
        typed = {CONFIRMED: "yes", **{name: str(value) for name, value in body.items()}}
        answer = browser.http.post(address, data={**token, **typed}, headers={**own, **headers}, follow_redirects=False)
    else:
        own = {"Sec-Fetch-Site": "same-origin"} if not headers else {}
        answer = browser.http.post(address, json=body, headers={**own, **headers}, follow_redirects=False)
    return answer.status_code, TOKEN.sub("", answer.text)


_tokens: dict[tuple[int, str, str], dict[str, str]] = {}


def tokens_of(town: Matrix, kind: str, service: str) -> dict[str, str]:
    """The token of the forms of a browser, which holds for as long as its cookie."""
    name = (id(town), kind, service)
    if name not in _tokens:
        browser = town.nobody if kind == "nobody" else town.who(kind, service)[0]
        _tokens[name] = browser.token()
    return _tokens[name]


def changes() -> list[matrix.Change]:
    return [change for rows in matrix.CHANGES.values() for change in rows]


def test_every_address_that_changes_something_has_its_row(town: Matrix) -> None:
    found = set(matrix.writes(town.house.app))
    named = matrix.CHANGES.keys() | matrix.TOGETHER.keys() | matrix.OF_ONESELF | matrix.MAKING
    assert found - named == set()
    assert {one for one in named - found if "back-channel" not in one[1]} == set()


def _first_other(one: str, two: str) -> tuple[str, str] | None:
    pairs = zip(one.splitlines(), two.splitlines(), strict=False)
    return next(((a, b) for a, b in pairs if a != b), None)


AT_ONCE = 2 if EACH < 100 else 1_000
"""Those whose things each who asks tries to change, by each address; others at the next address."""


def tried(town: Matrix, service: str, number: int, change: matrix.Change) -> list[tuple[str, str]]:
    """Whose things, and which, somebody of a service is to try to change by the address of that number."""
    having = [of for of in town.not_of(service) if town.things[of].get(change.of)]
    start = number + town.services().index(service) if service in town.services() else number
    some = [having[(start + one) % len(having)] for one in range(min(AT_ONCE, len(having)))]
    return [(of, thing) for of in some for thing in town.things[of][change.of][: max(1, EACH // 3)]]


WANTED = {"nobody": (401, 303), "head": (404,), "reader": (404, 403), "office": (404, 403)}


@pytest.mark.parametrize("kind", ["nobody", "head", "reader", "office", *KEYS])
def test_the_thing_of_others_is_changed_by_nobody_and_answered_as_one_that_does_not_exist(
    town: Matrix, kind: str
) -> None:
    """A stranger, the other client of the same supplier, whoever signs in nowhere, the administrator, keys of each sort."""
    wrong: list[object] = []
    for service in {"office": ["ines"], "nobody": ["nobody"]}.get(kind, town.services()):
        for number, change in enumerate(changes()):
            things = tried(town, service, number, change)
            if things:
                none = UNKNOWN[change.of]
                status, body = send(town, kind, service, change, none)
                nowhere = status, without(body, none)
            for of, thing in things:
                status, body = send(town, kind, service, change, thing)
                said = status, without(body, thing)
                if (
                    said != nowhere
                    or status not in WANTED.get(kind, (403,))
                    or town.canaries.get(of, "no canary") in body
                ):
                    wrong.append((kind, service, change, thing, said[0], nowhere[0], _first_other(said[1], nowhere[1])))
    assert wrong == [], "\n".join(map(str, wrong[:40]))


def told(town: Matrix, kind: str, service: str, change: matrix.Change, thing: str) -> tuple[int, str]:
    """What is said of that one thing on the page that a form leads to which does the same to several."""
    browser, _ = town.who(kind, service)
    body = {name: str(filled(value, thing)) for name, value in (change.body or {}).items()}
    sent = {**tokens_of(town, kind, service), **body}
    answer = browser.http.post(change.address, data=sent, headers=HERE, follow_redirects=False)
    if answer.status_code != 303:
        return answer.status_code, ""
    page = browser.http.get(answer.headers["location"], headers=HERE).text
    return 303, without(page.partition('<ul class="dashes">')[2].partition("</ul>")[0], thing)


@pytest.mark.parametrize("kind", ["head", "reader"])
def test_several_things_of_others_are_left_alone_and_answered_as_those_that_do_not_exist(
    town: Matrix, kind: str
) -> None:
    for service in town.services():
        for number, change in enumerate(one for rows in matrix.TOGETHER.values() for one in rows):
            things = tried(town, service, number, change)[:AT_ONCE]
            nowhere = told(town, kind, service, change, UNKNOWN[change.of])
            assert (nowhere[0], nowhere[1] != "") in ((303, True), (404, False), (403, False))
            for of, thing in things:
                assert told(town, kind, service, change, thing) == nowhere, (kind, service, change, of)


REFUSED = (400, 403, 404, 409)
"""What cannot be done to the thing as it is may be said before who may do it."""


@pytest.mark.parametrize("kind", ["reader", *KEYS])
def test_what_one_sees_and_may_not_change_is_refused_and_said_so(town: Matrix, kind: str) -> None:
    wrong = []
    for service in town.services():
        for of in [of for of in town.owners if of not in town.not_of(service)]:
            for change in changes():
                for thing in town.things[of].get(change.of, ())[:1] if change.of != matrix.QUARANTINED else ():
                    status, _ = send(town, kind, service, change, thing)
                    if status not in REFUSED and change.address != "/contracts/{thing}/edit/check":
                        wrong.append((kind, service, change.address, thing, status))
    assert wrong == [], "\n".join(map(str, wrong[:40]))


def _put(town: Matrix, kind: str, service: str, address: str, body: Mapping[str, object]) -> tuple[int, str]:
    browser, headers = town.who(kind, service)
    own = {"Sec-Fetch-Site": "same-origin"} if not headers else {}
    answer = browser.http.put(address, json=body, headers={**own, **headers}, follow_redirects=False)
    return answer.status_code, answer.text


def test_nobody_writes_a_file_of_others(town: Matrix) -> None:
    """A service, a contract of two others, an access file: as for services that there are not."""
    for kind in ("head", "reader", "key:push", "key:read"):
        for service in town.services():
            other = next(one for one in town.services() if one != service and one not in partners(town, service))
            third = next(one for one in town.services() if one not in (service, other))
            for address, body, none in (
                ("/v1/services/{0}", {"service": "{0}", "title": "Mine"}, "no-such-service"),
                ("/v1/contracts/of-two-others", of_two("{0}", third), "no-such-service"),
                ("/v1/access/town", {"access": "town", "people": [{"person": "mine", "services": {"{0}": "head"}}]}, "no-such-service"),
            ):  # fmt: skip
                said = [
                    _put(town, kind, service, address.format(one), _named({"entente": 1, **body}, one)) for one in (other, none)
                ]  # fmt: skip
                assert said[0][0] in (403, 404, 422), (kind, service, address, said[0])
                assert (said[0][0], said[0][1].replace(other, "…")) == (said[1][0], said[1][1].replace(none, "…")), said


def test_nobody_opens_an_action_of_others_by_a_file(town: Matrix) -> None:
    """About a commitment of theirs: as about one that there is not."""
    for kind in ("head", "reader", "key:push", "key:read"):
        for service in town.services()[:3]:
            other = next(of for of in town.not_of(service) if town.things[of].get(matrix.COMMITMENT))
            thing, unknown = town.things[other][matrix.COMMITMENT][0], UNKNOWN[matrix.COMMITMENT]
            said = [
                _put(town, kind, service, "/v1/actions/a", {"entente": 1, "action": "a", "of": of, "title": "Words."})
                for of in (thing, unknown)
            ]
            assert said[0][0] in (403, 404), (kind, service, said[0])
            assert (said[0][0], said[0][1].replace(thing, "…")) == (said[1][0], said[1][1].replace(unknown, "…")), said


def of_two(supplier: str, client: str) -> dict[str, Any]:
    return contract(criterion(punctuality()), id="of-two-others", supplier=supplier, client=client)


def partners(town: Matrix, service: str) -> set[str]:
    return {one for parties in town.parties.values() if service in parties for one in parties}


def _named(tree: Any, service: str) -> Any:
    """The tree with that service in the places for one."""
    if isinstance(tree, dict):
        return {_named(name, service): _named(value, service) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_named(one, service) for one in tree]
    return service if tree == "{0}" else tree


def test_nobody_says_who_works_for_others(town: Matrix) -> None:
    """People of other services, by the page: as somebody, or a service, that there is not."""
    for service in town.services():
        other = next(one for one in town.services() if one not in partners(town, service))
        for kind in ("head", "reader"):
            for verb in ("invite", "suspend", "resume", "out", "edit"):
                change = matrix.Change("person", f"/people/{{thing}}/{verb}", {"text": "x"}, True)
                said = [send(town, kind, service, change, one) for one in (f"head.{other}", "no.such.person")]
                assert said[0][0] in (403, 404), (kind, service, verb, said[0][0], said[0][1][-1500:])
                assert without(said[0][1], f"head.{other}") == without(said[1][1], "no.such.person"), (kind, verb)
            typed = {"verb": "save", "person": "mine", "service_0": "{thing}", "role_0": "head"}
            give = matrix.Change("service", "/new-person", typed, True)
            said = [send(town, kind, service, give, one) for one in (other, "no-such-service")]
            assert said[0][0] in (403, 404), (kind, service, said[0][0])
            assert re.sub(rf"\b{other}\b", "…", said[0][1]) == said[1][1].replace("no-such-service", "…"), (
                kind,
                service,
            )


def test_nobody_makes_or_ends_an_address_of_a_calendar_for_others(town: Matrix) -> None:
    """As for a service, or a key, that there is not."""
    for service in town.services():
        other = next(one for one in town.services() if one not in partners(town, service))
        _, headers = town.who("key:calendar", other)
        key = headers["Authorization"].split("_")[1]
        for kind in ("head", "reader"):
            make = matrix.Change("service", "/calendar-feeds", {"service": "{thing}"}, True)
            made = [send(town, kind, service, make, one) for one in (other, "no-such-service")]
            revoke = matrix.Change("key", "/calendar-feeds/{thing}/revoke", {}, True)
            ended = [send(town, kind, service, revoke, one) for one in (key, "AAAAAAAA")]
            assert {status for status, _ in (*made, *ended)} <= {403, 404}, (kind, service, made[0][0], ended[0][0])
            assert re.sub(rf"\b{other}\b", "…", made[0][1]) == made[1][1].replace("no-such-service", "…"), (
                kind,
                service,
            )
            assert without(ended[0][1], key) == without(ended[1][1], "AAAAAAAA"), (kind, service)


def test_nobody_makes_or_ends_an_access_key_for_others(town: Matrix) -> None:
    """As for a service, or a key, that there is not: by the page, for each thing that a key can."""
    for service in town.services():
        other = next(one for one in town.services() if one not in partners(town, service))
        _, headers = town.who("key:push", other)
        key = headers["Authorization"].split("_")[1]
        for kind in ("head", "reader", "key:read"):
            for can in ("push", "read", "metrics", "wall"):
                make = matrix.Change("service", "/access-keys", {"service": "{thing}", "can": can}, True)
                made = [send(town, kind, service, make, one) for one in (other, "no-such-service")]
                assert {status for status, _ in made} == {403}, (kind, service, can)
                said = re.sub(rf"\b{other}\b", "…", made[0][1]), made[1][1].replace("no-such-service", "…")
                assert said[0] == said[1], (kind, service, can)
            revoke = matrix.Change("key", "/access-keys/{thing}/revoke", {}, True)
            ended = [send(town, kind, service, revoke, one) for one in (key, "AAAAAAAA")]
            assert {status for status, _ in ended} <= {403, 404}, (kind, service, ended[0][0])
            assert without(ended[0][1], key) == without(ended[1][1], "AAAAAAAA"), (kind, service)


def test_nobody_sends_what_is_for_others_to_send(town: Matrix) -> None:
    """An event of a source of somebody else: as of one that nobody declares."""
    sources = [row for row in town.house.program.store.read(ADMINISTRATOR, read_sources) if row.service]
    assert sources
    for service in town.services():
        _, headers = town.who("key:push", service)
        for row in [one for one in sources if one.service != service][:EACH]:
            said = []
            for source in (row.source, "no/such/source"):
                event = {"specversion": "1.0", "id": "1", "source": source, "type": "x", "time": "2026-11-17T08:00:00Z"}
                content = {"Content-Type": "application/cloudevents+json", **headers}
                answer = town.nobody.http.post("/v1/events", content=json.dumps(event), headers=content)
                said.append((answer.status_code, answer.text.replace(source, "…")))
            assert said[0] == said[1]
            assert said[0][0] == 403


def test_what_is_of_the_whole_organisation_is_not_for_a_head(town: Matrix) -> None:
    for service in town.services():
        for kind in ("head", "reader", "key:read", "key:push"):
            for address, body in (
                ("/v1/outages/1/withdraw", {"text": "x"}),
                ("/v1/advance", {"to": "2027-01-01T00:00:00Z"}),
            ):
                status, _ = send(town, kind, service, matrix.Change("outage", address, body), "1")
                assert status == 403, (kind, service, address)


def test_a_page_for_a_new_contract_makes_none_of_two_others(town: Matrix) -> None:
    for service in town.services():
        other = next(one for one in town.services() if one not in partners(town, service))
        third = next(one for one in town.services() if one not in (service, other))
        for verb in ("propose", "check"):
            said = []
            for one in (other, "no-such-service"):
                typed = {"file": json.dumps(of_two(one, third)), "verb": verb, "sure": "yes"}
                form = matrix.Change("service", "/new-contract", typed, True)
                status, body = send(town, "head", service, form, one)
                said.append((status, without(body, one)))
            assert said[0][0] == said[1][0], said
