"""The parts stand in their order: each builds on those before it, and knows none behind it, nor what is made of them all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.parts import PARTS

SERVICES = Path(__file__).parents[2] / "services"
NAMES = [part.name for part in PARTS]
MADE_OF_ALL = ["parts", "applying", "opening", "report_views", "report_readers", "serving"]


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Each module below a folder, and what it imports of services."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "services":
                yield from ((path.name, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services."):
                yield path.name, str(node.module).split(".")[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_part_knows_those_before_it_alone(name: str) -> None:
    found = list(imported(SERVICES / name))
    later = {*NAMES[NAMES.index(name) + 1 :], *MADE_OF_ALL}
    assert found, "it stands in a folder of its name"
    assert [one for one in found if one[1] in later] == []


def test_what_parts_are_built_on_knows_none_of_them() -> None:
    ground = [one for one in SERVICES.iterdir() if one.stem not in (*NAMES, *MADE_OF_ALL, "__init__", "__pycache__")]
    modules = [one for one in ground if one.is_dir()]
    above = {*NAMES, *MADE_OF_ALL}
    assert [found for folder in modules for found in imported(folder) if found[1] in above] == []
    files = [ast.parse(one.read_text("utf-8")) for one in ground if one.suffix == ".py"]
    names = [node.module for tree in files for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [one for one in names if one and one.startswith("services.") and one.split(".")[1] in above] == []
