"""The program answers to its own names; another name that leads here is answered 421."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from dashboards.language import language
from entente.serving import state_alone, web
from entente.settings import Settings
from entente.wiring import program
from services.api.host_names import LOOPBACK, hosts_named, is_named
from services.api.hosts import STATE, Hosts
from tests.services.api_case import slug

EVIL = "evil.example"
HERE = "http://127.0.0.1"


@pytest.mark.parametrize(
    "authority",
    [
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.1.2.3",
        "localhost",
        "LocalHost:8000",
        "town.localhost",
        "[::1]",
        "[::1]:8000",
    ],
)
def test_loopback_has_many_names(authority: str) -> None:
    assert is_named(authority, (LOOPBACK,))


@pytest.mark.parametrize(
    "authority",
    [
        "",
        EVIL,
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@localhost",
        "localhost@evil.example",
        "localhost/evil",
        "localhost\\evil",
        "localhost:x",
        "localhost:99999",
        "[::1",
        "[fe80::1]",
        "[evil.example]",
        "10.0.0.7",
        "127.0.0.1, evil.example",
        "loopback",
        LOOPBACK,
    ],
)
def test_names_that_only_look_like_it_are_others(authority: str) -> None:
    assert not is_named(authority, (LOOPBACK,))


def test_a_name_is_known_in_any_letters_and_with_any_port_and_no_other_is() -> None:
    names = hosts_named(" Entente.Ville.Example , 10.0.0.7,[2001:db8::1]")
    assert names == ("entente.ville.example", "10.0.0.7", "2001:db8::1")
    for known in ("ENTENTE.ville.example:8443", "10.0.0.7:80", "[2001:DB8::1]:1"):
        assert is_named(known, names)
    for unknown in ("ville.example", "x.entente.ville.example", "entente.ville.example.", "127.0.0.1", "localhost"):
        assert not is_named(unknown, names)


@pytest.mark.parametrize("text", ["https://a.example", "a.example/x", "a.example:80", "a b", "*", "[", "a@b", "a,,[]"])
def test_what_names_no_machine_stops_the_start(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(hosts=text if text != "*" else "a*b/")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({}, (LOOPBACK, "127.0.0.1")),
        ({"host": "10.0.0.7"}, (LOOPBACK, "10.0.0.7")),
        ({"pages_url": "https://entente.ville.example/x"}, (LOOPBACK, "127.0.0.1", "entente.ville.example")),
        ({"hosts": "entente.ville.example"}, ("entente.ville.example",)),
        ({"access": "accounts", "host": "0.0.0.0", "proxy_from": "10.0.0.0/8"}, (LOOPBACK, "0.0.0.0")),
        ({"access": "accounts", "host": "0.0.0.0", "hosts": "a.example"}, ("a.example",)),
    ],
)
def test_without_a_list_the_names_are_those_of_loopback_and_of_the_configured_address(
    said: dict[str, str], names: tuple[str, ...]
) -> None:
    assert Settings(**said).names() == names  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with program(Settings(store="sqlite://:memory:")) as opened, TestClient(web(opened), base_url=HERE) as client:
        yield client


@pytest.fixture(scope="module")
def state_client() -> Iterator[TestClient]:
    with program(Settings(store="sqlite://:memory:")) as opened:
        yield TestClient(state_alone(opened, dict, needs_judge=False), base_url=HERE)


@pytest.mark.parametrize(
    "path", ["/", "/portfolio", "/static/icon.svg", "/metrics", "/v1/contracts", "/openapi.json", "/x"]
)
@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_name_of_somebody_elses_is_misdirected_wherever_it_leads(client: TestClient, path: str, verb: str) -> None:
    answer = client.request(verb, path, headers={"host": EVIL})
    assert answer.status_code == 421
    if verb != "HEAD":
        assert slug(answer, 421) == "misdirected-request"


@pytest.mark.parametrize("code", ["en", "fr"])
def test_people_get_a_page_in_their_language_that_shows_nothing_of_ours(client: TestClient, code: str) -> None:
    answer = client.get("/", headers={"host": EVIL, "accept": "text/html", "accept-language": code})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "text/html; charset=utf-8")
    assert f'<html lang="{code}">' in answer.text
    assert EVIL in answer.text
    assert language(code).text("error.refused") in answer.text
    assert "<form" not in answer.text
    assert "<nav" not in answer.text


def test_the_state_is_told_to_whoever_asks_by_whatever_name(client: TestClient, state_client: TestClient) -> None:
    for one in (client, state_client):
        for path in STATE:
            assert one.get(path, headers={"host": "10.1.2.3:8000"}).status_code == 200
        for path in ("/metrics", "/healthz/", "/healthzx"):
            assert one.get(path, headers={"host": "10.1.2.3:8000"}).status_code == 421
            assert one.get(path).status_code != 421


def test_a_request_names_its_host_once(client: TestClient) -> None:
    twice = [("host", "127.0.0.1"), ("host", EVIL)]
    assert slug(client.get("/v1/contracts", headers=twice), 400) == "malformed-request"


def test_whoever_is_known_by_a_key_may_ask_by_any_name() -> None:
    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("metrics")(scope, receive, send)

    def is_known(scope: Scope) -> bool:
        return scope["path"] == "/metrics" and Headers(scope=scope).get("authorization") == "Bearer key"

    client = TestClient(Hosts(answers, [LOOPBACK], is_known=is_known), base_url="http://10.1.2.3")
    for path, key, status in (("/metrics", "key", 200), ("/metrics", "other", 421), ("/", "key", 421)):
        assert client.get(path, headers={"authorization": f"Bearer {key}"}).status_code == status
