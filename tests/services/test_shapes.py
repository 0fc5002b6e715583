"""What one layer hands to another has a declared shape: no part gives or takes a dict of which nobody says what it holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.parts import PARTS

SERVICES = Path(__file__).parents[2] / "services"
OPEN = re.compile(r"\b(dict|Mapping|MutableMapping)\[str, (Any|object)\]")

FOLDERS = ("api", "serving", *(part.name for part in PARTS))
STAYS = {
    "api.answers.problems": "how OpenAPI describes refusals, for FastAPI",
    "api.answers.commanded": "how OpenAPI describes answers, for FastAPI",
    **dict.fromkeys(
        (f"api.problems.{name}" for name in ("problem", "problem_of", "problem_bytes", "problem_response")),
        "a problem document (RFC 9457), which may have members of its own",
    ),
    "auditing.shapes.Entry.content": "whatever an entry of the history says, of any topic",
    **dict.fromkeys(
        (f"proving.verify.{name}" for name in ("leaf", "entries")),
        "a program by itself, without packages: an entry as it stands in a bundle",
    ),
    **dict.fromkeys(
        (
            *(f"sign_in.oidc_values.{name}" for name in ("Identity.claims", "text", "at")),
            "sign_in.oidc_keys.Keys.claims",
        ),
        "whatever an identity provider says of somebody, beside what OpenID Connect has names for",
    ),
    **dict.fromkeys(
        (f"actions.shapes.Planning.{name}" for name in ("steps", "means", "effect")),
        "a plan as its file says it: its form is the JSON Schema of actions",
    ),
    "contracts.shapes.Version.document": "a contract file: its form is the JSON Schema of contracts",
    "offers.shapes.OfferVersion.document": "an offer file: its form is the JSON Schema of offers",
    "charters.shapes.CharterVersion.document": "a charter file: its form is the JSON Schema of charters",
}
"""What nobody can say of what it holds, and why."""


def untyped(part: str) -> list[str]:
    """The public functions, methods and fields of a part that are of such a dict, or of a name for one."""
    return [
        f"{path.stem}.{name}"
        for path in sorted((SERVICES / part).rglob("*.py"))
        for name in _in_module(ast.parse(path.read_text("utf-8")))
    ]


def _in_module(module: ast.Module) -> Iterator[str]:
    names = {"Json", *_names_for_one(module)}
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield from _in(node, names)


def _names_for_one(module: ast.Module) -> Iterator[str]:
    """What the module calls such a dict itself."""
    for node in module.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and OPEN.match(ast.unparse(node.value))
        ):
            yield node.targets[0].id


def _in(node: ast.stmt, names: set[str], of: str = "") -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name, body=body):
            for inside in body:
                yield from _in(inside, names, f"{name}.")
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if (
            not name.startswith("_") or name == "__init__"
        ):
            arguments = node.args
            given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            if any(
                _is_open(one, names) for one in (node.returns, *(one.annotation for one in given if one is not None))
            ):
                yield f"{of}{name}"
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if of and not name.startswith("_"):
            if _is_open(annotation, names):
                yield f"{of}{name}"


def _is_open(annotation: ast.expr | None, names: set[str]) -> bool:
    if annotation is None:
        return False
    said = ast.unparse(annotation)
    return OPEN.search(said) is not None or not names.isdisjoint(re.findall(r"\w+", said))


@pytest.mark.parametrize("part", FOLDERS)
def test_what_a_part_gives_and_takes_has_a_declared_shape(part: str) -> None:
    assert [name for name in untyped(part) if f"{part}.{name}" not in STAYS] == []


def test_what_stays_is_there() -> None:
    found = {f"{folder}.{name}" for folder in FOLDERS for name in untyped(folder)}
    assert STAYS.keys() - found == set()


def test_such_a_dict_is_found_wherever_it_stands() -> None:
    source = """
Tree = dict[str, Any]
def a(x: dict[str, object]) -> int: ...
def b() -> list[Json] | None: ...
def c(*, x: Tree) -> None: ...
def _d() -> Json: ...
class E:
    f: tuple[Mapping[str, Any], ...]
    g: dict[str, int]
    def h(self) -> Tree: ...
    def _i(self) -> Tree: ...
class _J:
    k: Tree
"""
    assert list(_in_module(ast.parse(source))) == ["a", "b", "c", "E.f", "E.h"]
