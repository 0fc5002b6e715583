"""Problem documents and reasons of quarantine are told in the language of who asks; slugs stay what programs match on."""

from __future__ import annotations

import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboards.messages import messages
from domain.saying import said
from entente.serving import _voice
from ingestion.cloudevents import Bad, decode_batch, decode_structured
from services.api.problems import problem_handlers
from services.api.speaking import Speaking
from services.errors import DocumentInvalid, NotFound

EVENT = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "time": "2026-03-10T11:58:00Z", "data": {}}
FOREIGN = re.compile(r"\b(the|of|and|is|not|which|with|from|that|it|by|to|such|must|send|leave|out)\b")
VALUES: tuple[object, ...] = (None, "", 3, "x" * 600, "a\tb", [])
MORE: tuple[dict[str, object], ...] = ({"Voids": "x"}, {"voids": 3}, {"data_base64": "é"}, {"ok": []})
BROKEN = [
    *(json.dumps(EVENT | {name: value}).encode() for name in EVENT for value in VALUES),
    *(json.dumps(EVENT | more).encode() for more in MORE),
    json.dumps(EVENT | {"time": "2026-03-10T11:58:00"}).encode(),
    *(b"", b"[]", b"{", b'{"a":NaN}', b'{"a":{"b":1,"b":2}}', b"\xff", b'"\\ud800"', b"[" * 80, b'{"a":1e9999}', b"3"),
]


@pytest.mark.parametrize("raw", BROKEN)
def test_every_reason_is_french_whole_made_now_or_kept_as_text(raw: bytes) -> None:
    item = decode_structured(raw)
    if not isinstance(item, Bad):
        return
    for reason in (item.problem, str(item.problem)):
        pieces = messages("fr").pieces(reason)
        text = re.sub(r"`[^`]*`|«[^»]*»|\"[^\"]*\"", "", "".join(one.text for one in pieces if not one.is_foreign))
        assert not FOREIGN.search(text), f"{item.problem} → {messages('fr').say(reason)}"
        assert text.strip(), item.problem


def test_a_batch_that_is_none_says_so_in_french() -> None:
    found = decode_batch(b"{}")
    assert isinstance(found, Bad)
    assert messages("fr").say(found.problem).startswith("un lot est un tableau JSON d’événements")


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    problem_handlers(app)
    app.add_middleware(Speaking, choose=_voice)

    @app.get("/v1/thing")
    def thing() -> None:
        raise NotFound(
            said("there is no contract “{contract}”", contract="x"), mend=said("give the contract another id")
        )

    @app.get("/v1/file")
    def file(limit: int) -> None:
        raise DocumentInvalid([said("{where}: {what}", where="f:1:1: a", what=said("the text is empty"))])

    return TestClient(app)


def test_details_mends_and_problems_are_told_in_french_to_who_accepts_it(client: TestClient) -> None:
    answer = client.get("/v1/thing", headers={"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"})
    assert (answer.headers["content-language"], answer.headers["vary"]) == ("fr", "accept-language")
    assert answer.json()["type"] == "urn:entente:problem:not-found"
    assert answer.json()["detail"] == "il n’y a pas de contrat «\u00a0x\u00a0»"
    assert answer.json()["mend"] == "donner au contrat un autre identifiant"
    wrong = client.get("/v1/file?limit=1", headers={"accept-language": "fr"}).json()
    assert wrong["problems"] == ["f:1:1: a: le texte est vide"]
    assert wrong["detail"] == "f:1:1: a: le texte est vide"


@pytest.mark.parametrize("accepted", [None, "en", "de", "*"])
def test_everybody_else_is_told_in_english(client: TestClient, accepted: str | None) -> None:
    answer = client.get("/v1/thing", headers={"accept-language": accepted} if accepted else {"accept-language": ""})
    assert answer.json()["detail"] == "there is no contract “x”"
    assert answer.headers["content-language"] == "en"


def test_what_the_framework_refuses_is_told_in_french_too(client: TestClient) -> None:
    french = {"accept-language": "fr"}
    assert client.get("/nowhere", headers=french).json()["detail"] == "il n’y a rien à l’adresse /nowhere"
    assert client.get("/v1/file", headers=french).json()["detail"] == "query.limit\u00a0: champ obligatoire"
    assert (
        client.get("/v1/file?limit=x", headers=french).json()["detail"] == "query.limit\u00a0: il faut un nombre entier"
    )
