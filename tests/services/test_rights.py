"""Who may do what is answered in one place (docs/design, "Who acts"), and nowhere else is anybody asked for a role."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.saying import said
from services.access import ADMINISTRATOR, AUDITOR, RIGHTS, Right, principal
from services.errors import NotAllowed

ROOT = Path(__file__).parents[2]
LAB = principal("lab/ann")
OF_A_SERVICE = (Right.TAKE_PART, Right.SEE_PERSONAL, Right.BIND, Right.SETTLE, Right.DESCRIBE, Right.ADMIT)


@pytest.mark.parametrize("right", OF_A_SERVICE, ids=lambda right: right.name)
def test_a_member_has_the_rights_of_its_service_and_of_no_other(right: Right) -> None:
    assert LAB.may(right, "lab")
    assert LAB.may(right, "ward", "lab")
    assert LAB.may(right)
    assert not LAB.may(right, "ward")
    assert ADMINISTRATOR.may(right, "ward")
    assert not AUDITOR.may(right)
    with pytest.raises(NotAllowed, match="doing it is for ward to do, not for lab/ann"):
        LAB.require(right, "ward", said("doing it"))


def test_each_role_has_its_rights_and_everybody_who_is_no_member_sees_everything() -> None:
    assert {role: {right.name for right in rights} for role, rights in RIGHTS.items()} == {
        "member": {"TAKE_PART", "SEE_PERSONAL", "BIND", "SETTLE", "DESCRIBE", "ADMIT", "PUSH"},
        "auditor": {"AUDIT"},
        "administrator": {right.name for right in Right},
    }
    assert [who.sees_everything for who in (LAB, AUDITOR, ADMINISTRATOR)] == [False, True, True]
    assert (LAB.is_of("lab"), LAB.is_of("ward"), ADMINISTRATOR.is_of("lab")) == (True, False, False)


def _asks(tree: ast.AST) -> Iterator[int]:
    """The lines that ask somebody for a role: `who.role`, `view.who.role`, `principal.role`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "role"
            and ast.unparse(node.value).split(".")[-1] in ("who", "principal")
        ):
            yield node.lineno


def test_nobody_else_asks_for_a_role() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in ("domain", "services", "ingestion", "dashboards", "entente")
        for path in (ROOT / package).rglob("*.py")
        if path != ROOT / "services" / "access.py"
        for line in _asks(ast.parse(path.read_text("utf-8")))
    ]
    templates = [path.name for path in (ROOT / "dashboards").rglob("*.html") if ".role ==" in path.read_text("utf-8")]
    assert (found, templates) == ([], [])
