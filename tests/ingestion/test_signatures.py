"""Webhooks that are signed: what carries no signature, a wrong one or an old one is refused before it is read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from domain.durations import SECOND
from domain.times import Instant
from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from ingestion.signatures import FRESH, NotSigned, Secrets, read_secrets
from ingestion.webhooks import read_webhooks
from services.contract_files import mapping_terms, read_documents
from services.errors import DocumentInvalid, Invalid
from tests.entering import House, entered
from tests.given import at

SECRET, OTHER = "It's a Secret to Everybody", "another secret of ours"
FORM = {"id": "f1", "submitted": "2026-11-16T10:42:00+01:00", "request": "R-1", "score": 4, "comment": ""}
BODY = json.dumps(FORM).encode()
NOW = at("2026-11-16 12:00")
MAPPINGS = Path(__file__).parents[2] / "deploy" / "webhooks"

Sign = Callable[..., dict[str, str]]


def github(body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def jira(body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature": github(body, secret)["X-Hub-Signature-256"]}


def gitlab(body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {"X-Gitlab-Token": secret}


def bearer(body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def standard(body: bytes = BODY, secret: str = SECRET, sent: Instant = NOW, id: str = "msg_1") -> dict[str, str]:
    time = str(sent // SECOND)
    digest = hmac.new(secret.encode(), f"{id}.{time}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": time,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


SCHEMES: dict[str, Sign] = {"github": github, "jira": jira, "gitlab": gitlab, "bearer": bearer, "standard": standard}
OF_THE_BODY = {"github", "jira", "standard"}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Of mappings and of secrets."""
    mappings, secrets = tmp_path / "mappings", tmp_path / "secrets"
    mappings.mkdir()
    secrets.mkdir()
    (secrets / "form").write_text(f"{SECRET}\n{OTHER}\n", encoding="utf-8")
    return mappings, secrets


def form(scheme: str) -> str:
    text = (MAPPINGS / "form.yaml").read_text("utf-8")
    return text.replace("\nentente: 1\n", f"\nentente: 1\nsigned: {scheme}\n")


@pytest.fixture(params=SCHEMES)
def called(
    request: pytest.FixtureRequest, folders: tuple[Path, Path], sqlite_url: str
) -> Iterator[tuple[str, Callable[..., Any], Callable[[], int]]]:
    """The scheme, how to call, and how many entries were stored."""
    mappings, secrets = folders
    (mappings / "form.yaml").write_text(form(request.param), encoding="utf-8")
    settings = Settings(store=sqlite_url, webhooks=str(mappings), webhook_secrets=str(secrets))
    with (
        program(settings, clock=lambda: NOW) as running,
        TestClient(web(running), base_url="http://localhost") as client,
    ):
        before = running.store.history.last_position()

        def call(headers: dict[str, str], body: bytes = BODY) -> Any:
            return client.post("/v1/webhooks/form", content=body, headers=headers)

        yield request.param, call, lambda: running.store.history.last_position() - before


def test_a_call_with_either_secret_is_taken_and_once_more_is_a_duplicate(called: Any) -> None:
    scheme, call, stored = called
    sign = SCHEMES[scheme]
    first = call(sign())
    assert (first.status_code, first.json()["accepted"]) == (202, 1)
    for again in (sign(), sign(secret=OTHER), {name.upper(): value for name, value in sign().items()}):
        assert call(again).json()["duplicates"] == 1
    assert stored() == 1


def test_without_the_right_signature_nothing_is_read_or_stored(called: Any) -> None:
    scheme, call, stored = called
    sign = SCHEMES[scheme]
    right = sign()
    [*_, name] = right
    wrong = {
        "missing": {},
        "empty": {**right, name: ""},
        "of another secret": sign(secret="a secret of somebody else"),
        "shorter": {**right, name: right[name][:-1]},
        "longer": {**right, name: right[name] + "0"},
        "not ours to read": {**right, name: "é\xff"},
        "of another scheme": (gitlab if scheme != "gitlab" else bearer)(),
    }
    for what, headers in wrong.items():
        encoded = {one: value.encode("latin-1") for one, value in headers.items()}
        for body in (BODY, b"{", b""):
            answer = call(encoded, body)
            assert (what, answer.status_code) == (what, 401)
            slug = "missing" if what in ("missing", "empty", "of another scheme") else "wrong"
            assert answer.json()["type"].endswith(f"signature-{slug}")
            assert SECRET not in answer.text
            assert answer.headers["content-type"] == "application/problem+json"
    if scheme in OF_THE_BODY:
        assert call(right, BODY.replace(b'"score": 4', b'"score": 5')).status_code == 401
    assert stored() == 0


def test_the_secret_is_told_nowhere(
    called: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    scheme, call, _ = called
    caplog.set_level(logging.DEBUG)
    call(SCHEMES[scheme]())
    call(SCHEMES[scheme](secret=OTHER[::-1]))
    call({})
    said = "".join(capfd.readouterr()) + caplog.text
    kept = Path(sqlite_url.removeprefix("sqlite:///"))
    stored = b"".join(file.read_bytes() for file in kept.parent.glob("entente.db*"))
    for secret in (SECRET, OTHER, OTHER[::-1]):
        assert secret not in said
        assert secret.encode() not in stored
    assert SECRET not in repr(Secrets(scheme, [SECRET]))


@pytest.mark.parametrize(("sent", "is_taken"), [
    (NOW - FRESH * SECOND, True), (NOW + FRESH * SECOND, True), (NOW - (FRESH + 1) * SECOND, False),
    (NOW + (FRESH + 1) * SECOND, False), (0, False),
])  # fmt: skip
def test_what_was_signed_long_ago_is_refused_where_the_signature_names_its_time(sent: Instant, is_taken: bool) -> None:
    headers = Headers(standard(sent=sent))
    if is_taken:
        Secrets("standard", [SECRET]).check(headers, BODY, NOW)
        return
    with pytest.raises(NotSigned) as refused:
        Secrets("standard", [SECRET]).check(headers, BODY, NOW)
    assert refused.value.slug == "signature-old"


@pytest.mark.parametrize("time", ["", "-1", "1e9", "٣", "9" * 40, "2026-11-16"])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    digest = hmac.new(SECRET.encode(), f"m.{time}.".encode() + BODY, hashlib.sha256).digest()
    said = {
        "webhook-id": "m",
        "webhook-timestamp": time,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    with pytest.raises(NotSigned):
        Secrets("standard", [SECRET]).check(Headers(raw=[(k.encode(), v.encode()) for k, v in said.items()]), BODY, NOW)


def test_signatures_are_those_that_others_make() -> None:
    """The examples in the documentation of GitHub and of Standard Webhooks."""
    known = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    Secrets("github", [SECRET]).check(Headers({"X-Hub-Signature-256": known}), b"Hello, World!", NOW)
    said = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,xyz",
    }
    secrets = Secrets("standard", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    secrets.check(Headers(said), b'{"test": 2432232314}', 1614265330 * SECOND)
    with pytest.raises(NotSigned):
        secrets.check(Headers(said), b'{"test": 2432232315}', 1614265330 * SECOND)


def test_what_is_half_set_up_stops_the_start(folders: tuple[Path, Path]) -> None:
    mappings, secrets = folders
    (mappings / "form.yaml").write_text(form("github"), encoding="utf-8")
    assert read_webhooks(mappings, secrets)["form"].secrets is not None
    with pytest.raises(Invalid, match="no file holds its secret"):
        read_webhooks(mappings)
    with pytest.raises(Invalid, match="is no folder"):
        read_webhooks(mappings, secrets / "none")
    (mappings / "form.yaml").write_text(form("github").replace("signed: github\n", ""), encoding="utf-8")
    assert read_webhooks(mappings)["form"].secrets is None
    with pytest.raises(Invalid, match="does not say how calls are signed"):
        read_webhooks(mappings, secrets)
    (mappings / "form.yaml").write_text(form("github"), encoding="utf-8")
    (secrets / "frm").write_text(SECRET, encoding="utf-8")
    with pytest.raises(Invalid, match="frm is the secret of no webhook"):
        read_webhooks(mappings, secrets)


@pytest.mark.parametrize(
    ("content", "scheme", "says"),
    [
        (b"", "github", "too short"),
        (b"\n \n", "github", "too short"),
        (b"short", "github", "too short"),
        (b"a secret that is long enough\nshort", "github", "too short"),
        (b"\xff\xfe a secret of bytes", "github", "cannot be read"),
        (b"whsec_this is no base64!", "standard", "no base64"),
    ],
)
def test_a_secret_that_is_none_stops_the_start(tmp_path: Path, content: bytes, scheme: str, says: str) -> None:
    (tmp_path / "form").write_bytes(content)
    with pytest.raises(Invalid, match=says) as refused:
        read_secrets("form", scheme, tmp_path)
    assert "secret that is long" not in str(refused.value)


def test_a_mapping_names_a_scheme_that_there_is_and_only_for_calls() -> None:
    assert mapping_terms(read_documents(form("gitlab"), "form.yaml")[0]).signed == "gitlab"
    with pytest.raises(DocumentInvalid, match="signed"):
        mapping_terms(read_documents(form("md5"), "form.yaml")[0])
    with pytest.raises(DocumentInvalid, match="files are not signed"):
        mapping_terms(read_documents(form("gitlab").replace("json", "csv"), "form.yaml")[0])


def test_what_is_wrong_inside_a_signed_call_waits_in_quarantine_as_ever(called: Any) -> None:
    scheme, call, stored = called
    body = json.dumps({**FORM, "submitted": "soon"}).encode()
    assert call(SCHEMES[scheme](body), body).json()["quarantined"] == 1
    assert stored() == 1


AGAIN: dict[str, Callable[[Instant], tuple[list[tuple[str, str]], bytes]]] = {
    "signed too long ago": lambda now: ([*standard(sent=now - (FRESH + 1) * SECOND).items()], BODY),
    "signed ahead of time": lambda now: ([*standard(sent=now + (FRESH + 1) * SECOND).items()], BODY),
    "with the secret of another webhook": lambda now: ([*standard(sent=now, secret=OF_ANOTHER).items()], BODY),
    "another body": lambda now: ([*standard(sent=now).items()], BODY.replace(b'"score": 4', b'"score": 5')),
    "another id": lambda now: ([*{**standard(sent=now), "webhook-id": "msg_2"}.items()], BODY),
    "another time": lambda now: ([*{**standard(sent=now), "webhook-timestamp": f"{now // SECOND + 1}"}.items()], BODY),
    "another version": lambda now: (prefixed(now, "v2,"), BODY),
    "a version in capitals": lambda now: (prefixed(now, "V1,"), BODY),
    "no version": lambda now: (prefixed(now, ""), BODY),
    "an asymmetric version": lambda now: (prefixed(now, "v1a,"), BODY),
    **{f"two of {name}": lambda now, name=name: (doubled(now, name), BODY) for name in standard()},  # type: ignore[misc]
    "nothing": lambda now: ([], BODY),
}
OF_ANOTHER = "the secret of another webhook"


def prefixed(now: Instant, version: str) -> list[tuple[str, str]]:
    said = standard(sent=now)
    said["webhook-signature"] = version + said["webhook-signature"].removeprefix("v1,")
    return [*said.items()]


def doubled(now: Instant, name: str) -> list[tuple[str, str]]:
    said = standard(sent=now)
    return [*said.items(), (name, said[name])]


@pytest.fixture
def house(folders: tuple[Path, Path]) -> Iterator[House]:
    """Where people sign in, with two webhooks that are signed, each with its own secret."""
    mappings, secrets = folders
    for name in ("form", "other"):
        text = form("standard").replace("mapping: form", f"mapping: {name}")
        (mappings / f"{name}.yaml").write_text(text, encoding="utf-8")
    (secrets / "other").write_text(OF_ANOTHER, encoding="utf-8")
    with entered(webhooks=str(mappings), webhook_secrets=str(secrets)) as house:
        house.apply({"service": "requests", "title": "Requests", "sources": [{"source": "form"}]})
        house.clock[0] = NOW
        yield house


def test_what_is_replayed_swapped_or_doubled_is_the_same_401_and_stores_nothing(house: House) -> None:
    http, before, told = house.browser().http, house.position(), set()
    for what, sent in AGAIN.items():
        headers, body = sent(house.clock[0])
        answer = http.post("/v1/webhooks/form", content=body, headers=headers)
        assert answer.status_code == 401, what
        told.add(answer.content)
    assert len(told) == 1
    assert house.position() == before


def test_a_call_of_before_is_a_duplicate_while_it_is_fresh_and_refused_from_then_on(house: House) -> None:
    http, before = house.browser().http, house.position()
    said = standard(sent=house.clock[0])

    def sent() -> Any:
        return http.post("/v1/webhooks/form", content=BODY, headers=said)

    assert sent().json()["accepted"] == 1
    house.clock[0] += FRESH * SECOND
    assert sent().json()["duplicates"] == 1
    house.clock[0] += SECOND
    assert sent().status_code == 401
    assert house.position() == before + 1


@pytest.mark.parametrize(
    "given", ["sha1={}", "SHA256={}", "sha512={}", "{}", "sha256:{}", "sha256= {}", "sha256={},sha256={}"]
)
def test_another_algorithm_than_the_one_agreed_is_none(given: str) -> None:
    [(name, right)] = github().items()
    hex = right.removeprefix("sha256=")
    Secrets("github", [SECRET]).check(Headers({name: right}), BODY, NOW)
    with pytest.raises(NotSigned):
        Secrets("github", [SECRET]).check(Headers({name: given.replace("{}", hex)}), BODY, NOW)
