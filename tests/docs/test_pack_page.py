"""The page on how to check a pack does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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
