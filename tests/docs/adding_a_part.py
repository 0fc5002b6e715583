"""Draws the example of a part anew, where what it is entered in has changed: python -m tests.docs.adding_a_part FOLDER.

At first FOLDER is made: a copy of the sources with the part in it. What could not be put in its place is said; put it there by
hand, and change the part as you like. Then again, with the same FOLDER: its tests run, and docs/design/adding-a-part.md gets the
change as it is now.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "design" / "adding-a-part.md"
SOURCES = ("domain", "services", "ingestion", "dashboards", "entente", "deploy", "tests", "docs")
KEPT_TO = [
    "tests/services/test_parts.py",
    "tests/services/test_shapes.py",
    "tests/services/test_rows_by_name.py",
    "tests/services/test_rights.py",
    "tests/dashboards/test_parts.py",
]
"""The tests of what every part keeps to."""


def change() -> str:
    """The diff that the page holds."""
    [found] = re.findall(r"^```diff\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return str(found)


def copy_sources(folder: Path) -> None:
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.db"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def ran(folder: Path, *command: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """One command in the folder, which is in no repository but its own."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def apply(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "part.diff").write_text(change(), encoding="utf-8")
    applied = ran(folder, "git", "apply", "-p1", *options, "part.diff")
    (folder / "part.diff").unlink()
    return applied


def outcome(folder: Path) -> subprocess.CompletedProcess[str]:
    """The tests that the part brings, and those of what every part keeps to."""
    tests = ["tests/notes", *KEPT_TO]
    return ran(folder, sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests, seconds=900)


def _begin(folder: Path) -> str:
    folder.mkdir(parents=True)
    copy_sources(folder)
    for command in (("init", "-q"), ("add", "-A"), ("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")):
        ran(folder, "git", *command)
    apply(folder, "--reject")
    rejected = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.rej"))
    return "\n".join(
        ["to be put in its place by hand, then removed:", *rejected] if rejected else ["all is in its place"]
    )


def _end(folder: Path) -> str:
    if (left := sorted(map(str, folder.rglob("*.rej")))) or (tests := outcome(folder)).returncode:
        sys.exit("\n".join(left) or tests.stdout)
    ran(folder, "git", "add", "-A")
    drawn = ran(folder, "git", "diff", "--cached", "--no-renames").stdout
    PAGE.write_text(PAGE.read_text("utf-8").replace(change(), drawn), encoding="utf-8")
    return f"{PAGE.relative_to(ROOT)}: {drawn.count('diff --git')} files"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder.resolve()
    print(_end(folder) if folder.exists() else _begin(folder))


if __name__ == "__main__":
    main()
