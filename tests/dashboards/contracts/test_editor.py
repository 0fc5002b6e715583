"""The editor of a contract: form and file, what is wrong and where, the difference, the past, and who may propose."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from services.contract_files import Tree, read_documents, tree_from_canonical
from tests.dashboards.test_pages import HEAVIEST, Structure
from tests.dashboards.town import meals
from tests.dashboards.visiting import Site

PATH = "/contracts/school-meals/edit"


def file() -> str:
    """What the third version says, with other days for late data, and comments."""
    return meals(3).replace("late_data: 3 days", "late_data: 2 days")


def typed(html: str) -> str:
    return unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1])  # type: ignore[index]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_form_and_file_stand_side_by_side(shown: Site, language: str) -> None:
    html = shown.page(PATH, language)
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


def test_the_calendars_that_are_offered_are_those_that_have_a_name(shown: Site) -> None:
    """One that is written into its contract can be named in no other."""
    offered = shown.page(PATH).partition('name="f.calendar"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]*)"', offered) == ["", "city-office", "school-days"]


def test_the_script_is_our_own_and_named_after_its_content(shown: Site) -> None:
    [address] = re.findall(r'<script src="(/static/editor-[0-9a-f]{12}\.js)" defer>', shown.page(PATH))
    answer = shown.get(address)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self'" in shown.get(PATH).headers["content-security-policy"]
    assert "http" not in answer.text.replace('"use strict"', "")


def test_what_is_wrong_is_said_with_its_place_and_nothing_typed_is_lost(shown: Site) -> None:
    before = shown.position()
    wrong = file().replace("at: ", "att: ", 1) + "# mine & only mine\n"
    answer = shown.post(PATH, {"file": wrong, "verb": "check"})
    assert answer.status_code == 200
    assert re.search(r'data-line="\d+" data-column="\d+">line \d+, column \d+</a>', answer.text)
    assert "att" in answer.text
    assert typed(answer.text).strip() == wrong.strip()
    part = shown.post(f"{PATH}/check", {"file": wrong}, "fr").json()
    assert "endroit" in part["checked"]
    assert "<html" not in part["checked"]
    assert shown.position() == before


@pytest.mark.parametrize(
    ("code", "place", "colon"), [("en", "Line {}, column {}, ", ": "), ("fr", "Ligne {}, colonne {}, ", "\u00a0: ")]
)
def test_a_refused_proposal_says_what_is_wrong_as_the_check_does(
    shown: Site, code: str, place: str, colon: str
) -> None:
    before = shown.position()
    wrong = re.sub("(?m)^late_data: .*", "late_data: soon", file())
    answer = shown.post(PATH, {"file": wrong, "verb": "propose"}, code)
    [(line, column)] = re.findall(r'data-line="(\d+)" data-column="(\d+)"', answer.text)
    [checked] = re.findall(r'<a href="#f.late_data" data-field>[^<]*</a> <span class="sub">(.*?)</span>', answer.text)
    refusal = f'{place.format(line, column)}<code translate="no">late_data</code>{colon}{checked}.'
    assert answer.text.count(refusal) == 1
    assert "ontract:" not in answer.text.partition("<textarea")[0]
    assert shown.position() == before


def test_the_form_changes_the_file_and_keeps_its_comments(shown: Site) -> None:
    data = {
        "file": file() + "# kept\n",
        "verb": "fill",
        "f.late_data": "9 days",
        "f.contract": "x",
        "f.valid.from": "2020-01-01",
    }
    after = typed(shown.post(PATH, data).text)
    assert "late_data: 9 days" in after
    assert "# kept" in after
    assert "contract: school-meals" in after
    assert "2020-01-01" not in after
    live = shown.post(f"{PATH}/check", data).json()
    assert live["file"].strip() == after.strip()
    assert (live["fields"]["f.late_data"], live["fields"]["f.late_data~unit"]) == ("9", "days")


def test_a_draft_is_tried_on_the_past(shown: Site) -> None:
    before = shown.position()
    data = {"file": file(), "verb": "try", "first": "2026-09-01", "last": "2026-10-31"}
    html = shown.post(PATH, data).text
    assert "With the draft" in html
    assert "October 2026" in html
    tried = html.partition('id="tried"')[2]
    states = [
        re.search(r" · (met|breached|on track|tight|lost)", cell)
        for cell in re.findall('<td class="num"[^>]*>(.*?)</td>', tried)
    ]
    assert states
    assert all(states), tried
    assert "“soon” is no date" in shown.post(PATH, {**data, "first": "soon"}).text
    assert shown.position() == before


def test_what_is_proposed_is_the_file_once(site: Site) -> None:
    data = {"file": file(), "verb": "propose", "based_on": "3", "ticket": "one"}
    for _ in range(2):
        answer = site.post(PATH, data)
        assert answer.status_code == 303
    assert proposed(site) == (4, read_documents(file(), "contract")[0].tree)


def proposed(site: Site) -> tuple[int, Tree]:
    """Which of all proposals of the contract is the newest, and what it says."""
    newest = site.newest()
    return newest.position, tree_from_canonical(newest.document)


def test_two_who_edit_at_once_lose_nothing(shown: Site) -> None:
    before = shown.position()
    answer = shown.post(PATH, {"file": file() + "# second\n", "verb": "propose", "based_on": "2"})
    assert answer.status_code == 409
    assert "ersion 3 was proposed while you were writing" in answer.text
    assert "# second" in typed(answer.text)
    assert shown.position() == before


def test_only_the_parties_edit_and_only_from_our_own_page(shown: Site) -> None:
    before = shown.position()
    for who, status in (("auditor", 403), ("kitchen/marc.olivier", 200)):
        assert shown.get(PATH, who=who).status_code == status
    for path in (PATH, f"{PATH}/check"):
        assert shown.post(path, {"file": file(), "verb": "propose"}, headers={}).status_code == 403
    assert shown.get("/contracts/none/edit").status_code == 404
    assert shown.position() == before


@pytest.mark.parametrize(
    ("what", "put"),
    [
        ("criteria: 4", lambda text: re.sub(r"criteria:\n( +).*\Z", "criteria: 4\n", text, flags=re.DOTALL)),
        ("criteria: true", lambda text: re.sub(r"criteria:\n( +).*\Z", "criteria: true\n", text, flags=re.DOTALL)),
        ("contract: [1]", lambda text: re.sub(r"contract: .*", "contract: [1]", text)),
        ("contract: {}", lambda text: re.sub(r"contract: .*", "contract: {}", text)),
    ],
)
def test_what_a_file_says_of_another_sort_is_wrong_and_no_fault_of_the_program(
    shown: Site, what: str, put: Callable[[str], str]
) -> None:
    wrong = put(file())
    assert what in wrong
    for path in (PATH, "/new-contract"):
        for verb in ("check", "fill", "read", "propose"):
            answer = shown.post(path, {"file": wrong, "verb": verb})
            assert answer.status_code in (200, 409, 422), (path, verb)
            assert typed(answer.text).strip() == wrong.strip(), (path, verb)


def test_what_was_agreed_for_later_does_not_begin_sooner_by_what_is_written_on_it(site: Site) -> None:
    """An amendment of the newest wording begins when that does, or later."""
    later = meals(3).replace("effective: 2026-12-01", "effective: 2027-03-15")
    site.town.agree(later, "supplier", "client")
    assert "effective: 2027-03-15" in typed(site.get("/contracts/school-meals/edit").text)


def test_who_reads_what_was_proposed_meanwhile_proposes_all_the_same(site: Site) -> None:
    """It is said as soon as the draft is checked or read, with the way there; saying to have read it is the way on."""
    mine = {"file": file(), "based_on": "2", "ticket": ""}
    said = site.post(f"{PATH}/check", mine).json()["checked"]
    assert 'href="/contracts/school-meals/versions/3"' in said
    for verb in ("check", "read", "propose"):
        html = site.post(PATH, mine | {"verb": verb}).text
        assert 'href="/contracts/school-meals/versions/3"' in html, verb
        assert "Version 3 was proposed while you were writing" in html, verb
    [read] = re.findall(r'name="has_read" value="([^"]+)"', html)
    assert 'href="#has_read"' in html, "the refusal leads to what is to be said"
    assert site.post(PATH, mine | {"verb": "propose", "has_read": "2-2"}).status_code == 409
    assert site.post(PATH, mine | {"verb": "propose", "has_read": read}).status_code == 303
    assert site.newest().position == 4


def test_an_amendment_of_the_past_is_refused_in_the_words_of_the_form(shown: Site) -> None:
    past = re.sub("(?m)^effective: .*", "effective: 2026-02-01", file())
    for code, says in (
        ("en", "a later date, or a reason for changing the past"),
        ("fr", "un motif pour changer le passé"),
    ):
        checked = shown.post(f"{PATH}/check", {"file": past}, code).json()["checked"]
        assert says in checked
        assert "rebaseline: {" not in checked
