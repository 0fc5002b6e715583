"""What the API says of itself: every answer has the shape that is published, every refusal the one form."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response

from services.api.ports import Api
from services.api.problems import PROBLEM_JSON, problem_handlers
from services.errors import EntenteError, NotAllowed
from tests.services.api_case import LOOPBACK, Case, contract, opened, report, slug

ON_TIME = "to-marketing/report/on-time"


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        case.lived()
        case.push("sales", report("marketing", "2026-01-19", "2026-01-19T08:00:00Z"))
        case.put_contract(contract("to-marketing", "marketing", effective="2026-04-01", late_data="1 day"), "sales")
        case.post("/v1/contracts/to-marketing/comment", text="why?")
        for breach in case.get("/v1/breaches"):
            case.post(f"/v1/breaches/{breach['id']}/acknowledge", "sales")
            case.post(f"/v1/breaches/{breach['id']}/explain", "sales", text="why")
        for action in case.get("/v1/actions", state="open"):
            case.post(f"/v1/actions/{action['id']}/progress", text="done half")
        case.post(f"/v1/actions/{action['id']}/close", text="done")
        for verb in ("minutes", "decisions"):
            case.post(f"/v1/reviews/to-marketing@2026-02-03/{verb}", text="said")
        case.post("/v1/reviews/to-marketing@2026-02-03/sign", party="client")
        for key in ("2026-01-12", "2026-01-26"):
            asking = {"commitment": ON_TIME, "reason": "client-fault", "text": "closed", "keys": [key]}
            excuse = case.post("/v1/excuses", "sales", **asking).json()["id"]
            case.post(f"/v1/excuses/{excuse}/accept", "marketing", text="true")
        service = "entente: 1\nservice: sales\ntitle: Sales\nsources: [{source: crm, expected_every: 1 day}]\n"
        case.http.put("/v1/services/sales", content=service)
        yield case


@pytest.fixture(scope="module")
def described(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = case.http.get("/openapi.json").json()
    return found


def strict(described: dict[str, Any], path: str, verb: str = "get", status: str = "200") -> dict[str, Any]:
    """The schema of that answer, with all that it names required and nothing else allowed."""
    schemas = copy.deepcopy(described["components"]["schemas"])
    for schema in schemas.values():
        if "properties" in schema and not schema.get("additionalProperties"):
            schema.update(additionalProperties=False, required=list(schema["properties"]))
    answers = described["paths"][path][verb]["responses"][status]["content"]
    return {**answers["application/json"]["schema"], "components": {"schemas": schemas}}


READS = {
    "/v1/contracts": "/v1/contracts",
    "/v1/contracts/to-marketing": "/v1/contracts/{id}",
    "/v1/services": "/v1/services",
    "/v1/figures": "/v1/figures",
    "/v1/figures?slice=weekday": "/v1/figures",
    f"/v1/occurrences?commitment={ON_TIME}": "/v1/occurrences",
    "/v1/breaches": "/v1/breaches",
    "/v1/actions": "/v1/actions",
    "/v1/excuses": "/v1/excuses",
    "/v1/reviews": "/v1/reviews",
    "/v1/reviews/to-marketing@2026-02-03": "/v1/reviews/{id}",
    "/v1/quarantine": "/v1/quarantine",
    "/v1/unmatched": "/v1/unmatched",
    "/v1/history?limit=1000": "/v1/history",
    "/readyz": "/readyz",
}


@pytest.mark.parametrize("address", READS)
def test_answers_have_the_published_shape(case: Case, described: dict[str, Any], address: str) -> None:
    answer = case.get(address)
    assert answer
    jsonschema.validate(answer, strict(described, READS[address]))


def test_commands_answer_in_the_published_shape(case: Case, described: dict[str, Any]) -> None:
    advanced = case.post("/v1/advance", to="2026-02-12T00:00:00Z").json()
    jsonschema.validate(advanced, strict(described, "/v1/advance", "post"))
    opened_action = case.post("/v1/actions", commitment=ON_TIME, text="x").json()
    jsonschema.validate(opened_action, strict(described, "/v1/actions", "post", "201"))
    span = {"from": "2026-01-05T00:00:00Z", "until": "2026-01-06T00:00:00Z"}
    asked = case.post("/v1/excuses", "sales", commitment="to-marketing", reason="other", text="x", **span)
    jsonschema.validate(asked.json(), strict(described, "/v1/excuses", "post", "201"))
    excuse = case.get(asked.headers["location"])
    jsonschema.validate(excuse, strict(described, "/v1/excuses/{id}"))
    assert (excuse["from"], [one["key"] for one in excuse["covers"]]) == ("2026-01-05T01:00:00+01:00", ["2026-01-05"])
    answered = case.post(f"{asked.headers['location']}/refuse", "marketing", text="x").json()
    jsonschema.validate(answered, strict(described, "/v1/excuses/{id}/refuse", "post"))
    applied = case.put_contract(contract("to-audit", "audit"), sign="client").json()
    jsonschema.validate(applied, strict(described, "/v1/contracts/{id}", "put"))
    item = case.get("/v1/quarantine")[0]["id"]
    retried = case.post(f"/v1/quarantine/{item}/retry").json()
    jsonschema.validate(retried, strict(described, "/v1/quarantine/{id}/retry", "post"))
    refused = case.post("/v1/contracts/none/sign").json()
    problem = described["paths"]["/v1/contracts/{id}/sign"]["post"]["responses"]["404"]["content"][PROBLEM_JSON]
    jsonschema.validate(refused, problem["schema"])


def test_every_address_is_described_in_words_with_its_refusals(described: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(described["components"]["schemas"]["Figure"])
    names = []
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            assert operation["tags"], path
            assert operation["summary"], path
            names.append(operation["operationId"])
            if path.startswith("/v1/"):
                assert {"400", "403", "422"} <= operation["responses"].keys(), path
                assert "Entente-As" in {one["name"] for one in operation["parameters"]}, path
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == [PROBLEM_JSON], (path, verb, status)
    assert len(names) == len(set(names))
    assert "application/yaml" in described["paths"]["/v1/contracts/{id}"]["put"]["requestBody"]["content"]
    assert "text/event-stream" in described["paths"]["/v1/stream"]["get"]["responses"]["200"]["content"]


def test_addresses_of_the_interface_are_there(described: dict[str, Any]) -> None:
    wanted = """
        GET /v1/contracts, GET /v1/contracts/{id}, PUT /v1/contracts/{id}, POST /v1/contracts/{id}/sign,
        POST /v1/contracts/{id}/refuse, POST /v1/contracts/{id}/terminate, GET /v1/figures, GET /v1/occurrences,
        GET /v1/explain, GET /v1/breaches, POST /v1/breaches/{id}/acknowledge, POST /v1/breaches/{id}/explain,
        GET /v1/actions, POST /v1/actions, POST /v1/actions/{id}/progress, POST /v1/actions/{id}/close, GET /v1/reviews,
        GET /v1/reviews/{id}/pack, POST /v1/reviews/{id}/minutes, POST /v1/reviews/{id}/sign, GET /v1/quarantine,
        GET /v1/excuses, POST /v1/excuses, POST /v1/excuses/{id}/accept, POST /v1/excuses/{id}/refuse,
        POST /v1/excuses/{id}/dispute, GET /v1/unmatched, POST /v1/match,
        POST /v1/advance, GET /v1/history, GET /v1/stream, GET /healthz, GET /readyz
    """
    for verb, path in (one.split() for one in wanted.split(",")):
        assert verb.lower() in described["paths"][path], (verb, path)


@pytest.mark.parametrize(
    ("verb", "address", "sent", "status", "expected"),
    [
        ("GET", "/v1/nothing", None, 404, "not-found"),
        ("GET", "/nothing", None, 404, "not-found"),
        ("DELETE", "/v1/contracts", None, 405, "method-not-allowed"),
        ("GET", "/v1/contracts/none", None, 404, "not-found"),
        ("GET", "/v1/figures?slice=data.product", None, 400, "invalid"),
        ("GET", "/v1/occurrences", None, 422, "invalid"),
        ("GET", "/v1/occurrences?commitment=a/b/c", None, 404, "not-found"),
        ("GET", f"/v1/occurrences?commitment={ON_TIME}&verdict=best", None, 422, "invalid"),
        ("GET", f"/v1/occurrences?commitment={ON_TIME}&period=%00", None, 422, "invalid"),
        ("GET", f"/v1/occurrences?commitment={ON_TIME}&limit=1e3", None, 422, "invalid"),
        ("PUT", "/v1/contracts/x?sign=both", b"", 422, "invalid"),
        ("POST", "/v1/advance", b"{", 400, "malformed-json"),
        ("POST", "/v1/advance", b"[]", 400, "malformed-json"),
        ("POST", "/v1/advance", b'{"to": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}', 400, "malformed-json"),
        ("POST", "/v1/advance", b'{"to": NaN}', 400, "malformed-json"),
        ("POST", "/v1/advance", b'{"to": "\xff"}', 400, "malformed-json"),
        ("POST", "/v1/advance", b'{"to": ' + b"1" * 5_000 + b"}", 400, "malformed-json"),
        ("POST", "/v1/advance", b"[" * 100_000, 400, "malformed-json"),
        ("POST", "/v1/advance", b"{}", 422, "invalid"),
        ("POST", "/v1/advance", b'{"to": 5}', 422, "invalid"),
        ("POST", "/v1/advance", b'{"to": "2026-03-01"}', 400, "invalid"),
        ("POST", "/v1/advance", b'{"to": "2026-03-01T00:00:00"}', 400, "time-without-offset"),
        ("POST", "/v1/advance", b'{"to": "2026-03-01T00:00:00Z", "for": 1}', 422, "invalid"),
        ("POST", "/v1/contracts/to-marketing/sign", b'{"party": "both"}', 422, "invalid"),
        ("POST", "/v1/contracts/to-marketing/refuse", b'{"reason": " "}', 422, "invalid"),
        ("POST", "/v1/contracts/to-marketing/comment", b'{"text": "\\ud800"}', 422, "invalid"),
        ("POST", "/v1/quarantine/\xb2/retry", None, 404, "not-found"),
        ("POST", "/v1/quarantine/99999999999999999999/retry", None, 404, "not-found"),
    ],
)
def test_every_refusal_is_a_problem_document(
    case: Case, verb: str, address: str, sent: bytes | None, status: int, expected: str
) -> None:
    headers = {"content-type": "application/json"} if sent is not None else {}
    answer = case.http.request(verb, address, content=sent, headers=headers)
    assert slug(answer, status) == expected
    if status == 405:
        assert answer.headers["allow"] == "GET"
    if status == 422:
        assert answer.json()["problems"]


@pytest.mark.parametrize(
    ("verb", "headers", "status"),
    [
        ("GET", {"entente-as": "/x"}, 400),
        ("GET", {"host": "evil.example"}, 421),
        ("GET", {"host": "localhost:8000"}, 200),
        ("GET", {"host": "[::1]:8000"}, 200),
        ("GET", {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 200),
        ("POST", {"origin": "https://evil.example"}, 403),
        ("POST", {"sec-fetch-site": "cross-site"}, 403),
        ("POST", {"origin": "null"}, 403),
        ("POST", {"origin": LOOPBACK, "sec-fetch-site": "same-origin"}, 404),
        ("POST", {}, 404),
    ],
)
def test_pages_of_others_cannot_act_here(case: Case, verb: str, headers: dict[str, str], status: int) -> None:
    address = "/v1/contracts" if verb == "GET" else "/v1/contracts/none/sign"
    assert case.http.request(verb, address, headers=headers).status_code == status


def test_a_fault_is_a_problem_too() -> None:
    def broken(router: APIRouter, api: Api) -> None:
        @router.get("/broken")
        def answer() -> None:
            raise ZeroDivisionError("secret")

    with opened("sqlite://:memory:", routes=(broken,)) as case:
        answer = case.http.get("/v1/broken")
        assert slug(answer, 500) == "fault"
        assert "secret" not in json.dumps(answer.json())


def test_people_are_answered_with_a_page_outside_the_api() -> None:
    def page(request: Request, error: EntenteError) -> Response:
        if request.url.path == "/hidden":
            raise NotAllowed("nobody knows you")
        return Response(f"page: {error.slug}", error.status)

    app = FastAPI()
    problem_handlers(app, page)
    http = TestClient(app)
    assert http.get("/none", headers={"accept": "text/html"}).text == "page: not-found"
    assert slug(http.get("/none"), 404) == "not-found"
    assert slug(http.get("/hidden", headers={"accept": "text/html"}), 403) == "not-allowed"
    assert slug(http.get("/v1/none", headers={"accept": "text/html"}), 404) == "not-found"
