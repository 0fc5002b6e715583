"""A contract that nobody knows yet: begun with a sample or a copy, filled in, checked, proposed."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from dashboards.pages.contracts.starting import SAMPLES, free_id, sample_file
from domain.terms import KINDS
from services.contract_files import check_contract, contract_terms, read_documents
from tests.dashboards.contracts.test_editor import typed
from tests.dashboards.test_pages import HEAVIEST, Structure
from tests.dashboards.visiting import Site, leads

NEW = "/new-contract"


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
def test_each_beginning_is_a_page_with_form_and_file(shown: Site, query: str, language: str) -> None:
    answer = shown.get(NEW + query, language, "kitchen/marc.olivier")
    assert answer.status_code == 200
    made = Structure(answer.text)
    assert made.open == []
    assert made.headings[0] == 1
    assert set(made.fields) <= made.labels
    assert len(answer.text.encode()) < HEAVIEST
    if query:
        [document] = read_documents(typed(answer.text), "contract")
        assert document.tree["supplier"] == "kitchen"
        assert document.tree["valid"] == {"from": "2026-12-01"}
        assert check_contract(document, {}) == [] or "copy" in query


def test_a_copy_takes_another_id(shown: Site) -> None:
    assert "contract: school-meals-2" in typed(shown.page(f"{NEW}?copy=school-meals"))
    assert free_id("a" * 63, ["a" * 63]) == "a" * 58 + "-2"


def test_the_form_changes_what_only_a_new_contract_may_say(shown: Site) -> None:
    file = sample_file("turnaround", "kitchen", "education", "Europe/Paris", date(2026, 12, 1))
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
    after = shown.post(f"{NEW}/check", data).json()["file"]
    [document] = read_documents(after, "contract")
    assert (document.tree["contract"], document.tree["client"]) == ("repairs", "it")
    assert document.tree["valid"] == {"from": "2027-01-01"}
    assert document.tree["deliverables"][0]["title"]["fr"] == "Une réparation"
    assert document.tree["deliverables"][0]["criteria"][0]["indicator"]["opened"] == {"type": "repair.asked"}
    assert document.tree["entente"] == 1
    assert typed(shown.post(NEW, {**data, "verb": "fill"}).text).strip() == after.strip()


def test_what_is_proposed_is_the_file_once_and_leads_to_its_version(site: Site) -> None:
    file = sample_file("volume", "kitchen", "education", "Europe/Paris", date(2026, 12, 1), owner="nadia.ferrand")
    data = {"file": file, "verb": "propose", "ticket": "one"}
    assert leads(site.post(NEW, data)) == "/contracts/meals/versions/1"
    after = site.position()
    assert leads(site.post(NEW, data)) == "/contracts/meals/versions/1", "who sends it twice comes to what was made"
    assert site.position() == after
    assert (site.newest("meals").state, site.newest("meals").position) == ("proposed", 1)


def test_an_id_that_is_taken_is_refused_and_nothing_typed_is_lost(shown: Site) -> None:
    before = shown.position()
    file = sample_file("volume", "kitchen", "education", "Europe/Paris", date(2026, 12, 1))
    file = re.sub("(?m)^contract: .*", "contract: school-meals", file) + "# mine\n"
    answer = shown.post(NEW, {"file": file, "verb": "propose"}, "fr")
    assert answer.status_code == 409
    assert "existe déjà" in answer.text
    assert "# mine" in typed(answer.text)
    said = shown.post(f"{NEW}/check", {"file": file}).json()["checked"]
    assert "of that id is there already" in said
    assert '<a href="#f.contract" data-field>' in said
    assert shown.position() == before


def test_a_contract_of_others_leads_to_the_field_of_its_parties(shown: Site) -> None:
    file = sample_file("volume", "sodalis", "education", "Europe/Paris", date(2026, 12, 1))
    said = shown.post(f"{NEW}/check", {"file": file}, who="kitchen/marc.olivier").json()["checked"]
    assert "is no party of meals" in said
    assert '<a href="#f.supplier" data-field>' in said


def test_a_new_contract_is_read_and_tried_by_its_titles_and_its_own_hours(shown: Site) -> None:
    file = sample_file("punctuality", "kitchen", "education", "Europe/Paris", date(2026, 12, 1), owner="nadia.ferrand")
    data = {"file": file, "verb": "try", "first": "2026-09-01", "last": "2026-10-31"}
    for language, title, hours in (
        ("en", "Weekly report · On time", "the hours written in this contract"),
        ("fr", "Rapport hebdomadaire · À l’heure", "les horaires écrits dans ce contrat"),
    ):
        html = unescape(shown.post(NEW, data, language).text)
        tried = html.partition('id="tried"')[2].partition("</table>")[0]
        assert f"<td>{title}</td>" in tried
        assert "weekly-report/on-time" not in html.partition("</textarea>")[2]
        assert hours in html


def test_an_auditor_writes_none_and_other_sites_send_none(shown: Site) -> None:
    before = shown.position()
    assert shown.get(NEW, who="auditor").status_code == 403
    for path in (NEW, f"{NEW}/check"):
        assert shown.post(path, {"file": "x", "verb": "propose"}, headers={}).status_code == 403
    assert shown.get(f"{NEW}?kind=nonsense").status_code == 404
    assert shown.position() == before


def test_names_that_nobody_knows_have_to_be_confirmed(site: Site) -> None:
    before = site.position()
    right = sample_file("volume", "kitchen", "education", "Europe/Paris", date(2026, 12, 1), owner="nadia.ferrand")
    assert 'name="sure"' not in site.post(f"{NEW}/check", {"file": right}).json()["checked"]
    wrong = right.replace("education", "eductaion")
    refused = site.post(NEW, {"file": wrong, "verb": "propose"})
    assert refused.status_code == 409
    assert "did you mean “education”?" in unescape(refused.text)
    [sure] = re.findall(r'name="sure" value="([^"]+)"', refused.text)
    other = wrong.replace("nadia.ferrand", "nobody")
    for file in (other, wrong):
        assert site.position() == before
        answer = site.post(NEW, {"file": file, "verb": "propose", "sure": sure})
        assert answer.status_code == (409 if file == other else 303)
    assert (site.newest("meals").state, site.newest("meals").position) == ("proposed", 1)


def test_the_form_offers_what_the_directory_knows(shown: Site) -> None:
    html = shown.page(f"{NEW}?kind=volume")
    for name in ("supplier", "client"):
        offered = html.partition(f'<select id="f.{name}"')[2].partition("</select>")[0]
        assert re.search(r'<option value="kitchen"[^>]*>Central kitchen</option>', offered)
    offered = html.partition('<select id="f.deliverables.0.criteria.0.owner"')[2].partition("</select>")[0]
    assert re.search(r'<option value="luc.petit"[^>]*>Luc Petit</option>', offered)
