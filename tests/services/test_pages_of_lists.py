"""Long lists come page by page, and an address takes no parameter that it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.history.sqlite_database import SQLiteTransaction
from tests.given import contract, criterion, document, punctuality
from tests.services.api_case import Case, as_, opened, slug

LISTS = ["figures", "breaches", "actions", "excuses", "reviews", "quarantine", "unmatched"]


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        case.lived()
        for client in ("marketing", "finance"):
            for key in ("2026-01-12", "2026-01-19", "2026-02-02"):
                asking = {"commitment": f"to-{client}/report/on-time", "reason": "other", "text": "x", "keys": [key]}
                assert case.post("/v1/excuses", "sales", **asking).status_code == 201
        yield case


def pages(case: Case, path: str, who: str | None) -> Iterator[list[dict[str, Any]]]:
    """Each page, as its links lead on."""
    following: str | None = path
    while following is not None:
        answer = case.http.get(following, headers=as_(who))
        assert answer.status_code == 200, answer.text
        yield answer.json()
        link = answer.headers.get("link")
        following = link[1 : link.index(">")] if link is not None else None


@pytest.mark.parametrize("who", [None, "sales", "marketing"])
@pytest.mark.parametrize("name", LISTS)
def test_the_pages_of_a_list_are_the_list(case: Case, name: str, who: str | None) -> None:
    whole = case.get(f"/v1/{name}", who)
    for limit in (1, 2, 3, len(whole) or 1, 1_000):
        found = list(pages(case, f"/v1/{name}?limit={limit}", who))
        assert [row for page in found for row in page] == whole
        assert all(len(page) == limit for page in found[:-1])


@pytest.mark.parametrize(
    "amendments",
    [
        [{"per": "week", "effective": "2026-01-12"}, {"per": "month", "effective": "2026-01-19"}],
        [{"timezone": "America/Santiago", "per": "week", "effective": "2026-01-11"}],
    ],
    ids=["there and back", "moved west"],
)
def test_two_periods_of_one_name_are_two_places(amendments: list[dict[str, str]]) -> None:
    with opened("sqlite://:memory:") as case:
        first: dict[str, Any] = {"timezone": "Australia/Lord_Howe", "valid": {"from": "2026-01-04"}}
        per = "week" if "timezone" in amendments[0] else "month"
        for changes in ({"per": per}, *amendments):
            first |= {name: value for name, value in changes.items() if name != "per"}
            targets = [{"at_least": "90 %", "per": changes["per"]}, {"at_least": "50 %", "per": "28 days"}]
            tree = contract(criterion(punctuality(), targets=targets), **first)
            case.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"))
        case.post("/v1/advance", to="2026-02-10T00:00:00Z")
        whole = case.get("/v1/figures")
        names = [(row["target_index"], row["period"]) for row in whole]
        assert len(set(names)) < len(names)
        for limit in range(1, len(whole) + 1):
            found = []
            for page in pages(case, f"/v1/figures?limit={limit}", None):
                found += page
                assert len(found) <= len(whole)
            assert found == whole


@pytest.mark.parametrize("path", ["/v1/actions?state=open&limit=2", "/v1/actions?limit=2"])
def test_who_ends_the_actions_of_a_page_finds_the_others_on_the_next(path: str) -> None:
    with opened("sqlite://:memory:") as case:
        case.lived()
        for number in range(4):
            opening = {"commitment": "to-marketing/report/on-time", "text": f"number {number}"}
            assert case.post("/v1/actions", "sales", **opening).status_code == 201
        open_ones = [row["id"] for row in case.get("/v1/actions", state="open")]
        found: list[str] = []
        for page in pages(case, path, None):
            for row in page:
                if row["state"] == "open":
                    assert case.post(f"/v1/actions/{row['id']}/close", "sales", text="done").status_code == 200
                    found.append(row["id"])
        assert found == open_ones != []


def test_pages_keep_what_is_asked_for(case: Case) -> None:
    for path in ("breaches?state=open&contract=to-finance", "excuses?commitment=to-finance/report/on-time&state=asked",
                 "figures?commitment=to-finance/report/on-time", "actions?contract=to-marketing"):  # fmt: skip
        found = [row for page in pages(case, f"/v1/{path}&limit=1", "sales") for row in page]
        assert found == case.http.get(f"/v1/{path}", headers=as_("sales")).json() != []


def test_a_page_behind_what_is_not_there_is_refused(case: Case) -> None:
    [theirs, *_] = case.get("/v1/breaches", contract="to-finance")
    for name in ("breaches", "actions", "excuses", "reviews"):
        for after in ("nothing", theirs["id"]):
            behind = {"limit": "1", "after": str(after)}
            answer = case.http.get(f"/v1/{name}", params=behind, headers=as_("marketing"))
            assert slug(answer, 404) == "not-found"
        assert slug(case.http.get(f"/v1/{name}?after=x"), 400) == "invalid"
        assert slug(case.http.get(f"/v1/{name}?limit=0"), 422) == "invalid"
        assert slug(case.http.get(f"/v1/{name}?limit=1001"), 422) == "invalid"
    assert slug(case.http.get("/v1/figures?limit=1&after=to-finance"), 400) == "invalid"
    behind = {"limit": "1", "after": "to-finance/report/on-time:0:2026-01"}
    assert slug(case.http.get("/v1/figures", params=behind, headers=as_("marketing")), 404) == "not-found"


def test_no_more_breaches_are_read_than_are_on_the_page(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    query = SQLiteTransaction.query

    def counted(self: SQLiteTransaction, sql: str, params: Any = (), /) -> list[Any]:
        rows = query(self, sql, params)
        read.extend([len(rows)] if "FROM view_breach" in sql else [])
        return rows

    monkeypatch.setattr(SQLiteTransaction, "query", counted)
    assert len(case.get("/v1/breaches")) > 2
    assert max(read) > 2
    read.clear()
    case.get("/v1/breaches", limit=1)
    assert read == [2]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("breaches?stat=open", "query.stat: no such parameter (did you mean “state”?)"),
        ("figures?as-of=2026-01-01T00:00:00Z", "query.as-of: no such parameter (did you mean “as_of”?)"),
        ("contracts?limit=1", "query.limit: no such parameter (this address takes none)"),
        ("excuses?zzz=1", "query.zzz: no such parameter (one of after, commitment, contract, limit, state)"),
    ],
)
def test_a_parameter_that_nobody_knows_is_refused_by_name(case: Case, path: str, says: str) -> None:
    answer = case.http.get(f"/v1/{path}")
    assert slug(answer, 422) == "unknown-parameter"
    assert answer.json()["problems"] == [says]


def test_a_parameter_that_is_given_twice_is_refused_for_one_of_them_would_be_passed_over(case: Case) -> None:
    answer = case.http.get("/v1/breaches?state=open&limit=2&state=withdrawn")
    assert slug(answer, 422) == "invalid"
    assert answer.json()["problems"] == ["query.state: given twice (say it once; ask once for each)"]


def test_a_command_takes_none_that_it_does_not_know_either(case: Case) -> None:
    answer = case.http.put("/v1/services/sales?dryrun=true", content="entente: 1\nservice: sales\ntitle: Sales\n")
    assert answer.json()["problems"] == ["query.dryrun: no such parameter (did you mean “dry_run”?)"]
    assert case.get("/v1/services", "sales")[0].get("sources") == []


def test_the_description_is_openapi_3_1(case: Case) -> None:
    described = case.http.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []
