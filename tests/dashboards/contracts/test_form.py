"""The form of a contract: nothing of a file is lost by it, its buttons, and where it says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.pages.contracts.boxes import OWN, boxes_of, complete, value_of
from dashboards.pages.contracts.moving import moved, of_kind
from dashboards.pages.contracts.sheet import sent_sheet
from dashboards.pages.contracts.starting import sample_file
from domain.terms import KINDS
from services.contract_files import Tree, changed_tree, check_contract, read_documents, value_at
from services.contract_files.contract_reading import contract_of
from services.contract_files.documents import Path as Place
from services.contract_files.entries import entry_at
from tests.dashboards.contracts.test_editor import PATH, file, typed
from tests.dashboards.contracts.test_typed import NEW, fields
from tests.dashboards.town import AGREED
from tests.dashboards.visiting import Site

ROOT = Path(__file__).parents[3]
SAMPLES = [AGREED, *(one.read_text("utf-8") for one in sorted((ROOT / "deploy/samples").rglob("*.yaml")))]
CONTRACTS: dict[str, Tree] = {
    one.tree["contract"]: one.tree
    for text in SAMPLES
    for one in read_documents(text, "sample")
    if "contract" in one.tree
}


FIRST = date(2026, 12, 1)


def places(whole: Tree, tree: Any, path: Place = ()) -> Iterator[Place]:
    """Every path of a tree for which the form has boxes."""
    entry = entry_at(whole, path) if path else None
    if entry is not None and entry.kind not in ("group", "several", "indicator"):
        yield path
        return
    for part, one in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(whole, one, (*path, part))


@pytest.mark.parametrize("name", CONTRACTS)
def test_what_stands_in_boxes_says_what_the_file_says(name: str) -> None:
    """Each value goes into boxes and comes back: the contract is the same, and the form has a place for all of it."""
    tree = again = CONTRACTS[name]
    found = list(places(tree, tree))
    known = {path[:depth] for path in found for depth in range(len(path) + 1)}
    assert {path for path in _all(tree) if path not in known and not any(one == path[: len(one)] for one in found)} <= {
        ("entente",)
    }
    for path in found:
        entry = entry_at(tree, path)
        assert entry is not None
        if entry.kind == "title":
            continue
        value = value_of(entry.kind, boxes_of(entry.kind, value_at(tree, path)))
        if value != OWN:
            again = changed_tree(again, path, value)
    assert contract_of(again) == contract_of(tree)


def _all(tree: Any, path: Place = ()) -> Iterator[Place]:
    if path:
        yield path
    for part, one in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from _all(one, (*path, part))


WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12)
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "3 days",
            "1 week",
            "end of day",
            "soon",
            "95 %",
            "monday",
            "monday, friday",
            "last day of the month",
            "FREQ=DAILY",
        ]
    ),
    WORDS,
    st.lists(WORDS, max_size=3),
    st.integers(-5, 400),
    st.dictionaries(WORDS, st.one_of(WORDS, st.integers(0, 9), st.booleans(), st.lists(WORDS, max_size=2)), max_size=3),
)
KINDS_OF_BOXES = (
    "duration",
    "tolerance",
    "days",
    "texts",
    "names",
    "times",
    "where",
    "limit",
    "key",
    "causes",
    "pair",
    "share",
    "calendar",
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KINDS_OF_BOXES), VALUES)
def test_whatever_stands_in_a_file_can_be_looked_at_and_says_the_same_twice(kind: Any, value: Any) -> None:
    boxes = boxes_of(kind, value)
    assert all(isinstance(one, str) for one in boxes.values())
    once = value_of(kind, complete(kind, boxes))
    if once != OWN:
        assert value_of(kind, boxes_of(kind, once)) == once


def test_a_form_that_nobody_touched_changes_nothing(shown: Site) -> None:
    """Of a contract that is agreed, a copy, and each sample: not a letter of the file."""
    for path in (PATH, f"{NEW}?copy=school-meals", *(f"{NEW}?kind={kind}" for kind in KINDS)):
        before = fields(shown.page(path))
        assert typed(shown.post(path.partition("?")[0], before | {"verb": "check"}).text) == before["file"], path


def pressed(site: Site, verb: str, data: dict[str, str], path: str = PATH) -> tuple[Tree, str]:
    html = site.post(path, data | {"verb": verb}).text
    return read_documents(typed(html), "c")[0].tree, html


def test_deliverables_criteria_and_targets_are_added_copied_moved_and_removed(shown: Site) -> None:
    data = {"file": file(), "shown": "{}"}
    before = read_documents(file(), "c")[0].tree
    count = len(before["deliverables"])
    tree, html = pressed(shown, "add:deliverables:client", data)
    assert [one.get("owed_by") for one in tree["deliverables"][count:]] == ["client"]
    assert f'id="g.deliverables.{count}" tabindex="-1" autofocus' in html
    tree, _ = pressed(shown, "copy:deliverables.0", data)
    assert tree["deliverables"][1] == {**tree["deliverables"][0], "id": tree["deliverables"][0]["id"] + "-2"}
    owed = [at for at, one in enumerate(before["deliverables"]) if one.get("owed_by") != "client"]
    tree, _ = pressed(shown, f"down:deliverables.{owed[0]}", data)
    assert tree["deliverables"][owed[1]] == before["deliverables"][owed[0]]
    assert contract_ids(tree) == contract_ids(before)
    tree, _ = pressed(shown, "remove:deliverables.0", data)
    assert tree["deliverables"] == before["deliverables"][1:]
    tree, _ = pressed(shown, "add:deliverables.0.criteria.0.target", data)
    criterion = tree["deliverables"][0]["criteria"][0]
    assert len(criterion["targets"]) == 1 + len(before["deliverables"][0]["criteria"][0].get("targets", ["one"]))
    assert "target" not in criterion
    for verb in (
        "remove:nothing.9",
        "up:deliverables.99",
        "add:deliverables.0.id",
        "copy:..",
        "remove:supplier",
        "burn:deliverables.0",
    ):
        assert pressed(shown, verb, data)[0] == before, verb


def contract_ids(tree: Tree) -> list[str]:
    return sorted(one["id"] for one in tree["deliverables"])


def test_parts_that_may_be_left_out_are_added_and_removed_with_what_was_typed(shown: Site) -> None:
    new = sample_file("turnaround", "kitchen", "education", "Europe/Paris", FIRST)
    data = {"file": new, "f.late_data": "9", "f.late_data~unit": "days"}
    tree, html = pressed(shown, "add:review", data, NEW)
    assert (tree["late_data"], tree["review"]["at"]) == ("9 days", "14:00")
    assert "Next: Monday 7 December 2026, 14:00" in " ".join(unescape(html).split())
    tree, _ = pressed(shown, "remove:review", {"file": typed(html)}, NEW)
    assert "review" not in tree
    tree, html = pressed(shown, "add:deliverables.0.criteria.0.indicator.paused", data, NEW)
    assert tree["deliverables"][0]["criteria"][0]["indicator"]["paused"] == {}
    assert 'name="f.deliverables.0.criteria.0.indicator.paused.type"' in html


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        ("remove:deliverables.0", "Removed: Midday meals, Jules-Ferry."),
        ("remove:deliverables.1.criteria.0", "Removed: on time."),
        ("remove:review", "Removed: Review."),
        ("remove:deliverables.2.criteria.0.targets.1", "Removed: Target."),
    ],
)
def test_what_was_removed_is_put_back_where_it_stood_with_all_that_was_typed_since(
    shown: Site, verb: str, says: str
) -> None:
    whole = read_documents(file(), "c")[0].tree
    without, html = pressed(shown, verb, {"file": file(), "shown": "{}"})
    assert without != whole
    assert says in " ".join(unescape(html).split())
    sent = {
        "file": typed(html),
        "removed": fields(html)["removed"],
        "shown": "{}",
        "f.late_data": "8",
        "f.late_data~unit": "days",
    }
    back, html = pressed(shown, "put-back", sent)
    assert back == {**whole, "late_data": "8 days"}
    assert "put-back" not in html, "once"
    again, html = pressed(shown, "check", {**sent, "file": file()})
    assert again == {**whole, "late_data": "8 days"}
    assert "put-back" in html, "until it is put back"


@pytest.mark.parametrize(
    "removed",
    ["", "x", "{", "path: deliverables.0", "path: 'a'\nwas: {}", "path: deliverables.99999.x\nwas: {id: x}", "was: {}"],
)
def test_what_no_form_of_ours_took_out_is_not_put_in(removed: str) -> None:
    before = read_documents(file(), "c")[0].tree
    sheet = sent_sheet({"file": file(), "removed": removed, "verb": "put-back"}, is_new=False)
    assert sheet.tree == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_criterion_turns_into_every_kind(kind: str) -> None:
    [document] = read_documents(sample_file("volume", "kitchen", "education", "Europe/Paris", FIRST), "c")
    at = ("deliverables", 0, "criteria", 0)
    name = f"f.{'.'.join(map(str, at))}.indicator.kind"
    sheet = sent_sheet(
        {"file": sample_file("volume", "kitchen", "education", "Europe/Paris", FIRST), name: kind}, is_new=True
    )
    indicator = value_at(sheet.tree, (*at, "indicator"))
    assert indicator == of_kind(value_at(document.tree, (*at, "indicator")), kind)
    problems = check_contract(read_documents(sheet.file, "c")[0], {})
    assert not [one for one in problems if ".indicator" in one and "needs a calendar" not in one]


def test_a_target_of_another_form_keeps_its_period() -> None:
    text = sample_file("volume", "kitchen", "education", "Europe/Paris", FIRST)
    at = ("deliverables", 0, "criteria", 0, "target")
    name = f"f.{'.'.join(map(str, at))}"
    number = value_at(read_documents(text, "c")[0].tree, at)
    sheet = sent_sheet({"file": text, f"{name}~form": "max_consecutive_misses", f"{name}.per": "28 days"}, is_new=True)
    assert list(value_at(sheet.tree, at)) == ["max_consecutive_misses", "per"], number
    assert value_at(sheet.tree, at)["per"] == "28 days"


def test_moving_leaves_the_draft_that_was_given_as_it_is() -> None:
    tree = CONTRACTS["school-meals"]
    before = repr(tree)
    for verb in (
        "add:deliverables:supplier",
        "copy:deliverables.1",
        "down:deliverables.0",
        "remove:deliverables.0.criteria.0",
    ):
        assert moved(tree, verb)[0] != tree
    assert repr(tree) == before


@pytest.mark.parametrize(("language", "right"), [("en", "is not a time of day (such as 09:30"), ("fr", "09:30")])
def test_what_is_wrong_stands_on_top_and_at_its_field_and_what_was_typed_stays(
    shown: Site, language: str, right: str
) -> None:
    data = fields(shown.page(PATH, language))
    at = next(name for name in data if name.endswith(".due.at"))
    html = shown.post(PATH, data | {"verb": "read", at: "11h60", "f.effective": ""}, language).text
    top = html.partition('id="checked"')[2].partition('id="form"')[0]
    assert 'role="alert" tabindex="-1" autofocus' in top
    assert re.search(rf'<a href="#{re.escape(at)}" data-field>1\. [^<]+, [^<]+, [^<]+</a>', top)
    assert right in unescape(top)
    box = re.search(rf'<input [^>]*id="{re.escape(at)}"[^>]*>', html)
    assert box
    assert 'value="11h60"' in box[0]
    assert f'aria-invalid="true" aria-describedby="w-{at}"' in box[0]
    assert right in unescape(html.partition(f'id="w-{at}"')[2].partition("</p>")[0])


def test_a_long_contract_shows_the_deliverables_that_one_opens(shown: Site) -> None:
    long = file()
    for _ in range(4):
        long = typed(shown.post(PATH, {"file": long, "verb": "copy:deliverables.0"}).text)
    html = shown.post(PATH, {"file": long, "verb": "check"}).text
    assert 'name="f.deliverables.0.criteria.0.owner"' not in html
    opened = shown.post(PATH, fields(html) | {"verb": "open:1"}).text
    assert 'name="f.deliverables.1.criteria.0.owner"' in opened
    assert 'name="f.deliverables.0.criteria.0.owner"' not in opened
    assert typed(opened) == typed(html)
    assert len(opened.encode()) < 150_000


def test_the_page_before_proposing_has_the_sentences_the_dates_the_past_and_who_is_asked(shown: Site) -> None:
    before = shown.position()
    for language, words in (("en", "Before proposing"), ("fr", "Avant de proposer")):
        html = unescape(shown.post(PATH, fields(shown.page(PATH, language)) | {"verb": "read"}, language).text)
        assert words in html
    english = unescape(shown.post(PATH, {"file": file(), "verb": "read"}).text)
    assert "owes" in english
    assert len(re.findall(r"<li><span>[^<]+</span><strong>[A-Z][a-z]+day ", english)) == 5
    assert "With the draft" in english
    assert "Who will be asked to sign" in english
    assert typed(english).strip() == file().strip()
    back = shown.post(PATH, {"file": typed(english), "verb": "fill", "reading": ""})
    assert 'class="editor"' in back.text
    assert shown.position() == before


def test_what_tools_really_sent_is_offered_to_whose_tools_they_are(shown: Site) -> None:
    """With how many came last month and an example; of others nothing but what the contracts say that one sees."""
    kitchen = unescape(shown.page(PATH, who="kitchen/marc.olivier"))
    offered = kitchen.partition('id="known-type"')[2].partition("</datalist>")[0]
    assert re.search(r'<option value="[a-z.]+">[a-z/.-]+, [1-9][0-9]* in the last month</option>', offered)
    assert "What tools sent last month" in kitchen
    assert re.search(r"data\.[a-z]+ = ", kitchen.partition("What tools sent")[2])
    paths = kitchen.partition('id="known-path"')[2].partition("</datalist>")[0]
    assert '<option value="data.' in paths
    other = unescape(shown.page(f"{NEW}?kind=volume", who="sodalis"))
    assert "in the last month" not in other
    assert 'list="known-type"' in other


def test_what_is_wrong_is_mended_as_the_form_is_and_not_as_a_file(shown: Site) -> None:
    place = "f.deliverables.0.criteria.0.indicator"
    for box, value, language, says in (
        ("f.late_data", "x", "en", "Late data “x days” is not a duration (a number such as 2, and its unit beside it)"),
        ("f.late_data", "x", "fr", "« x days » n’est pas une durée (un nombre tel que 2, et son unité à côté)"),
        (f"{place}.tolerance", "2 moons", "en", "(a number such as 10 with its unit, or until the end of the day)"),
        ("f.calendar", "x", "en", "Calendar No calendar “x” is published line"),
        ("f.deliverables.0.criteria.0.owner", "nobody", "en", "is nobody that Central kitchen or Education name"),
    ):
        data = {"file": file(), "shown": "{}", "verb": "check", box: value, f"{box}~unit": "days"}
        html = shown.post(PATH, data, language=language).text
        part = html.partition('id="checked"')[2].partition('class="lines"')[0]
        words = " ".join(unescape(re.sub("<[^>]+>", " ", part)).split()).replace("\u00a0", " ").replace("\u202f", " ")
        assert says in words, words[:500]
