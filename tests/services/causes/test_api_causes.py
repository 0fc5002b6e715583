"""`/v1/causes`, `/v1/repeats`, a breach attributed over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.services.api_case import Case, opened, slug
from tests.services.causes.attributed import CAUSES


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        yield case.lived()


def put(case: Case, who: str | None = None) -> int:
    headers = {"content-type": "application/json"} | ({"Entente-As": who} if who else {})
    return int(case.http.put("/v1/causes/house", content=json.dumps(CAUSES), headers=headers).status_code)


def test_causes_are_put_breaches_attributed_and_what_repeats_is_told(case: Case) -> None:
    assert (put(case, "sales"), put(case)) == (403, 200)
    assert [one["id"] for one in case.get("/v1/causes", "marketing")] == ["van-down", "headcount-late", "weather"]
    [first, *_] = case.get("/v1/breaches", "marketing")
    address = f"/v1/breaches/{first['id']}/attribute"
    assert case.post(address, "marketing", root_cause="van-down").status_code == 200
    assert case.get(f"/v1/breaches/{first['id']}", "sales")["root_cause"] == "van-down"
    assert slug(case.post(address, "marketing", root_cause="van-down"), 409)
    assert slug(case.post(address, "marketing", root_cause="van-dwon"), 400) == "unknown-cause"
    assert slug(case.post(address, "marketing", root_cause="x" * 301), 422) == "invalid"
    assert slug(case.post(address, "finance", root_cause="weather"), 404) == "not-found"
    told = case.get(
        "/v1/repeats", "marketing", contract="to-marketing", since="2026-01-05", until="2026-03-01T00:00:00Z"
    )
    [group, *_] = told["groups"]
    assert (group["key"], group["breaches"]) == ("van-down", [first["id"]])
    assert set(told) == {
        "contract", "since", "until", "groups", "few", "few_misses", "misses", "position", "watermark"
    }  # fmt: skip
    assert (told["since"], told["until"]) == ("2026-01-05T00:00:00+01:00", "2026-03-01T01:00:00+01:00")
    assert case.http.get("/v1/repeats?contract=to-marketing", headers={"Entente-As": "finance"}).status_code == 404
    assert slug(case.http.get("/v1/repeats?contract=to-marketing&since=2026-01-05T10:00"), 400) == "time-without-offset"
    assert slug(case.http.get("/v1/repeats?contract=to-marketing&since=soon"), 400) == "invalid"
