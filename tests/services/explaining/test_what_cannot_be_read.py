"""What an event says otherwise than the contract reads it: the verdict is unknown, and why is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from domain.events import OperationalEvent
from tests.given import Tree, conformity, contract, criterion, deadline, event, measure, satisfaction, volume
from tests.services.explaining.test_explaining import occurrence, said
from tests.services.judged import living

WARM = conformity(good={"data.temperature": {"ge": 63}})
READS = "and the contract reads a number there: in a mapping write"
LIT = "et le contrat y lit un nombre"


def words(indicator: Tree, one: OperationalEvent, key: str = "tool#i") -> tuple[str, str]:
    """In English and in French, with plain spaces."""
    with living() as life:
        target: Tree = {"at_most": 4} if indicator["kind"] == "measure" else {"at_least": "90 %"}
        life.sign(contract(criterion(indicator, target={**target, "per": "month"})))
        life.happen(one)
        life.advance("03-01 00:00")
        english, french = (said(life, key, code).replace("\u00a0", " ").replace("\u202f", " ") for code in ("en", "fr"))
        return english, french


def item(**data: Any) -> OperationalEvent:
    return event("item", "01-05 10:00", id="i", **data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"temperature": "66.8"}, f"Because: temperature is the text “66.8”, {READS} temperature: {{number: …}}."),
        ({"temperature": True}, "Because: temperature is yes, and the contract reads a number there."),
        ({"temperature": [66]}, "Because: temperature is a list, and the contract reads a number there."),
        (
            {"temperature": {"number": "66,8", "decimal": ","}},
            "Because: temperature is a set of names (number, decimal), and the contract reads a number there.",
        ),
        ({}, "Because: temperature is absent."),
    ],
)
def test_a_value_that_is_no_number_is_named_with_what_it_is(data: dict[str, Any], reason: str) -> None:
    found, _ = words(WARM, item(**data))
    assert reason in found.splitlines()
    assert ("≥ 63 instead of nothing" in found) == (not data)
    assert "ge 63" not in found


@pytest.mark.parametrize(
    ("indicator", "one", "key", "english", "french"),
    [
        (WARM, item(temperature="66.8"), "tool#i", "text “66.8”", f"temperature est le texte « 66.8 », {LIT}"),
        (
            conformity(good={"data.ok": True}),
            item(ok="oui"),
            "tool#i",
            "ok is the text “oui”, and the contract reads yes or no there: a mapping gives yes or no as a fixed value",
            "ok est le texte « oui », et le contrat y lit oui ou non",
        ),
        (
            conformity(good={"data.level": ["1", "2"]}),
            item(level=1),
            "tool#i",
            "level is the number 1, and the contract reads a text there",
            "level est le nombre 1, et le contrat y lit un texte",
        ),
        (measure(), event("call", "01-05", id="i", minutes="4"), "tool#i", "text “4”", "minutes est le texte « 4 »"),
        (satisfaction(), event("answer", "01-05", id="i"), "tool#i", "score is absent", "score est absent"),
        (
            volume(value="data.kilos"),
            event("meal", "01-06", id="i", kilos="7"),
            "2026-W02",
            "kilos is the text “7”",
            "kilos est le texte « 7 »",
        ),
        (
            deadline(),
            event("opened", "01-05", "case", due="24/12/2026 10:00"),
            "case",
            "due is the text “24/12/2026 10:00”, and the contract reads a time with its offset there: in a mapping write due",
            "due est le texte « 24/12/2026 10:00 », et le contrat y lit une heure avec son décalage",
        ),
    ],
)
def test_of_every_kind_it_is_said_in_both_languages(
    indicator: Tree, one: OperationalEvent, key: str, english: str, french: str
) -> None:
    said_in_english, said_in_french = words(indicator, one, key)
    assert english in said_in_english
    assert f"Raison : {french}" in said_in_french


def test_a_condition_that_did_not_hold_is_said_as_the_contract_says_it() -> None:
    english, french = words(WARM, item(temperature=61.5))
    assert "What would have changed it: temperature ≥ 63 instead of 61.5." in english
    assert "« temperature » vaut au moins 63 au lieu de 61,5." in french
    must = conformity(good={"data.temperature": {"ge": 63, "exists": True}})
    assert "temperature present instead of nothing." in words(must, item())[0]
    named = conformity(good={"data.state": ["done", "closed"]})
    assert "state one of done, closed instead of open" in words(named, item(state="open"))[0]


def test_programs_are_told_the_path_and_both_types() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity(good={"data.a": {"le": 1}, "data.b": {"le": 0}}))))
        life.happen(event("item", "01-05 10:00", id="i", a="1", b=2))
        found = occurrence(life, "tool#i")["changed_by"]
    assert found == [
        {"code": "mistyped", "path": "data.a", "wants": "number", "is": "text", "found": "1"},
        {"code": "good", "path": "data.b", "expected": "le 0", "found": "2", "is": "number", "operator": "le", "operand": 0,
         "wants": "number"},
    ]  # fmt: skip
