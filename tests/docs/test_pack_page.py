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
    steps = [step for form, _, text in blocks if form == "console" for step in text.split("$ ")[1:]]
    assert len(steps) >= 10
    for step in steps:
        command, _, expected = step.partition("\n")
        printed = run(command, tmp_path)
        assert expected in ("...\n", printed), f"$ {command}\n{printed}"


def test_the_french_page_shows_the_same_commands() -> None:
    english, french = (BLOCK.findall(page.read_text(encoding="utf-8")) for page in (ENGLISH, FRENCH))
    assert english == french


def run(command: str, folder: Path) -> str:
    program, *arguments = command.split()
    module = {"entente": ["-m", "entente"], "python": []}[program]
    done = subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
