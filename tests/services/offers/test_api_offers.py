"""`/v1/offers`, `/v1/charters`: files that are sent, what the parties decide, and what a client is shown of an offer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.given import Tree
from tests.services.api_case import Case, opened, slug
from tests.services.offered import CHARTER, OFFER, changed

SUPPLIER, CLIENT = "digital-syndicate", "human-resources"
OPEN = {**OFFER, "open_books": True}
AT = "/v1/charters/it-support-hr"


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        assert put(case, OFFER) == "published"
        assert put(case, CHARTER) == "proposed"
        yield case


def put(case: Case, tree: Tree) -> str:
    kind = "charter" if "charter" in tree else "offer"
    answer = case.http.put(f"/v1/{kind}s/{tree[kind]}", json=tree, headers={"entente-as": SUPPLIER})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["outcome"])


def test_both_sign_a_charter_and_either_ends_it(case: Case) -> None:
    [listed] = case.get("/v1/charters", CLIENT, offer="it-support")
    assert (listed["state"], listed["proposal"]["proposal"], listed["begins"]) == ("proposed", 1, None)
    assert case.post(f"{AT}/sign", SUPPLIER).status_code == 200
    assert slug(case.post(f"{AT}/sign", CLIENT, proposal=2), 409) == "proposal-moved"
    assert case.post(f"{AT}/sign", CLIENT, proposal=1).status_code == 200
    found = case.get(AT, CLIENT)
    assert (found["version"], found["begins"], found["proposal"]) == (1, "2026-01-01", None)
    [version] = found["versions"]
    assert (version["number"], version["state"], version["offer_version"]) == (1, "signed", 1)
    assert version["document"]["one_off"] == "3500.00"
    assert case.post(f"{AT}/terminate", CLIENT, until="2026-12-31").status_code == 200
    assert case.get(AT, SUPPLIER)["until"] == "2026-12-31"


def test_what_was_proposed_is_refused_or_withdrawn(case: Case) -> None:
    assert case.post(f"{AT}/refuse", CLIENT, reason="too dear").status_code == 200
    assert case.get(AT, SUPPLIER)["versions"][0]["refusal"] == "too dear"
    put(case, changed(CHARTER, "level", to="extended"))
    assert case.post(f"{AT}/withdraw", SUPPLIER).status_code == 200
    assert [one["state"] for one in case.get(AT, CLIENT)["versions"]] == ["refused", "withdrawn"]


def test_a_later_wording_says_what_it_changes(case: Case) -> None:
    for who in (SUPPLIER, CLIENT):
        case.post(f"{AT}/sign", who)
    put(case, changed(changed(CHARTER, "level", to="extended"), "effective", to="2026-05-01"))
    first, second = case.get(AT, CLIENT)["versions"]
    assert first["differences"] == []
    assert second["differences"] == ["effective: 2026-01-01 → 2026-05-01", "level: standard → extended"]


def test_a_client_is_shown_neither_the_map_of_clients_nor_costs(case: Case) -> None:
    put(case, changed(OFFER, "costs", 0, "title", to={"en": "People", "fr": "Personnel"}))
    own = case.get("/v1/offers/it-support", SUPPLIER)
    assert own["versions"][1]["differences"] == ["costs / staff / title / en: Staff → People"]
    assert own["versions"][1]["document"]["costs"][1]["driver"]["keys"]["legal"] == 1
    shown = case.get("/v1/offers/it-support", CLIENT)
    for one in shown["versions"]:
        assert "costs" not in one["document"]
        assert one["document"]["meters"][0]["client"] == {"path": "data.client"}
        assert one["differences"] == []
    assert shown["versions"][0]["document"]["levels"] == own["versions"][0]["document"]["levels"]
    assert "legal" not in case.http.get("/v1/offers/it-support", headers={"entente-as": CLIENT}).text


def test_where_the_books_are_open_a_client_is_shown_costs_and_still_no_other_client(case: Case) -> None:
    put(case, OPEN)
    costs = case.get("/v1/offers/it-support", CLIENT)["versions"][-1]["document"]["costs"]
    assert [(one["id"], one.get("driver")) for one in costs] == [("staff", {"meter": "hours"}), ("weekend-duty", None)]
    assert "legal" not in case.http.get("/v1/offers/it-support", headers={"entente-as": CLIENT}).text


def test_an_offer_is_withdrawn_by_its_supplier_alone(case: Case) -> None:
    assert slug(case.post("/v1/offers/it-support/withdraw", CLIENT, reason="x"), 403) == "not-allowed"
    assert slug(case.post("/v1/offers/it-support/withdraw", "legal", reason="x"), 404) == "not-found"
    assert case.post("/v1/offers/it-support/withdraw", SUPPLIER, reason="x").status_code == 200
    assert slug(case.post(f"{AT}/sign", CLIENT), 409) == "offer-withdrawn"
    assert [one["state"] for one in case.get("/v1/offers", CLIENT)] == ["withdrawn"]


def test_a_file_that_is_amiss_says_where(case: Case) -> None:
    sent = changed(CHARTER, "level", to="premium")
    answer = case.http.put(AT, json=sent, headers={"entente-as": SUPPLIER})
    assert slug(answer, 422) == "contract-invalid"
    assert "premium" in answer.text
