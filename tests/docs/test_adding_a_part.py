"""The example of a part is applied to a copy of the sources, where the test that it brings passes."""

from __future__ import annotations

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
MOST = 4
"""Standing files that a part edits."""


def change() -> str:
    [found] = re.findall(r"^```diff\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return str(found)


def test_it_edits_four_standing_files_at_most() -> None:
    begins = re.split(r"^diff --git ", change(), flags=re.MULTILINE)[1:]
    standing = [part.split()[0] for part in begins if "new file mode" not in part]
    assert (len(standing) <= MOST, len(begins) > 10) == (True, True), standing


def test_it_works_in_a_copy_of_the_sources(tmp_path: Path) -> None:
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.db"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "part.diff").write_text(change(), encoding="utf-8")
    applied = subprocess.run(
        ["git", "apply", "-p1", "part.diff"], cwd=tmp_path, env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert applied.returncode == 0, applied.stderr
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/notes", *KEPT_TO],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert int(re.findall(r"(\d+) passed", ran.stdout)[-1]) > 50
