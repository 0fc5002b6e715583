"""A contract that nobody knows yet: begun with a sample or a copy, filled in, checked, proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from fastapi.testclient import TestClient

from dashboards.pages.starting import SAMPLES, free_id, sample_file
from domain.terms import KINDS
from services.contract_files import check_contract, contract_terms, read_documents
from services.knowing import Directory
from tests.dashboards.scenario import town
from tests.dashboards.serving import application
from tests.dashboards.test_editor import HERE, edited, typed
from tests.dashboards.test_pages import HEAVIEST, Structure
from tests.dashboards.twin import Decisions

NEW = "/new-contract"


@pytest.fixture
def served() -> Iterator[tuple[TestClient, Decisions]]:
    app, decisions = application(edited(town()))
    with TestClient(app, follow_redirects=False) as client:
        yield client, decisions


def test_there_is_a_sample_of_every_kind() -> None:
    assert list(SAMPLES) == list(KINDS)


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_sample_is_valid_as_it_stands(kind: str) -> None:
    [document] = read_documents(sample_file(kind, "sales", "hr", "Europe/Paris", date(2026, 12, 1)), "contract")
    assert check_contract(document, {}) == []
    terms = contract_terms(document)
    assert terms.deliverables[0].criteria[0].indicator.kind == kind
    assert terms.valid_from == date(2026, 12, 1)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("query", ["", *(f"?kind={kind}" for kind in SAMPLES), "?copy=school-meals"])
def test_each_beginning_is_a_page_with_form_and_file(
    served: tuple[TestClient, Decisions], query: str, language: str
) -> None:
    client, _ = served
    answer = client.get(NEW + query, headers={"Cookie": f"language={language}; as=kitchen/marc.olivier"})
    assert answer.status_code == 200
    made = Structure(answer.text)
    assert made.open == []
    assert made.headings[0] == 1
    assert set(made.fields) <= made.labels
    assert len(answer.text.encode()) < HEAVIEST
    if query:
        [document] = read_documents(typed(answer.text), "contract")
        assert document.tree["supplier"] == ("central-kitchen" if "copy" in query else "kitchen")
        assert document.tree["valid"] == {"from": "2026-12-01"}
        assert check_contract(document, {}) == [] or "copy" in query


def test_a_copy_takes_another_id(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    assert "contract: school-meals-2" in typed(client.get(f"{NEW}?copy=school-meals").text)
    assert free_id("a" * 63, ["a" * 63]) == "a" * 58 + "-2"


def test_the_form_changes_what_only_a_new_contract_may_say(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    file = sample_file("turnaround", "kitchen", "schools", "Europe/Paris", date(2026, 12, 1))
    data = {
        "file": file,
        "f.contract": "repairs",
        "f.title.fr": "Réparations",
        "f.client": "it",
        "f.valid.from": "2027-01-01",
        "f.deliverables.0.title.fr": "Une réparation",
        "f.deliverables.0.criteria.0.indicator.opened.type": "repair.asked",
        "f.entente": "2",
    }
    after = client.post(f"{NEW}/check", data=data, headers=HERE).json()["file"]
    [document] = read_documents(after, "contract")
    assert (document.tree["contract"], document.tree["client"]) == ("repairs", "it")
    assert document.tree["valid"] == {"from": "2027-01-01"}
    assert document.tree["deliverables"][0]["title"]["fr"] == "Une réparation"
    assert document.tree["deliverables"][0]["criteria"][0]["indicator"]["opened"] == {"type": "repair.asked"}
    assert document.tree["entente"] == 1
    assert typed(client.post(NEW, data={**data, "verb": "fill"}, headers=HERE).text).strip() == after.strip()


def test_what_is_proposed_is_the_file_once_and_leads_to_its_version(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    file = sample_file("volume", "kitchen", "schools", "Europe/Paris", date(2026, 12, 1))
    data = {"file": file, "verb": "propose", "ticket": "one"}
    answer = client.post(NEW, data=data, headers=HERE)
    assert answer.headers["location"] == "/contracts/meals/versions/1"
    assert client.post(NEW, data=data, headers=HERE).status_code == 303
    assert [(verb, id) for verb, _, id, _ in decisions.done] == [("propose", "meals")]


def test_an_id_that_is_taken_is_refused_and_nothing_typed_is_lost(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    file = sample_file("volume", "kitchen", "schools", "Europe/Paris", date(2026, 12, 1))
    file = re.sub("(?m)^contract: .*", "contract: school-meals", file) + "# mine\n"
    answer = client.post(NEW, data={"file": file, "verb": "propose"}, headers={**HERE, "Cookie": "language=fr"})
    assert answer.status_code == 409
    assert "existe déjà" in answer.text
    assert "# mine" in typed(answer.text)
    assert "exists already" in client.post(f"{NEW}/check", data={"file": file}, headers=HERE).text
    assert decisions.done == []


def test_an_auditor_writes_none_and_other_sites_send_none(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    assert client.get(NEW, headers={"Cookie": "as=auditor"}).status_code == 403
    for path in (NEW, f"{NEW}/check"):
        assert client.post(path, data={"file": "x", "verb": "propose"}).status_code == 403
    assert client.get(f"{NEW}?kind=nonsense").status_code == 404
    assert decisions.done == []


def test_names_that_nobody_knows_have_to_be_confirmed(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    decisions.known = Directory({"kitchen": ["marc.olivier"], "schools": ["claire.dubois"]})
    right = sample_file("volume", "kitchen", "schools", "Europe/Paris", date(2026, 12, 1), owner="claire.dubois")
    english = {**HERE, "Cookie": "language=en"}
    assert 'name="sure"' not in client.post(f"{NEW}/check", data={"file": right}, headers=english).json()["checked"]
    wrong = right.replace("schools", "shcools")
    refused = client.post(NEW, data={"file": wrong, "verb": "propose"}, headers=english)
    assert refused.status_code == 409
    assert "did you mean “schools”?" in unescape(refused.text)
    [sure] = re.findall(r'name="sure" value="([^"]+)"', refused.text)
    other = wrong.replace("claire.dubois", "nobody")
    for file in (other, wrong):
        assert decisions.done == []
        answer = client.post(NEW, data={"file": file, "verb": "propose", "sure": sure}, headers=english)
        assert answer.status_code == (409 if file == other else 303)
    assert [(verb, id) for verb, _, id, _ in decisions.done] == [("propose", "meals")]


def test_the_form_offers_what_the_directory_knows(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    html = client.get(f"{NEW}?kind=volume", headers={"Cookie": "language=en"}).text
    for name in ("supplier", "client"):
        assert re.search(rf'name="f\.{name}"[^>]* list="known-{name}"', html)
        assert '<option value="kitchen">Central kitchen</option>' in html.partition(f'id="known-{name}"')[2]
    assert '<option value="marc.olivier">Marc Olivier</option>' in html.partition('id="known-owner"')[2]
