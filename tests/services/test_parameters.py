"""Functions of the judging ask for what they need, and for no more than six things."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST = 6


def test_no_function_of_the_judging_asks_for_more_than_six_things() -> None:
    asked = {
        f"{path.name}: {one.name}": len(_parameters(one))
        for path in sorted((ROOT / "services" / "judging").glob("*.py"))
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.FunctionDef)
    }
    assert len(asked) > 300
    assert {name: count for name, count in asked.items() if count > MOST} == {}


def _parameters(one: ast.FunctionDef) -> list[str]:
    every = one.args.posonlyargs + one.args.args + one.args.kwonlyargs
    return [each.arg for each in every if each.arg not in ("self", "cls")]
