"""`POST /v1/match`: an unmatched event is put where it belongs, by its party alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.services.api_case import Case, contract, opened, report, slug
from tests.services.test_api_described import strict

ON_TIME = "to-marketing/report/on-time"


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as found:
        found.put_contract(contract("to-marketing", "marketing"), sign="supplier,client")
        found.push("sales", report("marketing", "a week", "2026-01-12T08:00:00Z"))
        found.post("/v1/advance", to="2026-01-20T00:00:00Z")
        yield found


def test_an_event_is_matched_accepted_and_taken_back(case: Case) -> None:
    described: dict[str, Any] = case.http.get("/openapi.json").json()
    [waiting] = case.get("/v1/unmatched", "sales")
    event = {"position": waiting["position"], "commitment": ON_TIME}
    shown = case.get(f"/v1/unmatched/{waiting['position']}", "sales")
    jsonschema.validate(shown, strict(described, "/v1/unmatched/{position}"))
    assert shown["candidates"][0]["key"] == "2026-01-12"
    made = case.post("/v1/match", "sales/anna", **event, key="2026-01-12", text="as agreed by phone")
    assert made.status_code == 201
    jsonschema.validate(made.json(), strict(described, "/v1/match", "post", "201"))
    match = case.get(made.headers["location"], "sales")
    jsonschema.validate(match, strict(described, "/v1/match/{id}"))
    assert (match["state"], match["roles"], match["notes"][0]["by"]) == ("matched", ["delivered"], "sales/anna")
    assert case.get("/v1/unmatched", "sales") == []
    assert case.get(f"/v1/occurrences?commitment={ON_TIME}&verdict=met", "marketing")[0]["key"] == "2026-01-12"
    assert case.http.get("/v1/unmatched/1").status_code == 404
    again = case.post("/v1/match", "sales", **event, key="2026-01-19")
    assert slug(again, 409) == "matched-already"
    back = case.post(f"{made.headers['location']}/take-back", "sales")
    jsonschema.validate(back.json(), strict(described, "/v1/match/{id}/take-back", "post"))
    assert [one["position"] for one in case.get("/v1/unmatched", "sales")] == [waiting["position"]]


def test_an_event_that_belongs_nowhere_is_set_aside_and_taken_back(case: Case) -> None:
    described: dict[str, Any] = case.http.get("/openapi.json").json()
    [waiting] = case.get("/v1/unmatched", "sales")
    assert (waiting["asked"], waiting["set_aside"]) == ([], [])
    address = f"/v1/unmatched/{waiting['position']}"
    assert slug(case.post(f"{address}/set-aside", "marketing", text="x"), 403) == "not-allowed"
    assert slug(case.post(f"{address}/set-aside", "sales", text="  "), 422) == "invalid"
    made = case.post(f"{address}/set-aside", "sales/anna", text="a test of the tool")
    jsonschema.validate(made.json(), strict(described, "/v1/unmatched/{position}/set-aside", "post"))
    assert (case.get("/v1/unmatched"), case.get("/v1/unmatched", state="waiting")) == ([], [])
    found = case.get("/v1/unmatched", "marketing", state="set-aside")
    jsonschema.validate(found, strict(described, "/v1/unmatched"))
    assert [(one["by"], one["text"]) for one in found[0]["set_aside"]] == [("sales/anna", "a test of the tool")]
    assert slug(case.post(f"{address}/set-aside", "sales", text="again"), 409) == "refused"
    to_date = {"commitment": ON_TIME, "key": "2026-01-12"}
    assert slug(case.post("/v1/match", "sales", position=waiting["position"], **to_date), 409) == "set-aside"
    assert case.http.get("/v1/unmatched?state=gone").status_code == 422
    case.post(f"{address}/take-back", "sales")
    assert [one["position"] for one in case.get("/v1/unmatched")] == [waiting["position"]]


def test_a_final_period_waits_for_the_client(case: Case) -> None:
    [waiting] = case.get("/v1/unmatched", "sales")
    case.post("/v1/advance", to="2026-02-10T00:00:00Z")
    made = case.post("/v1/match", "sales", position=waiting["position"], commitment=ON_TIME, key="2026-01-12")
    assert case.get(made.headers["location"])["waits_for"] == "marketing"
    refused = case.post(f"{made.headers['location']}/accept", "sales")
    assert slug(refused, 403) == "not-allowed"
    assert case.post(f"{made.headers['location']}/accept", "marketing").status_code == 200
    [january] = [one for one in case.get(f"/v1/figures?commitment={ON_TIME}") if one["period"] == "2026-01"]
    assert january["state"] == "restated"


@pytest.mark.parametrize(
    ("who", "changed", "status", "said"),
    [
        ("marketing", {}, 403, "not-allowed"),
        ("press", {}, 404, "not-found"),
        ("auditor", {}, 403, "not-allowed"),
        ("sales", {"key": "2026-01-13"}, 400, "no-such-occurrence"),
        ("sales", {"position": 1}, 400, "no-such-event"),
        ("sales", {"position": 2**70}, 400, "no-such-event"),
        ("sales", {"commitment": "to-marketing/report/late"}, 404, "not-found"),
        ("sales", {"role": "closed"}, 400, "invalid"),
        ("sales", {"key": 7}, 422, "invalid"),
    ],
)
def test_what_is_not_yours_or_cannot_be_is_refused(
    case: Case, who: str, changed: dict[str, Any], status: int, said: str
) -> None:
    [waiting] = case.get("/v1/unmatched")
    sent = {"position": waiting["position"], "commitment": ON_TIME, "key": "2026-01-12", **changed}
    assert slug(case.post("/v1/match", who, **sent), status) == said
