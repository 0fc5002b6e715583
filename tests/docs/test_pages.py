"""The documents say what the program does: their commands are run, their words are those of the files and of the pages."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.language import language, typeset
from dashboards.pages.house.glossary import words
from entente.cli import main
from services.contract_files import json_schema
from tests.docs.test_readme import _matches, _steps

DOCS = Path(__file__).parents[2] / "docs"
PAIRS = {
    "files.md": "fr/fichiers.md",
    "mappings.md": "fr/correspondances.md",
    "contracts.md": "fr/contrats.md",
    "director.md": "fr/direction.md",
    "words.md": "fr/mots.md",
    "data-protection.md": "fr/protection-des-donnees.md",
}
"""Each in English with the same in French."""


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["files.md", "fr/fichiers.md"])
def test_what_a_page_shows_is_what_happens(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8" if page.startswith("fr/") else "C.UTF-8")
    for name, content in re.findall(r"```\w+ file=(\S+)\n(.*?)```", text(page), re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    steps = steps_of(text(page))
    assert len(steps) >= 7
    go(steps, capsys)


def test_the_way_from_a_figure_to_its_entry_is_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the store of the first page: its files, its first two commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for name, content in re.findall(r"```\w+ file=(\S+)\n(.*?)```", readme, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    steps = steps_of(text("design/debug-a-figure.md"))
    assert len(steps) >= 5
    go(steps_of(readme)[:2] + steps, capsys)


def steps_of(page: str) -> list[tuple[str, str]]:
    """The commands of a page, each with what it is said to print."""
    return [step for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL) for step in _steps(block)]


def go(steps: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]) -> None:
    """Runs them, one after the other; each ends well and prints what the page shows."""
    for command, expected in steps:
        program, *arguments = shlex.split(command)
        assert program == "entente"
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed, problem = capsys.readouterr()
        assert not ended.value.code, problem
        assert _matches(expected, printed), f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}"


@pytest.mark.parametrize("page", PAIRS.values())
def test_what_is_run_and_written_is_the_same_in_both_languages(page: str) -> None:
    [english] = [one for one, other in PAIRS.items() if other == page]
    blocks = [re.findall(r"^```(?:\w+ file=|console).*?^```", text(one), re.M | re.S) for one in (english, page)]
    assert [without_words(one) for one in blocks[0]] == [without_words(one) for one in blocks[1]]
    headings = [len(re.findall(r"^#+ ", text(one), re.M)) for one in (english, page)]
    assert headings[0] == headings[1]


def without_words(block: str) -> str:
    """What a command prints may be in the page's language; what is typed may not."""
    return block if "console" not in block[:12] else "\n".join(re.findall(r"^\$ entente (.*)", block, re.M))


def keys_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, inside in schema.items():
            if name == "properties":
                yield from inside
            yield from keys_of(inside)
    elif isinstance(schema, list):
        for inside in schema:
            yield from keys_of(inside)


@pytest.mark.parametrize(
    ("page", "kinds"),
    [("contracts.md", ("contract", "calendar", "service", "access")), ("mappings.md", ("mapping",))],
)
def test_every_word_of_the_files_is_explained(page: str, kinds: tuple[str, ...]) -> None:
    for one in (page, PAIRS[page]):
        words = set(re.findall(r"[a-z0-9_]+", " ".join(re.findall(r"`[^`\n]+`|```.*?```", text(one), re.DOTALL))))
        wanted = {key for kind in kinds for key in keys_of(json_schema(kind))}
        values = {value for kind in kinds for value in enums_of(json_schema(kind))}
        assert sorted((wanted | values) - words) == [], one


def enums_of(schema: Any) -> Iterator[str]:
    """The words that a place of a file takes."""
    if isinstance(schema, dict):
        yield from (
            value for value in schema.get("enum", ()) if isinstance(value, str) and re.fullmatch(r"[a-z_]+", value)
        )
        for inside in schema.values():
            yield from enums_of(inside)
    elif isinstance(schema, list):
        for inside in schema:
            yield from enums_of(inside)


def test_the_words_are_those_of_the_pages_and_the_same_in_both_tables() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text("words.md"), re.M)[1:]
    rows = [row for row in rows if "---" not in row[0]]
    assert len(rows) >= 40
    others = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text("fr/mots.md"), re.M)
    assert [(french, english) for english, french in rows] == [row for row in others if "---" not in row[0]][1:]
    french = dict(rows)
    for verdict in ("pending", "met", "late", "missing", "failed", "excused", "unknown"):
        assert language("fr").text(f"verdict.{verdict}") == french[verdict]


def test_the_page_of_words_says_what_the_document_says() -> None:
    for code, file, other in (("en", "words.md", "fr"), ("fr", "fr/mots.md", "en")):
        said = [f"| {one.by_language[code]} | {one.by_language[other]} | {one.means[code]} |" for one in words()]
        assert [typeset(line, code) for line in text(file).splitlines() if line.startswith("| ")][1:] == said


def test_the_documents_are_linked_from_the_first_page() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    for page in [*PAIRS, *PAIRS.values()]:
        assert f"(docs/{page})" in readme, page


def test_schemas_are_what_the_pages_are_held_to() -> None:
    assert "weight" in set(keys_of(json.loads(json.dumps(json_schema("contract")))))


def test_the_rgaa_has_each_of_its_criteria_once() -> None:
    """106 criteria in 13 themes (RGAA 4.1.2)."""
    found = re.findall(r"^\| (\d+)\.(\d+) \| [^|]+ \| (C|P|NA) \| ([^|]+) \|$", text("fr/rgaa.md"), re.M)
    themes = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
    wanted = [(str(n), str(one)) for n, most in enumerate(themes, 1) for one in range(1, most + 1)]
    assert [one[:2] for one in found] == wanted
    assert all(how.strip() != "—" for *_, result, how in found if result != "NA"), "it is said by what"
    for result, count in Counter(one[2] for one in found).items():
        assert re.search(rf"\b{result} : [a-zé ]+ \({count}\)", text("fr/rgaa.md")), result
