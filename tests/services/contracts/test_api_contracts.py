"""Contracts over HTTP: proposed as files, commented, refused, withdrawn, signed, amended, terminated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.api_case import Case, contract, opened, slug

AT = "/v1/contracts/to-marketing"
DRAFT = contract("to-marketing", "marketing")
YAML = {"content-type": "application/yaml"}


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        yield case


def test_the_parties_agree_in_turns(case: Case) -> None:
    proposed = case.put_contract(DRAFT, "sales/anna", sign="supplier").json()
    assert (proposed["kind"], proposed["outcome"], proposed["version"]) == ("contract", "proposed", 1)
    assert (proposed["signed"], proposed["is_judged"]) == (["supplier"], True)
    [listed] = case.get("/v1/contracts", "marketing")
    assert (listed["state"], listed["proposal"]["signed_by"]) == ("proposed", ["supplier"])
    assert case.post(f"{AT}/comment", "marketing/luc", clause="deliverables[0]", text="earlier?").status_code == 200
    assert case.post(f"{AT}/refuse", "marketing/luc", reason="too late in the day").status_code == 200
    shown = case.get(AT, "sales")
    assert (shown["state"], shown["versions"][0]["refusal"]) == ("refused", "too late in the day")
    assert shown["versions"][0]["comments"][0]["clause"] == "deliverables[0]"
    earlier = DRAFT.replace("10:00", "09:00")
    assert case.put_contract(earlier, "marketing/luc", sign="client").json()["signed"] == ["client"]
    assert case.post(f"{AT}/sign", "sales/anna").status_code == 200
    shown = case.get(AT, "sales")
    assert (shown["state"], shown["versions"][1]["state"], shown["proposal"]) == ("in force", "in force", None)
    assert shown["versions"][1]["document"]["deliverables"][0]["criteria"][0]["indicator"]["due"]["at"] == "09:00"
    assert slug(case.post(f"{AT}/sign", "sales/anna"), 409) == "refused"
    assert case.put_contract(earlier, "sales").json()["outcome"] == "unchanged"


def test_an_amendment_shows_what_it_changes_and_a_trial_changes_nothing(case: Case) -> None:
    case.put_contract(DRAFT, sign="supplier,client")
    amended = DRAFT.replace("10:00", "09:00") + "effective: 2026-03-01\n"
    before = case.store.history.last_position()
    tried = case.put_contract(amended, "sales", dry_run="true").json()
    french = case.put_contract(amended, "sales", dry_run="true", language="fr").json()
    assert (tried["outcome"], tried["version"], tried["position"]) == ("proposed", 2, 0)
    assert tried["changes"]
    assert tried["changes"] != french["changes"]
    assert case.store.history.last_position() == before
    case.put_contract(amended, "sales")
    assert case.get(AT, "marketing")["proposal"]["effective"] == "2026-03-01"
    assert slug(case.post(f"{AT}/withdraw", "marketing"), 409) == "refused"
    assert case.post(f"{AT}/withdraw", "sales").status_code == 200
    assert case.post(f"{AT}/terminate", "sales", until="2026-06-30").status_code == 200
    assert case.get(AT, "marketing")["valid_until"] == "2026-06-30"
    assert slug(case.post(f"{AT}/terminate", "sales", until="2026-02-31"), 400) == "invalid"


def test_every_wrong_place_of_a_file_is_named(case: Case) -> None:
    wrong = DRAFT.replace("Europe/Paris", "Europe/Pariss").replace("kind: punctuality", "kind: punctual")
    answer = case.put_contract(wrong)
    assert slug(answer, 422) == "contract-invalid"
    problems = answer.json()["problems"]
    assert len(problems) == 2
    assert problems[0].startswith("body:6:11: timezone: ")
    assert slug(case.http.put(AT, content=b"a: [", headers=YAML), 422) == "contract-invalid"
    assert slug(case.http.put(AT, content=b"", headers=YAML), 422) == "contract-invalid"
    assert slug(case.http.put(AT, content=b"\xff", headers=YAML), 422) == "contract-invalid"
    assert slug(case.http.put(AT, content=b'{"\\ud8c3": 1}', headers=YAML), 422) == "contract-invalid"
    assert "to-nobody" in case.http.put("/v1/contracts/to-nobody", content=DRAFT, headers=YAML).json()["detail"]
    two = f"{DRAFT}---\n{DRAFT}"
    assert "own address" in case.http.put(AT, content=two, headers=YAML).json()["detail"]
    assert case.get("/v1/contracts") == []


def test_files_come_as_yaml_or_json_and_not_too_large(case: Case) -> None:
    assert case.http.put(AT, content=DRAFT).status_code == 200
    service = '{"entente": 1, "service": "sales", "title": "Sales", "people": [{"id": "anna", "name": "Anna"}]}'
    json_type = {"content-type": "application/json; charset=utf-8"}
    answer = case.http.put("/v1/services/sales", content=service, headers=json_type).json()
    assert (answer["kind"], answer["outcome"]) == ("service", "described")
    assert case.get("/v1/services", "sales")[1]["people"] == [{"id": "anna", "name": "Anna", "email": None}]
    assert (
        slug(case.http.put(AT, content=DRAFT, headers={"content-type": "image/png"}), 415) == "unsupported-media-type"
    )
    large = "#" * (1 << 20) + "\n" + DRAFT
    assert slug(case.http.put(AT, content=large, headers=YAML), 413) == "too-large"
    assert slug(case.post(f"{AT}/comment", text="x" * (1 << 20)), 413) == "too-large"


def test_a_calendar_is_published_by_the_administrator(case: Case) -> None:
    calendar = 'entente: 1\ncalendar: office\ntimezone: Europe/Paris\nopen: {mon-fri: ["09:00-17:00"]}\n'
    refused = case.http.put("/v1/calendars/office", content=calendar, headers=YAML | {"entente-as": "sales"})
    assert slug(refused, 403) == "not-allowed"
    for outcome in ("published", "unchanged"):
        answer = case.http.put("/v1/calendars/office", content=calendar, headers=YAML).json()
        assert (answer["outcome"], answer["version"]) == (outcome, 1)
    assert case.put_contract(DRAFT + "calendar: office\n").status_code == 200
    assert slug(case.put_contract(DRAFT + "calendar: none\n"), 422) == "contract-invalid"
