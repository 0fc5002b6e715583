"""A made-up tenth kind of indicator, in a copy of the sources: every place that must know it says so, by a type error or by a
failing test (docs/design/add-a-kind.md)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.entente.test_faces_of_kinds import LAYERS, PACKAGES, ROOT, exhaustive_matches

FACES = "tests/entente/test_faces_of_kinds.py"
GUIDE = "docs/design/add-a-kind.md"
TENTH = """
@dataclass(frozen=True, slots=True)
class Tenth:
    each: Selector
    kind: Literal["tenth"] = "tenth"


Indicator = (
    Tenth |"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with one kind more: its terms alone."""
    folder = tmp_path_factory.mktemp("tenth")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / FACES).parent.mkdir(parents=True)
    shutil.copy(ROOT / FACES, folder / FACES)
    (folder / "docs" / "design").mkdir(parents=True)
    shutil.copy(ROOT / GUIDE, folder / GUIDE)
    terms = folder / "domain" / "terms.py"
    text = terms.read_text("utf-8")
    for before, after in (("\nIndicator = (\n   ", TENTH), ("Kind = Literal[\n", 'Kind = Literal[\n    "tenth",\n')):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    terms.write_text(text, "utf-8")
    return folder


def _run(copy: Path, *arguments: str) -> str:
    """What it says; nothing of this working copy is imported."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_each_match_of_kinds_without_the_tenth_is_a_type_error(copy: Path) -> None:
    said = _run(copy, "mypy", "--no-error-summary", *(one for package in PACKAGES for one in ("-p", package)))
    missed = re.findall(r'^([^:]+):\d+: error: Argument 1 to "assert_never" has incompatible type "Tenth"', said, re.M)
    assert set(missed) == exhaustive_matches()
    assert exhaustive_matches()


def test_each_layer_without_a_face_of_the_tenth_fails_a_test(copy: Path) -> None:
    said = _run(
        copy, "pytest", "-q", "--rootdir", str(copy), "-c", "pyproject.toml", "-p", "no:cacheprovider", "-n", "0", FACES
    )
    failed = set(re.findall(rf"^FAILED {FACES}::(\S+)", said, re.M))
    wanted = {f"test_every_kind_has_a_face_in_the_layer[{layer}]" for layer in LAYERS}
    words = {f"test_every_kind_has_its_words[{code}]" for code in ("en", "fr")}
    assert (
        wanted | words | {"test_every_kind_may_stand_in_a_file", "test_every_kind_has_its_own_terms_in_the_domain"}
        <= failed
    )
