"""The page on packs does what it says, and says what stands in one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.docs.pack_tables import in_french, shapes, tables
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
ENGLISH, FRENCH = (ROOT / "docs" / name for name in ("pack.md", "fr/pack.md"))
BLOCK = re.compile(r"```(\w+)(?: file=(\S+))?\n(.*?)```", re.DOTALL)


def test_a_pack_is_checked_as_the_page_says(tmp_path: Path) -> None:
    blocks = BLOCK.findall(ENGLISH.read_text(encoding="utf-8"))
    for _, name, content in blocks:
        if name:
            (tmp_path / name).write_text(content, encoding="utf-8")
    steps = [step.partition("\n") for form, _, text in blocks if form == "console" for step in text.split("$ ")[1:]]
    assert len(steps) >= 10
    printed = run([command for command, _, _ in steps], tmp_path)
    for (command, _, expected), said in zip(steps, printed, strict=True):
        assert expected in ("...\n", said), f"$ {command}\n{said}"


def test_the_french_page_shows_the_same_commands() -> None:
    english, french = (BLOCK.findall(page.read_text(encoding="utf-8")) for page in (ENGLISH, FRENCH))
    assert english == french


def test_the_page_says_of_every_field_what_its_declaration_says_and_of_no_other() -> None:
    described = ENGLISH.read_text(encoding="utf-8").partition("\n### ")
    assert f"### {described[2]}" == "\n\n".join(tables()) + "\n", (
        "python -m tests.docs.pack_tables prints what it has to say"
    )


def test_the_french_page_describes_the_same_fields() -> None:
    english, french = (rows(page.read_text(encoding="utf-8")) for page in (ENGLISH, FRENCH))
    assert [(name, in_french(holds)) for name, holds in english] == french


def rows(page: str) -> list[tuple[str, str]]:
    """Its shapes, and the fields of each with what they hold, in their order. What is said of them is not empty."""
    found = re.findall(r"^(?:### (\w+)|\| `(\w+)` \| ([^|]+) \| [^|]+ \|)$", page, re.MULTILINE)
    assert len(found) >= 190
    return [(shape or field, holds) for shape, field, holds in found]


def test_what_may_be_null_is_said_with_what_that_means() -> None:
    fields = {f"{name}.{id}": one for name, shape in shapes().items() for id, one in shape["properties"].items()}
    may_be_null = [name for name, one in fields.items() if {"type": "null"} in one.get("anyOf", ())]
    assert len(may_be_null) >= 40
    assert [name for name in may_be_null if "null" not in fields[name]["description"]] == []


PROGRAM = """
import runpy, sys
from entente.cli import main
for line in sys.stdin:
    program, *arguments = line.split()
    try:
        main(arguments) if program == "entente" else runpy.run_path(arguments[0])
    except SystemExit as ended:
        assert not ended.code, line
    sys.stdout.write("\\0")
    sys.stdout.flush()
"""
"""One process for all commands: starting it takes longer than what they do."""


def run(commands: list[str], folder: Path) -> list[str]:
    """What each of them printed."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        input="\n".join(commands),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\0")[:-1]
