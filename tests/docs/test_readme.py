"""The README's first contract does what the README says."""

import re
import subprocess
import sys
from pathlib import Path

from entente.settings import settings_rows
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_contract_in_five_minutes_goes_as_the_readme_says(tmp_path: Path) -> None:
    for name, content in re.findall(r"```\w+ file=(\S+)\n(.*?)```", README, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    steps = [step for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for step in _steps(block)]
    assert len(steps) >= 7
    for command, expected in steps:
        printed = _run(command, tmp_path)
        assert _matches(expected, printed), f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}"


def test_every_setting_stands_in_the_documents_with_its_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, default, meaning in settings_rows():
        assert re.search(
            rf"\| `{name}` \| `{re.escape(default.removesuffix('.0'))}` \| {re.escape(meaning)} \|", text
        ), name


def _steps(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, expected) for command, _, expected in (part.partition("\n") for part in parts)]


def _run(command: str, folder: Path) -> str:
    program, *arguments = command.split()
    assert program == "entente"
    done = subprocess.run(
        [sys.executable, "-m", "entente", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _matches(expected: str, printed: str) -> bool:
    """Line by line, without trailing blanks; `...` stands for anything."""
    pattern = re.escape("\n".join(line.rstrip() for line in expected.rstrip().splitlines()))
    shown = "\n".join(line.rstrip() for line in printed.rstrip().splitlines())
    return re.fullmatch(pattern.replace(r"\.\.\.", "(?s:.*)"), shown) is not None
