"""Every message that a person may read is a sentence that can be said in another language, and each has its French."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from dashboards.language import language
from dashboards.messages import template_of, wordings_of
from domain.saying import PLACE
from services.contract_files.models import MODELS

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "services", "ingestion", "dashboards", "entente")
SAID, COMMANDS = (ROOT / f"dashboards/texts/{kind}-fr.po" for kind in ("messages", "commands"))
"""What is said; and what the command line prints, beside its help, the columns of its tables and the words in them."""
ERRORS = (
    *("EntenteError", "Refused", "NotFound", "NotAllowed", "Invalid", "TimeInFuture", "TooLarge", "BeyondHistory"),
    *("StoreTooNew", "TookTooLong", "TooMany", "Unavailable", "NotSigned", "Overtaken", "DecisionRefused"),
    *("UnmappedRow", "NotReadable", "CalendarEnded", "NotATime", "TimeWithoutOffset", "UnknownZone"),
)
SAYING = dict.fromkeys(ERRORS, (0,)) | {
    "Complaint": (0, 1),
    "HolidaysUnknown": (0, 2),
    "Finding": (2, 3),
    "Refusal": (0, 1),
    "_read": (1, 2),
    "one_of": (2,),
    "by_shape": (0,),
    "problem_line": (3, 4),
    "_wrong": (2, 3),
    "_stop": (2, 3),
    "required": (1,),
}
"""Which arguments of a call people read."""
NAMED = ("mend", "what", "right", "message")
NEVER_READ = ("services/contract_files/readings.py",)
"""Errors whose words are thrown away where they are caught."""


@cache
def sources() -> dict[str, ast.Module]:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8")) for file in files}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for file, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield file, node, node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def said_to_people() -> Iterator[tuple[str, ast.expr]]:
    """The arguments that people read, with the branches of what chooses among several."""
    for file, call, name in calls():
        if name == "ValueError":
            wanted: tuple[int, ...] = (0,) if file.startswith(("domain/", "ingestion/")) else ()
        elif name == "problem":
            wanted = (1, 2) if isinstance(call.func, ast.Attribute) else (2,)
        elif name == "Problem":
            wanted = (1,) if file.startswith("ingestion") else ()
        else:
            wanted = () if isinstance(call.func, ast.Attribute) and name == "Refused" else SAYING.get(name, ())
        if not wanted:
            continue
        named = [one.value for one in call.keywords if one.arg in NAMED]
        for expression in [*(call.args[index] for index in wanted if index < len(call.args)), *named]:
            yield from ((f"{file}:{one.lineno}", one) for one in branches(expression))


def branches(expression: ast.expr) -> Iterator[ast.expr]:
    if isinstance(expression, ast.IfExp):
        yield from branches(expression.body)
        yield from branches(expression.orelse)
    elif isinstance(expression, ast.BoolOp):
        for one in expression.values:
            yield from branches(one)
    else:
        yield expression


def templates() -> dict[str, str]:
    """Every template, and where it is said."""
    found: dict[str, str] = {}
    for file, call, name in calls():
        if name == "said" and isinstance(call.func, ast.Name) and call.args:
            for one in branches(call.args[0]):
                assert isinstance(one, ast.Constant), f"{file}:{one.lineno}: a template is a literal"
                found.setdefault(str(one.value), f"{file}:{one.lineno}")
    return {template: place for template, place in found.items() if re.search(r"[^\W\d_]{2,}", PLACE.sub("", template))}


def entries(catalogue: Path) -> dict[str, Message]:
    with catalogue.open("rb") as file:
        return {template_of(entry): entry for entry in read_po(file, locale="fr") if entry.id}


@pytest.fixture(scope="module")
def french() -> dict[str, Message]:
    return entries(SAID)


def places(text: str) -> set[str]:
    return {place[1] for place in PLACE.finditer(text)}


def test_what_people_read_is_said_and_not_put_together() -> None:
    plain = [
        f"{place}: {ast.unparse(one)}"
        for place, one in said_to_people()
        if (
            isinstance(one, ast.JoinedStr)
            or (isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value)
        )
    ]
    assert not plain, "\n".join(plain)


def test_every_template_has_its_french_with_the_same_places(french: dict[str, Message]) -> None:
    known = entries(COMMANDS) | french
    absent = [f"{place}: {template}" for template, place in templates().items() if template not in known]
    assert not absent, "\n".join(absent)
    for template, entry in known.items():
        assert not entry.fuzzy, template
        for wording in wordings_of(entry):
            assert wording, template
            assert places(wording) == places(template), template


def test_no_french_is_left_of_what_is_said_no_more(french: dict[str, Message]) -> None:
    """What libraries say, and words chosen by the program, are marked as heard."""
    known = templates()
    left = [
        template for template, entry in french.items() if template not in known and "heard" not in entry.auto_comments
    ]
    assert [
        template for template in left if re.search(r"[a-z]{2}", PLACE.sub("", template))
    ] == []  # else: quotes alone
    doubled = [template for template, entry in french.items() if template in known and "heard" in entry.auto_comments]
    assert not doubled, f"these are said now: they are no longer only heard, so take `#. heard` off: {doubled}"


def test_the_french_has_no_english_beside_code(french: dict[str, Message]) -> None:
    english = re.compile(r"\b(the|of|and|is|are|was|not|which|with|from|has|have|been|this|that|it|by|to|in)\b")
    for template, entry in french.items():
        for wording in wordings_of(entry):
            plain = re.sub(r"`[^`]*`|\{[^}]*\}", "", wording)
            assert not english.search(plain), f"{template}: {wording}"


@pytest.mark.parametrize("code", ["en", "fr"])
def test_whatever_is_decided_has_its_words_in_the_history(code: str) -> None:
    kinds = [
        one
        for module in (ROOT / "domain").glob("*.py")
        for one in vars(import_module(f"domain.{module.stem}")).values()
    ]
    decided = {
        event.TOPIC
        for kind in kinds
        if isinstance(kind, type)
        for event in vars(kind).values()
        if hasattr(event, "TOPIC")
    }
    assert len(decided) > 40
    words = language(code)
    assert {
        one for one in decided if not words.has(f"history.what.{one.removeprefix('entente.').replace('.', '-')}")
    } == set()


def test_what_a_missing_key_means_has_its_french(french: dict[str, Message]) -> None:
    asked = {
        f"{description[:1].lower()}{description[1:]}"
        for schema in (model.model_json_schema(by_alias=True) for model in MODELS.values())
        for part in (schema, *schema.get("$defs", {}).values())
        for name in part.get("required", ())
        if (description := part["properties"][name].get("description"))
    }
    assert not {one for one in asked if one not in french}
