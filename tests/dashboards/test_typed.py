"""What is typed into the form beside a contract's file is in the file, whatever button is pressed; nothing that is typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from fastapi.testclient import TestClient

from dashboards.pages.starting import sample_file
from services.contract_files import Tree, read_documents
from tests.dashboards.scenario import town
from tests.dashboards.serving import application
from tests.dashboards.test_editor import HERE, PATH, edited, file, typed
from tests.dashboards.twin import Decisions

NEW = "/new-contract"
VERBS = ("fill", "check", "try", "propose", "anything")
DAYS = {"first": "2026-09-01", "last": "2026-10-31"}
ENGLISH = {**HERE, "Cookie": "language=en"}
CRITERION = "f.deliverables.0.criteria.0"


@pytest.fixture
def served() -> Iterator[tuple[TestClient, Decisions]]:
    app, decisions = application(edited(town()))
    with TestClient(app, follow_redirects=False) as client:
        yield client, decisions


def fields(html: str) -> dict[str, str]:
    """All that the form of the page would send, but for its buttons."""
    form = html.partition('class="editor"')[2]
    found = re.findall(r'<input type="(?:hidden|text|date)"[^>]*? name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found} | {"file": typed(html)}


def sent(client: TestClient, decisions: Decisions, path: str, data: dict[str, str]) -> tuple[Tree, str]:
    """What the file says after that sending: on the page that comes, or as it was proposed."""
    answer = client.post(path, data=data | DAYS, headers=HERE)
    if data["verb"] == "propose":
        assert answer.status_code == 303, answer.text[-3000:]
        text = decisions.done[-1][3]
    else:
        text = typed(answer.text)
    return read_documents(text, "contract")[0].tree, text


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_typed_into_the_form_is_applied_on_every_verb(served: tuple[TestClient, Decisions], verb: str) -> None:
    client, decisions = served
    data = fields(client.get(PATH).text)
    assert CRITERION + ".indicator.due.at" in data
    data |= {"verb": verb, "f.effective": "2027-02-01", "f.late_data": "9 days", CRITERION + ".target.at_least": "77 %"}
    tree, _ = sent(client, decisions, PATH, data)
    assert (str(tree["effective"]), tree["late_data"]) == ("2027-02-01", "9 days")
    assert tree["deliverables"][0]["criteria"][0]["target"]["at_least"] == "77 %"


@pytest.mark.parametrize("verb", VERBS)
def test_of_a_new_contract_too_digits_are_texts_where_texts_are_meant(
    served: tuple[TestClient, Decisions], verb: str
) -> None:
    client, decisions = served
    data = fields(client.get(f"{NEW}?kind=turnaround", headers={"Cookie": "as=kitchen/marc.olivier"}).text)
    data |= {"verb": verb, "f.contract": "2027", "f.title.fr": "2027", "f.client": "schools", "ticket": ""}
    data |= {CRITERION + ".owner": "luc", CRITERION + ".indicator.within": "5 working hours"}
    tree, _ = sent(client, decisions, NEW, data)
    assert (tree["contract"], tree["title"]["fr"], tree["client"]) == ("2027", "2027", "schools")
    criterion = tree["deliverables"][0]["criteria"][0]
    assert (criterion["owner"], criterion["indicator"]["within"]) == ("luc", "5 working hours")


def test_a_field_that_nobody_touched_leaves_alone_what_was_typed_into_the_file(
    served: tuple[TestClient, Decisions],
) -> None:
    client, decisions = served
    data = fields(client.get(PATH).text)
    data["file"] = data["file"].replace(data["f.effective"], "2027-03-01") + "# by hand\n"
    tree, text = sent(client, decisions, PATH, data | {"verb": "propose", "f.late_data": "9 days"})
    assert (str(tree["effective"]), tree["late_data"]) == ("2027-03-01", "9 days")
    assert "# by hand" in text


def test_a_field_that_is_emptied_takes_its_key_out_and_can_be_filled_again(
    served: tuple[TestClient, Decisions],
) -> None:
    client, decisions = served
    first = fields(client.get(PATH).text)
    first["file"] += "# kept\n"
    html = client.post(PATH, data=first | {"verb": "check", "f.late_data": ""}, headers=HERE).text
    second = fields(html)
    assert "late_data" not in read_documents(second["file"], "c")[0].tree
    assert second["f.late_data"] == ""
    tree, text = sent(client, decisions, PATH, second | {"verb": "propose", "f.late_data": "4 days"})
    assert tree["late_data"] == "4 days"
    assert "# kept" in text


def test_over_a_file_that_cannot_be_read_what_was_typed_waits_in_its_fields(
    served: tuple[TestClient, Decisions],
) -> None:
    client, decisions = served
    data = fields(client.get(PATH).text)
    right = data["file"]
    wrong = data | {"file": right + "x: [\n", "f.late_data": "9 days", CRITERION + ".target.at_least": "91 %"}
    for verb in ("fill", "try", "check"):
        html = client.post(PATH, data=wrong | {"verb": verb} | DAYS, headers=HERE).text
        kept = fields(html)
        assert kept["f.late_data"] == "9 days"
        assert typed(html).endswith("x: [\n")
        assert {name for name in data if name.startswith("f.")} <= set(kept)
        wrong = kept
    refused = client.post(PATH, data=wrong | {"verb": "propose"}, headers=HERE)
    assert refused.status_code == 422
    tree, _ = sent(client, decisions, PATH, fields(refused.text) | {"verb": "propose", "file": right})
    assert tree["late_data"] == "9 days"


def test_a_second_document_is_no_reason_to_drop_one(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    two = file() + "---\nentente: 1\ncontract: other\n---\n[\n"
    html = client.post(PATH, data={"file": two, "verb": "fill", "f.late_data": "9 days"}, headers=HERE).text
    assert typed(html) == two
    assert fields(html)["f.late_data"] == "9 days"


def test_the_live_answer_says_what_the_form_and_the_file_say_then(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    data = fields(client.get(PATH).text)
    data["file"] = data["file"].replace(data["f.effective"], "2027-03-01")
    said = client.post(f"{PATH}/check", data=data | {"f.late_data": "9 days"}, headers=HERE).json()
    assert "late_data: 9 days" in said["file"]
    assert (said["fields"]["f.effective"], said["fields"]["f.late_data"]) == ("2027-03-01", "9 days")
    assert json.loads(said["shown"]) == said["fields"]


def test_a_counter_proposal_of_the_same_number_is_not_replaced_unseen(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    data = fields(client.get(PATH).text)
    rows = decisions.rows
    [row] = [one for one in rows.contract_rows if one.id == "school-meals"]
    newest = row.versions[-1]
    moved = replace(row, versions=(*row.versions, replace(newest, position=newest.position + 1)))
    rows.contract_rows = [moved if one is row else one for one in rows.contract_rows]
    answer = client.post(PATH, data=data | {"verb": "propose", "f.late_data": "9 days"}, headers=HERE)
    assert answer.status_code == 409
    assert "was proposed while you were writing" in answer.text
    assert fields(answer.text)["f.late_data"] == "9 days"
    assert "late_data: 9 days" in typed(answer.text)
    again = client.post(PATH, data=fields(answer.text) | {"verb": "propose"}, headers=HERE)
    assert again.status_code == 409, "the page that was refused is still based on what its reader had read"
    assert decisions.done == []


@pytest.mark.parametrize("path", [PATH, NEW])
def test_a_switch_of_language_after_any_answer_keeps_what_was_typed(
    served: tuple[TestClient, Decisions], path: str
) -> None:
    client, _ = served
    text = file() if path == PATH else sample_file("volume", "kitchen", "schools", "Europe/Paris", date(2026, 12, 1))
    wrong = text.replace("at_least", "at_lest").replace("max_misses", "max_mises")
    for verb in VERBS:
        answer = client.post(path, data={"file": wrong + "# mine\n", "verb": verb} | DAYS, headers=ENGLISH)
        switch = unescape(re.search(r'href="(/language/fr[^"]*)"', answer.text)[1])  # type: ignore[index]
        there = client.get(switch).headers["location"]
        french = client.get(there, headers={"Cookie": "language=fr"})
        assert french.status_code == 200
        assert "Proposer" in french.text
        assert typed(french.text).endswith("# mine\n"), verb


def test_what_was_sent_is_shown_to_nobody_else(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    answer = client.post(PATH, data={"file": file() + "# mine\n", "verb": "check"}, headers=HERE)
    address = unescape(re.search(r'data-here="([^"]+)"', answer.text)[1])  # type: ignore[index]
    assert "# mine" in client.get(address).text
    assert "# mine" not in client.get(address, headers={"Cookie": "as=kitchen/marc.olivier"}).text
