"""What is typed into the form beside a contract's file is in the file, whatever button is pressed; nothing that is typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest

from dashboards.pages.contracts.starting import sample_file
from services.api.cross_site import FIELD
from services.contract_files import Tree, read_documents, tree_from_canonical
from tests.dashboards.contracts.test_editor import PATH, file, typed
from tests.dashboards.valmoray import living_town
from tests.dashboards.visiting import Site, visited

NEW = "/new-contract"
VERBS = ("fill", "check", "try", "propose", "anything")
DAYS = {"first": "2026-09-01", "last": "2026-10-31"}
CRITERION = "f.deliverables.0.criteria.0"


@pytest.fixture(scope="module")
def desk() -> Iterator[Site]:
    """Where one after the other is sent; what is proposed replaces what was before."""
    with living_town() as town, visited(town) as site:
        yield site


class Filled(HTMLParser):
    """What a browser would send of a form: all that stands in it, but for its buttons."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "input" and (said["type"] != "checkbox" or "checked" in said):
            self.values[said["name"]] = said.get("value", "")
        elif tag == "select":
            self._select = said["name"]
        elif tag == "option" and self._select and ("selected" in said or self._select not in self.values):
            self.values[self._select] = said["value"]

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select


def fields(html: str) -> dict[str, str]:
    """All that the form of the page would send, as from no page that one comes back to."""
    form = html.partition('class="editor"')[2].partition("</form>")[0]
    return Filled(form).values | {"file": typed(html), "opened_at": ""}


def sent(site: Site, path: str, data: dict[str, str]) -> tuple[Tree, str]:
    """What the file says after that sending: on the page that comes, or as it was proposed, without its comments then."""
    answer = site.post(path, data | DAYS)
    if data["verb"] == "propose":
        assert answer.status_code == 303, answer.text[-3000:]
        found = re.match("/contracts/([^/]+)", answer.headers["location"])
        assert found
        text = site.newest(found[1]).document
        return tree_from_canonical(text), text
    text = typed(answer.text)
    return read_documents(text, "contract")[0].tree, text


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_typed_into_the_form_is_applied_on_every_verb(desk: Site, verb: str) -> None:
    data = fields(desk.page(PATH))
    assert CRITERION + ".indicator.due.at" in data
    data |= {"verb": verb, "f.effective": "2027-02-01", "f.late_data": "9 days", CRITERION + ".target.at_least": "77 %"}
    tree, _ = sent(desk, PATH, data)
    assert (str(tree["effective"]), tree["late_data"]) == ("2027-02-01", "9 days")
    assert tree["deliverables"][0]["criteria"][0]["target"]["at_least"] == "77 %"


@pytest.mark.parametrize("verb", VERBS)
def test_of_a_new_contract_too_digits_are_texts_where_texts_are_meant(desk: Site, verb: str) -> None:
    data = fields(desk.page(f"{NEW}?kind=turnaround", who="kitchen/marc.olivier"))
    del data[FIELD]  # of whoever opened the page; another sends it
    data |= {"verb": verb, "f.contract": "2027", "f.title.fr": "2027", "f.client": "education", "ticket": ""}
    data |= {CRITERION + ".owner": "nadia.ferrand", CRITERION + ".indicator.within": "5 working hours"}
    tree, _ = sent(desk, NEW, data)
    assert (tree["contract"], tree["title"]["fr"], tree["client"]) == ("2027", "2027", "education")
    criterion = tree["deliverables"][0]["criteria"][0]
    assert (criterion["owner"], criterion["indicator"]["within"]) == ("nadia.ferrand", "5 working hours")


def test_a_field_that_nobody_touched_leaves_alone_what_was_typed_into_the_file(
    site: Site,
) -> None:
    data = fields(site.page(PATH))
    data["file"] = data["file"].replace(data["f.effective"], "2027-03-01") + "# by hand\n"
    for verb in ("check", "propose"):
        tree, text = sent(site, PATH, data | {"verb": verb, "f.late_data": "9 days"})
        assert (str(tree["effective"]), tree["late_data"]) == ("2027-03-01", "9 days")
        assert ("# by hand" in text) == (verb == "check"), "what is agreed on is stored without comments"


def test_a_field_that_is_emptied_takes_its_key_out_and_can_be_filled_again(
    site: Site,
) -> None:
    first = fields(site.page(PATH))
    first["file"] += "# kept\n"
    html = site.post(PATH, first | {"verb": "check", "f.late_data": ""}).text
    second = fields(html)
    assert "late_data" not in read_documents(second["file"], "c")[0].tree
    assert second["f.late_data"] == ""
    assert "# kept" in second["file"]
    tree, _ = sent(site, PATH, second | {"verb": "propose", "f.late_data": "4 days"})
    assert tree["late_data"] == "4 days"


def test_over_a_file_that_cannot_be_read_what_was_typed_waits_in_its_fields(
    site: Site,
) -> None:
    data = fields(site.page(PATH))
    right = data["file"]
    wrong = data | {"file": right + "x: [\n", "f.late_data": "9 days", CRITERION + ".target.at_least": "91 %"}
    for verb in ("fill", "try", "check"):
        html = site.post(PATH, wrong | {"verb": verb} | DAYS).text
        kept = fields(html)
        assert kept["f.late_data"] == "9 days"
        assert typed(html).endswith("x: [\n")
        assert {name for name in data if name.startswith("f.")} <= set(kept)
        wrong = kept
    refused = site.post(PATH, wrong | {"verb": "propose"})
    assert refused.status_code == 422
    tree, _ = sent(site, PATH, fields(refused.text) | {"verb": "propose", "file": right})
    assert tree["late_data"] == "9 days"


def test_a_second_document_is_no_reason_to_drop_one(shown: Site) -> None:
    two = file() + "---\nentente: 1\ncontract: other\n---\n[\n"
    html = shown.post(PATH, {"file": two, "verb": "fill", "f.late_data": "9 days"}).text
    assert typed(html) == two
    assert fields(html)["f.late_data"] == "9 days"


def test_the_live_answer_says_what_the_form_and_the_file_say_then(shown: Site) -> None:
    data = fields(shown.page(PATH))
    data["file"] = data["file"].replace(data["f.effective"], "2027-03-01")
    said = shown.post(f"{PATH}/check", data | {"f.late_data": "9 days"}).json()
    assert "late_data: 9 days" in said["file"]
    assert (said["fields"]["f.effective"], said["fields"]["f.late_data"]) == ("2027-03-01", "9")
    assert json.loads(said["shown"]) == {name: value for name, value in said["fields"].items() if value}


def test_a_counter_proposal_of_the_same_number_is_not_replaced_unseen(site: Site) -> None:
    data = fields(site.page(PATH))
    site.town.agree(file(), "supplier")
    before = site.position()
    answer = site.post(PATH, data | {"verb": "propose", "f.late_data": "9 days"})
    assert answer.status_code == 409
    assert "was proposed while you were writing" in answer.text
    assert fields(answer.text)["f.late_data"] == "9"
    assert "late_data: 9 days" in typed(answer.text)
    again = site.post(PATH, fields(answer.text) | {"verb": "propose"})
    assert again.status_code == 409, "the page that was refused is still based on what its reader had read"
    assert site.position() == before


@pytest.mark.parametrize("path", [PATH, NEW])
def test_a_switch_of_language_after_any_answer_keeps_what_was_typed(shown: Site, path: str) -> None:
    text = file() if path == PATH else sample_file("volume", "kitchen", "education", "Europe/Paris", date(2026, 12, 1))
    wrong = text.replace("at_least", "at_lest").replace("max_misses", "max_mises")
    for verb in VERBS:
        answer = shown.post(path, {"file": wrong + "# mine\n", "verb": verb} | DAYS)
        switch = unescape(re.search(r'href="(/language/fr[^"]*)"', answer.text)[1])  # type: ignore[index]
        there = shown.get(switch, follow_redirects=False).headers["location"]
        french = shown.get(there, "fr")
        assert french.status_code == 200
        assert "Relire et proposer" in french.text
        assert typed(french.text).endswith("# mine\n"), verb


def test_what_was_sent_is_shown_to_nobody_else(shown: Site) -> None:
    answer = shown.post(PATH, {"file": file() + "# mine\n", "verb": "check"})
    address = str(answer.url)
    assert "# mine" in shown.page(address)
    assert "# mine" not in shown.page(address, who="kitchen/marc.olivier")
