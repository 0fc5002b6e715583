"""A clause that turns into another in the editor and back, and values that are half typed: nothing that was written is lost."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from dashboards.pages.contracts.boxes import boxes_of, days_in_words, value_of
from dashboards.pages.contracts.sheet import Sheet, sent_sheet
from dashboards.pages.contracts.starting import copy_file, sample_file, sample_indicator
from domain.recurrence import DayRule
from domain.terms import KINDS
from services.contract_files import Tree, check_contract, read_documents, value_at
from services.contract_files.entries import indicator_entries
from tests.dashboards.contracts.test_editor import PATH
from tests.dashboards.contracts.test_typed import NEW, fields
from tests.dashboards.visiting import Site
from tests.given import contract

CRITERION = ("deliverables", 0, "criteria", 0)
NAME = f"f.{'.'.join(map(str, CRITERION))}"
KIND, FORM = f"{NAME}.indicator.kind", f"{NAME}.target~form"


def sample(kind: str) -> Sheet:
    first = date(2026, 12, 1)
    return Sheet(sample_file(kind, "kitchen", "education", "Europe/Paris", first, owner="nadia.ferrand"), is_new=True)


def after(sheet: Sheet, **typed: str) -> Sheet:
    """The sheet once that was typed; names are those behind the criterion's, and `kind` and `form`."""
    names = {"kind": KIND, "form": FORM}
    sent = {names.get(name, f"{NAME}.{name}"): value for name, value in typed.items()}
    shown = dict(sheet.was) | {name: "what was emptied" for name, value in sent.items() if not value}
    return sent_sheet({"file": sheet.file, "shown": json.dumps(shown), **sent}, is_new=True)


def indicator(sheet: Sheet) -> Tree:
    found: Tree = value_at(sheet.tree, (*CRITERION, "indicator"))
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_key_keeps_its_value_only_where_the_other_kind_means_the_same_by_it(kind: str, other: str) -> None:
    sheet = after(sample(kind), kind=other)
    known = {one.name: one for one in indicator_entries(indicator(sheet))}
    for name, value in indicator(sheet).items():
        assert isinstance(value, dict) == isinstance(sample_indicator(other).get(name, value), dict), name
        assert name in known
    problems = check_contract(read_documents(sheet.file, "c")[0], {})
    assert not [one for one in problems if ".indicator" in one and "needs a calendar" not in one]


def test_what_was_written_comes_back_with_the_kind_and_goes_with_it_where_it_can() -> None:
    own = after(sample("deadline"), **{"indicator.opened.type": "my.own.type", "indicator.tolerance": "45 min"})
    there = after(own, kind="punctuality")
    assert indicator(there)["delivered"] == {"type": "my.own.type"}
    assert (indicator(there)["kind"], indicator(there)["tolerance"]) == ("punctuality", "45 min")
    assert indicator(there)["due"] == {"every": "monday", "at": "10:00"}
    assert indicator(after(there, kind="deadline")) == indicator(own)
    gone = after(after(own, kind="volume"), kind="deadline")
    assert indicator(gone) == indicator(own), "what the other kind has no key for comes back too"


def test_of_its_own_kind_and_form_it_stays_as_it_is() -> None:
    sheet = after(sample("punctuality"), **{"indicator.key": "data.week"})
    same = after(sheet, kind="punctuality", form="max_misses")
    assert same.tree == sheet.tree


def test_a_form_whose_boxes_all_count_as_typed_changes_nothing(shown: Site) -> None:
    for path in (PATH, *(f"{NEW}?kind={kind}" for kind in ("punctuality", "turnaround"))):
        before = fields(shown.page(path))
        sheet = sent_sheet(before | {"shown": "{}"}, is_new=path != PATH)
        assert sheet.tree == read_documents(before["file"], "c")[0].tree, path


@pytest.mark.parametrize("held", ["data.due", "[1]", "4", "true"])
def test_a_part_of_which_the_file_says_one_value_takes_what_is_typed_into_its_boxes(held: str) -> None:
    text = sample("punctuality").file.replace('{every: monday, at: "10:00"}', held)
    sheet = after(Sheet(text, is_new=True), **{"indicator.due.every~nth": "each", "indicator.due.every~day": "friday"})
    assert indicator(sheet)["due"] == {"every": "friday"}


def target(sheet: Sheet) -> Any:
    return value_at(sheet.tree, (*CRITERION, "target"))


def test_a_share_is_no_number_of_misses_and_comes_back_as_it_was() -> None:
    share = after(sample("turnaround"), **{"target.at_least": "85", "target.at_least~unit": "%"})
    misses = after(share, form="max_misses")
    assert target(misses) == {"max_misses": 1, "per": "month"}
    in_a_row = after(after(misses, **{"target.max_misses": "3"}), form="max_consecutive_misses")
    assert target(in_a_row)["max_consecutive_misses"] == 3
    assert target(after(in_a_row, form="at_least")) == {"at_least": "85 %", "per": "month"}


@pytest.mark.parametrize("form", ["max_misses", "max_consecutive_misses", "at_least"])
def test_a_target_whose_number_is_emptied_keeps_its_form_and_says_what_is_wrong_there(form: str) -> None:
    sheet = after(sample("punctuality"), form=form)
    unit = {f"target.{form}~unit": "%"} if form == "at_least" else {}
    emptied = after(sheet, **{f"target.{form}": ""}, **unit)
    assert list(target(emptied)) == list(target(sheet))
    [problem] = check_contract(read_documents(emptied.file, "c")[0], {})
    assert f".target.{form}" in problem
    again = after(emptied, **{f"target.{form}": "7"}, **unit)
    assert target(again)[form] == ("7 %" if unit else 7)


@pytest.mark.parametrize(
    ("kind", "boxes", "value"),
    [
        ("at_least", {"": "99,5", "unit": "%"}, "99.5 %"),
        ("share", {"": "0,5"}, "0.5 %"),
        ("duration", {"": "2,5", "unit": "min"}, "2.5 min"),
        ("where", {"0.path": "data.a", "0.op": "le", "0.value": "0,5"}, "{'data.a': {'le': Decimal('0.5')}}"),
        ("number", {"": "1,000"}, "1,000"),
        ("duration", {"": "soon", "unit": "min"}, "soon min"),
        ("duration", {"": "4h", "unit": "days"}, "4 h"),
    ],
)
def test_numbers_are_read_as_french_writes_them_and_keep_their_unit(kind: Any, boxes: Any, value: str) -> None:
    found = value_of(kind, boxes)
    assert str(found) == value
    shown = boxes_of(kind, found)
    assert value_of(kind, shown) == found
    if kind == "duration" and "h" not in boxes[""]:
        assert shown["unit"] == boxes["unit"], "who corrects the number keeps the unit"


def test_a_condition_without_its_value_is_no_condition_on_an_empty_text() -> None:
    where = {"indicator.delivered.where~0.path": "data.report", "indicator.delivered.where~0.op": "eq"}
    sheet = after(sample("punctuality"), **where, **{"indicator.delivered.where~0.value": ""})
    problems = check_contract(read_documents(sheet.file, "c")[0], {})
    assert any(".where" in one for one in problems)
    quoted = after(sheet, **where, **{"indicator.delivered.where~0.value": '""'})
    assert indicator(quoted)["delivered"]["where"] == {"data.report": ""}


@pytest.mark.parametrize(("language", "words"), [("en", "whole number"), ("fr", "nombre entier")])
def test_what_is_wrong_with_a_time_is_said_in_the_words_of_its_boxes(shown: Site, language: str, words: str) -> None:
    data = fields(shown.page(PATH, language))
    html = shown.post(PATH, data | {"verb": "check", "f.late_data": "2,5"}, language).text
    assert words in html.partition('id="w-f.late_data"')[2].partition("</p>")[0]
    assert "2 days" not in html.partition('id="w-f.late_data"')[2].partition("</p>")[0]


def test_what_nobody_sends_is_said_and_hinders_nobody(shown: Site) -> None:
    unsent = "No tool of which you know has sent these events yet:"
    said = shown.post(
        f"{NEW}/check", {"file": sample("volume").file.replace("meals.delivered", "Rapport livré")}
    ).json()
    assert re.search(rf"{unsent} <span[^>]*>Rapport livré</span>", said["checked"])
    assert "It can be proposed." in said["checked"]
    sent = re.search(r'id="known-type"><option value="([^"]+)">', shown.page(PATH))
    assert sent
    known = shown.post(f"{NEW}/check", {"file": sample("volume").file.replace("meals.delivered", sent[1])}).json()
    assert "It can be proposed." in known["checked"]
    assert unsent not in known["checked"]


@pytest.mark.parametrize(
    ("rule", "nth", "day"),
    [
        ("FREQ=MONTHLY;BYDAY=2WE", "2nd", "wednesday"),
        ("FREQ=MONTHLY;BYDAY=1TH", "first", "thursday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "last", "friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "15th", "day"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "first", "day"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "last", "day"),
    ],
)
def test_a_rule_that_the_boxes_can_say_stands_in_them_in_a_copy(rule: str, nth: str, day: str) -> None:
    copied = read_documents(copy_file(contract(review={"every": rule}), date(2026, 1, 1), []), "copy")[0].tree[
        "review"
    ]["every"]
    shown = boxes_of("days", copied)
    assert (shown["nth"], shown["day"], shown["of"]) == (nth, day, "month")
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    dates = [list(DayRule.parse(one).dates(first, first, last, lambda day: False)) for one in (rule, copied)]
    assert dates[0] == dates[1]


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=5MO", "FREQ=MONTHLY;BYMONTHDAY=7", "FREQ=YEARLY;BYMONTHDAY=1"])
def test_a_rule_that_they_cannot_say_stays_a_rule(rule: str) -> None:
    assert days_in_words(rule) == rule
