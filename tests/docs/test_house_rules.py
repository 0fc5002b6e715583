"""What holds for every file of the project, and for every page about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHERS = {"__pycache__", "build", "dist", "node_modules", ".venv", ".git"}
TEXTS = {"", ".cfg", ".css", ".csv", ".html", ".js", ".json", ".jsonl", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
"""Of pictures too."""
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def files(folder: Path = ROOT) -> Iterator[Path]:
    """All text files of the project; caches and what was built are not of it."""
    for path in sorted(folder.iterdir()):
        if path.name in OTHERS or path.name.endswith((".egg-info", "_cache")) or path.is_symlink():
            continue
        if path.is_dir():
            if not path.name.startswith(".") or path.name == ".ci":
                yield from files(path)
        elif path.suffix in TEXTS:
            yield path


def lines_with(pattern: str, *, among: str = "") -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files()
        if path.name.endswith(among)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if wanted.search(line)
    ]


def pages() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert lines_with(r"(?<![\w.}:/*-])/(work|root|home|Users)/\w") == []


def test_nothing_is_left_to_be_done_later() -> None:
    assert lines_with(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b") == []


def test_no_page_speaks_of_numbers_in_somebodys_tracker() -> None:
    assert lines_with(r"(?<![\w&/(])#\d+\b", among=".md") == []


def test_tests_are_no_package() -> None:
    """An `__init__.py` below tests/ would take the names of our packages for itself."""
    assert [name(path) for path in files(ROOT / "tests") if path.name == "__init__.py"] == []


def test_no_module_hides_one_of_the_standard_library() -> None:
    hiding = {"http.py", "kafka.py", "json.py", "calendar_.py", "types.py", "logging.py", "typing.py"}
    assert [name(path) for path in files() if path.name in hiding] == []


def test_every_decision_has_a_number_of_its_own_in_its_name_and_its_title() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").iterdir())
    names = [re.fullmatch(r"(\d{4})(-[a-z0-9]+)+\.md", decision.name) for decision in decisions]
    numbers = [int(found[1]) for found in names if found]
    assert len(numbers) == len(set(numbers)) == len(decisions)
    for number, decision in zip(numbers, decisions, strict=True):
        assert re.match(rf"# (?:0*)?{number}\b", decision.read_text()), decision.name


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, section = target.partition("#")
        found = (page.parent / file) if file else page
        assert found.exists(), target
        if section and found.suffix == ".md":
            assert section in {anchor(heading) for heading in HEADING.findall(FENCE.sub("", found.read_text()))}, target


def anchor(heading: str) -> str:
    """As code hosts derive it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_dependency_is_explained_and_nothing_else_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    declared = {re.split(r"[\[<>=~! ]", wanted)[0].lower() for group in groups for wanted in group}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    assert {explained.lower() for explained in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)} == declared
