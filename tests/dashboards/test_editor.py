"""The editor of a contract: form and file, what is wrong and where, the difference, the past, and who may propose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.contract_files import canonical, read_documents
from tests.dashboards.scenario import town
from tests.dashboards.serving import application
from tests.dashboards.test_pages import HEAVIEST, Structure
from tests.dashboards.twin import Decisions, Rows

HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
PATH = "/contracts/school-meals/edit"
SAMPLE = (Path(__file__).parents[2] / "deploy" / "samples" / "canteen-deliveries.yaml").read_text("utf-8")


def file() -> str:
    return re.sub(r"(?m)^contract: .*", "contract: school-meals", SAMPLE)


def edited(rows: Rows) -> Rows:
    """The town, whose contract of meals has the wording of a sample."""
    [document] = read_documents(file(), "contract")
    rows.contract_rows = [
        replace(row, versions=tuple(replace(one, document=canonical(document)) for one in row.versions))
        if row.id == "school-meals"
        else row
        for row in rows.contract_rows
    ]
    return rows


@pytest.fixture
def served() -> Iterator[tuple[TestClient, Decisions]]:
    app, decisions = application(edited(town()))
    with TestClient(app, follow_redirects=False) as client:
        yield client, decisions


def typed(html: str) -> str:
    return unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1])  # type: ignore[index]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_form_and_file_stand_side_by_side(served: tuple[TestClient, Decisions], language: str) -> None:
    client, _ = served
    html = client.get(PATH, headers={"Cookie": f"language={language}"}).text
    made = Structure(html)
    assert made.open == []
    assert made.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(made.headings, made.headings[1:], strict=False))
    assert set(made.fields) <= made.labels
    assert "style" not in made.attributes
    assert not {name for name in made.attributes if name.startswith("on")}
    assert [load for load in made.loads if load.startswith("/static/editor-")]
    assert len(html.encode()) < HEAVIEST
    assert re.search(r'name="f\.effective" value="2026-12-01"', html)
    [document] = read_documents(typed(html), "contract")
    assert str(document.tree["effective"]) == "2026-12-01"


def test_the_script_is_our_own_and_named_after_its_content(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    [address] = re.findall(r'<script src="(/static/editor-[0-9a-f]{12}\.js)" defer>', client.get(PATH).text)
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self'" in client.get(PATH).headers["content-security-policy"]
    assert "http" not in answer.text.replace('"use strict"', "")


def test_what_is_wrong_is_said_with_its_place_and_nothing_typed_is_lost(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    wrong = file().replace("at: ", "att: ", 1) + "# mine & only mine\n"
    answer = client.post(PATH, data={"file": wrong, "verb": "check"}, headers=HERE)
    assert answer.status_code == 200
    assert re.search(r'data-line="\d+" data-column="\d+">line \d+, column \d+</a>', answer.text)
    assert "att" in answer.text
    assert typed(answer.text).strip() == wrong.strip()
    part = client.post(f"{PATH}/check", data={"file": wrong}, headers={**HERE, "Cookie": "language=fr"}).json()
    assert "endroit" in part["checked"]
    assert "<html" not in part["checked"]
    assert decisions.done == []


@pytest.mark.parametrize(
    ("code", "place", "colon"), [("en", "Line {}, column {}, ", ": "), ("fr", "Ligne {}, colonne {}, ", "\u00a0: ")]
)
def test_a_refused_proposal_says_what_is_wrong_as_the_check_does(
    served: tuple[TestClient, Decisions], code: str, place: str, colon: str
) -> None:
    client, decisions = served
    wrong = re.sub("(?m)^late_data: .*", "late_data: soon", file())
    answer = client.post(PATH, data={"file": wrong, "verb": "propose"}, headers={**HERE, "Cookie": f"language={code}"})
    [(line, column)] = re.findall(r'data-line="(\d+)" data-column="(\d+)"', answer.text)
    [checked] = re.findall(
        r'<span class="id" lang="en" translate="no">late_data</span><span class="sub">(.*?)</span>', answer.text
    )
    refusal = f'{place.format(line, column)}<code translate="no">late_data</code>{colon}{checked}.'
    assert answer.text.count(refusal) == 1
    assert "ontract:" not in answer.text.partition("<textarea")[0]
    assert decisions.done == []


def test_the_form_changes_the_file_and_keeps_its_comments(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    data = {
        "file": file() + "# kept\n",
        "verb": "fill",
        "f.late_data": "9 days",
        "f.contract": "x",
        "f.valid.from": "2020-01-01",
    }
    after = typed(client.post(PATH, data=data, headers=HERE).text)
    assert "late_data: 9 days" in after
    assert "# kept" in after
    assert "contract: school-meals" in after
    assert "2020-01-01" not in after
    live = client.post(f"{PATH}/check", data=data, headers=HERE).json()
    assert live["file"].strip() == after.strip()
    assert live["fields"]["f.late_data"] == "9 days"


def test_a_draft_is_tried_on_the_past(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    data = {"file": file(), "verb": "try", "first": "2026-09-01", "last": "2026-10-31"}
    html = client.post(PATH, data=data, headers=HERE).text
    assert "With the draft" in html
    assert "October 2026" in html
    tried = html.partition('id="tried"')[2]
    states = [
        re.search(r" · (met|breached|on track|tight|lost)", cell)
        for cell in re.findall('<td class="num">(.*?)</td>', tried)
    ]
    assert states
    assert all(states), tried
    assert client.post(PATH, data={**data, "first": "soon"}, headers=HERE).status_code == 400
    assert decisions.done == []


def test_what_is_proposed_is_the_file_once(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    data = {"file": file(), "verb": "propose", "based_on": "3", "ticket": "one"}
    for _ in range(2):
        answer = client.post(PATH, data=data, headers=HERE)
        assert answer.status_code == 303
    assert [(verb, id) for verb, _, id, _ in decisions.done] == [("propose", "school-meals")]


def test_two_who_edit_at_once_lose_nothing(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    answer = client.post(PATH, data={"file": file() + "# second\n", "verb": "propose", "based_on": "2"}, headers=HERE)
    assert answer.status_code == 409
    assert "ersion 3 was proposed while you were writing" in answer.text
    assert "# second" in typed(answer.text)
    assert decisions.done == []


def test_only_the_parties_edit_and_only_from_our_own_page(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    for who, status in (("auditor", 403), ("kitchen/marc.olivier", 200)):
        assert client.get(PATH, headers={"Cookie": f"as={who}"}).status_code == status
    for path in (PATH, f"{PATH}/check"):
        assert client.post(path, data={"file": file(), "verb": "propose"}).status_code == 403
    assert client.get("/contracts/none/edit").status_code == 404
    assert decisions.done == []
