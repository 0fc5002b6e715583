"""The pages of the design hold what code and pages cite of them, and name all that the outside sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from dashboards.metric_names import ALL_METRICS
from entente.cli import app
from services.judging.views import JUDGING
from tests.docs.architecture import written
from tests.docs.test_house_rules import ROOT, files, name

DESIGN = ROOT / "docs" / "design"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DESIGN.glob("*.md"))}
INTERFACE = PAGES["interface.md"] + PAGES["interface-4-http.md"]

DOCUMENT = r"\b(?P<document>DESIGN|MEANING|INTERFACE|TRUST|MORNING|MEETING)\b|(?P<design>\bthe design \((?=§))"
FOREIGN = r"(?P<foreign>\b(?:RFC \d+|CloudEvents|binding|format|SHARED)\b)"
SECTION = r"§(?P<section>\d+(?:\.\d+)*)(?:[–-](?P<last>\d+(?:\.\d+)*))?(?:[ \n]+[\"“](?P<title>[^\"”]+)[\"”])?"
CITED = re.compile(f"{DOCUMENT}|{FOREIGN}|{SECTION}")
"""What a text names, in its order: one of the design's documents, another document, a section."""
ENDS = re.compile(r"\n\s*\n|\"\"\"")
"""A paragraph or a docstring: what is cited behind it says anew of what."""
HEADING = re.compile(
    r"^#+ (?:(?P<section>(?:DESIGN|MEANING|INTERFACE|TRUST|MORNING|MEETING) §\d+(?:\.\d+)*) )?(?P<title>.+)$",
    re.MULTILINE,
)


def headings() -> dict[str, set[str]]:
    """The sections of the design, each with the titles that stand under it."""
    found: dict[str, set[str]] = {}
    for text in PAGES.values():
        section = ""
        for heading in HEADING.finditer(text):
            section = heading["section"] or section
            found.setdefault(section, set()).add(heading["title"])
    return found


def cited(text: str) -> Iterator[tuple[str, str | None]]:
    """The sections of the design that a text cites, with the title that it quotes of each."""
    for part in ENDS.split(text):
        document = None
        for one in CITED.finditer(part):
            if one["section"] is None:
                document = one["document"] or ("DESIGN" if one["design"] else None)
            elif document is not None:
                yield f"{document} §{one['section']}", one["title"]
                if one["last"]:
                    yield f"{document} §{one['last']}", None


def test_every_section_that_is_cited_stands_in_the_design() -> None:
    known = headings()
    texts = {path: path.read_text("utf-8") for path in files() if path.suffix in {".py", ".md"}}
    citing = [(path, at) for path, text in texts.items() if "§" in text for at in cited(text)]
    assert len(citing) > 150
    wrong = [
        f"{name(path)}: {section} {title or ''}"
        for path, (section, title) in citing
        if section not in known or (title is not None and title not in known[section])
    ]
    assert wrong == []


def test_what_is_cited_is_told_from_the_sections_of_others() -> None:
    text = "as RFC 8259 §4, §6 say (MEANING §3, §5 “Periods close”; DESIGN §3.9–3.12). CloudEvents 1.0 §3\n\nand §7"
    sections = [("MEANING §3", None), ("MEANING §5", "Periods close"), ("DESIGN §3.9", None), ("DESIGN §3.12", None)]
    assert list(cited(text)) == sections


def commands(command: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    inside = getattr(command, "commands", None)
    if inside is None:
        yield names
    for name_, one in sorted((inside or {}).items()):
        yield from commands(one, (*names, name_))


def test_every_command_stands_in_the_interface() -> None:
    lines = INTERFACE.splitlines()
    for group, *verb in commands(typer.main.get_command(app)):
        rows = [line for line in lines if line.startswith("|") and re.search(rf"`entente {group}\b", line)]
        assert rows, group
        assert not verb or any(re.search(rf"[` ]{verb[0]}[` ]", row) for row in rows), (group, *verb)


ROUTE = re.compile(r"^\s*@\w+\.(?:get|post|put|delete)\(\s*\"(/[^\"]*)\"", re.MULTILINE)


def test_every_address_stands_in_the_interface() -> None:
    texts = [path.read_text("utf-8") for folder in ("services", "ingestion") for path in (ROOT / folder).rglob("*.py")]
    routes = {found for text in texts for found in ROUTE.findall(text)}
    assert len(routes) >= 45
    rows = [line for line in INTERFACE.splitlines() if line.startswith("| `") and "/" in line]
    for route in sorted(routes):
        first, *others = [part for part in route.removeprefix("/v1").split("/") if part and not part.startswith("{")]
        base = f"/{first}" if first in ("healthz", "readyz") else f"/v1/{first}"
        mine = [row for row in rows if re.search(rf"{base}\b", row)]
        assert any(all(f"/{other}" in row for other in others) for row in mine), route


def test_every_metric_stands_in_the_interface() -> None:
    for metric in ALL_METRICS:
        assert re.search(rf"`{metric.name}[`{{]", INTERFACE), metric.name


def test_every_page_is_named_by_the_index() -> None:
    named = set(re.findall(r"\]\(([\w-]+\.md)\)", PAGES["README.md"]))
    assert named == set(PAGES) - {"README.md"}


def test_pages_are_of_a_size_that_is_read() -> None:
    """But for a change of the program, which is to be followed file by file."""
    read = {page: text for page, text in PAGES.items() if page != "adding-a-part.md"}
    assert {page: size for page, text in read.items() if (size := len(text)) > 17_000} == {}


def rows_of(page: str, columns: int) -> list[tuple[str, ...]]:
    """The rows of a page's tables with that many columns, without their heads."""
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [tuple(line) for line in lines if len(line) == columns and line[0] not in ("in code", "word", "mot")]


def test_every_word_of_the_glossary_is_one_of_the_code() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for package in ("domain", "services", "ingestion", "dashboards", "entente")
        for path in (ROOT / package).rglob("*.py")
    )
    words = set(re.findall(r"[A-Za-z]+(?:_[A-Za-z]+)*", code))
    glossary = PAGES["glossary.md"]
    wanted = [word for row in rows_of(glossary, 4) + rows_of(glossary, 2) for word in row[0].split(", ")]
    assert len(wanted) > 90
    assert len(wanted) == len(set(wanted))
    assert [word for word in wanted if (word not in code if " " in word else not {word, f"{word}s"} & words)] == []


def test_words_that_pages_show_are_those_of_the_words_pages_and_of_the_texts() -> None:
    pairs = {(english, french) for english, french, _ in rows_of((ROOT / "docs/words.md").read_text("utf-8"), 3)}
    both = [("en", ROOT / "docs"), ("fr", ROOT / "docs" / "fr")]
    said = [
        "\n".join(
            path.read_text("utf-8") for path in (*(ROOT / "dashboards").rglob(f"{code}.toml"), *folder.glob("*.md"))
        ).lower()
        for code, folder in both
    ]
    rows = rows_of(PAGES["glossary.md"], 4)
    assert {(english, french) for _, english, french, _ in rows} == pairs
    for _, english, french, _ in rows:
        assert all(word in said[0] for word in english.split(", ")), english
        assert all(word in said[1] for word in french.split(", ")), french


def test_the_number_of_the_judging_rules_is_that_of_the_code_and_of_the_last_decision_about_them() -> None:
    number = re.compile(r"[Tt]he number of the judging rules is (\d+)")
    [told] = number.findall(PAGES["meaning-7-versions.md"])
    decisions = [path.read_text("utf-8") for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert int(told) == max(int(one) for text in decisions for one in number.findall(text)) == JUDGING


def test_every_folder_of_tests_stands_in_their_map() -> None:
    folders = {name(path.parent) for path in files(ROOT / "tests") if path.parent != ROOT / "tests"}
    assert folders == {found.rstrip("/") for found in re.findall(r"`(tests/[\w/]+/)`", PAGES["tests.md"])}


PLACE = re.compile(r"`((?:domain|services|ingestion|dashboards|entente|deploy|docs|tests)(?:/[\w.-]+)+/?)`")
NAMED = re.compile(r"`(?:\w+\.)?(\w+)`\s+\(`([\w/]+\.py)`\)")
"""A name of the code, and where it is defined."""


def test_guides_name_places_and_functions_that_are_there() -> None:
    page = "".join(
        text for page, text in PAGES.items() if page not in ("interface.md", "interface-4-http.md", "glossary.md")
    )
    assert [place for place in PLACE.findall(page) if not (ROOT / place).exists()] == []
    named = NAMED.findall(page)
    assert len(named) > 50
    wrong = [
        (what, where)
        for what, where in named
        if not re.search(
            rf"^\s*(?:async )?(?:def|class) {what}\b|^{what}\b.*=", (ROOT / where).read_text("utf-8"), re.M
        )
    ]
    assert wrong == []


def test_the_picture_of_the_packages_and_the_list_of_modules_are_those_of_the_sources() -> None:
    assert [name(path) for path, text in written().items() if path.read_text("utf-8") != text] == [], (
        "make architecture"
    )


def test_numbers_of_decisions_that_are_missing_are_told() -> None:
    numbers = {int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md")}
    told = re.search(r"missing there \(([\d, ]+)\)", PAGES["README.md"])
    assert told is not None
    assert {int(number) for number in told[1].split(", ")} == set(range(1, max(numbers))) - numbers
