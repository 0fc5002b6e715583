"""What docs/security.md says of the program is so: each requirement stands there once, and each test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from entente.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
STATES = {"met", "nothing of the kind", "operator", "deviation", "open"}
FIRST = {
    1: "2.1-5 3.1-2 5.1", 2: "1.1 2.1-2 3.1", 3: "2.1-2 3.1 4.1-2 5.1-3", 4: "1.1 4.1", 5: "2.1-2 3.1-2",
    6: "1.1 2.1-8 3.1-2 4.1-2", 7: "2.1-4 4.1-2", 8: "1.1 2.1-2 3.1", 9: "1.1-3 2.1", 10: "4.1-5", 11: "3.1-2 4.1",
    12: "1.1 2.1-2", 13: "4.1", 14: "2.1 3.1", 15: "1.1 2.1 3.1",
}  # fmt: skip
SECOND = {
    1: "1.1-2 2.6-9 3.3-11 4.1-3 5.2", 2: "1.2-3 2.3 3.2-4 4.1", 3: "3.2-4 4.3-6 5.4-5 7.1-2", 4: "1.2-3 2.1 3.1-2 4.2-4",
    5: "1.1 2.3 4.1-3", 6: "1.2-3 2.9-12 3.3-4 4.3-4 5.1-5 6.1-3 8.1-4", 7: "1.1-3 3.1-2 4.3-5 5.1-2 6.1-2",
    8: "1.2 2.3 4.1", 9: "2.2-4", 10: "1.1-2 2.1-2 3.1-4 4.6-11 5.1-5 6.1-2 7.1-3", 11: "1.1-2 2.1-3 3.3 4.2-4 5.1 6.1",
    12: "1.2-3 3.1-4", 13: "1.1 2.1-5 3.1-2 4.2-5", 14: "1.1-2 2.2-4 3.2-3", 15: "1.2-3 2.2-3 3.2-7",
    16: "1.1 2.1-5 3.1-4 4.1-3 5.1-3", 17: "1.1 2.1-4 3.1-2",
}  # fmt: skip
"""The requirements of levels 1 and 2 of OWASP ASVS 5.0.0, by chapter."""


class Row(NamedTuple):
    number: str
    level: str
    asks: str
    state: str
    how: str
    test: str


ROWS = [Row(*(cell.strip() for cell in line)) for line in re.findall(r"^\|" + r" ([^|]*)\|" * 6 + "$", PAGE, re.M)]
ROWS = [row for row in ROWS if re.fullmatch(r"\d+\.\d+\.\d+", row.number)]


def spread(chapters: dict[int, str]) -> list[str]:
    """`{1: "2.1-3"}` is 1.2.1, 1.2.2, 1.2.3."""
    found = []
    for chapter, text in chapters.items():
        for section, first, last in re.findall(r"(\d+)\.(\d+)(?:-(\d+))?", text):
            found += [f"{chapter}.{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def test_each_requirement_of_both_levels_has_one_row() -> None:
    first, second = spread(FIRST), spread(SECOND)
    assert (len(first), len(second)) == (70, 183)
    assert sorted(row.number for row in ROWS) == sorted(first + second)
    assert {row.number for row in ROWS if row.level == "1"} == set(first)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_says_how_it_is_met_and_which_test_shows_it_or_why_not(row: Row) -> None:
    assert row.asks
    assert row.how
    assert row.state in STATES
    assert row.state != "met" or row.test
    if row.test:
        path, _, name = row.test.strip("`").partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8") if name else (ROOT / path).is_file()


def test_every_use_of_cryptography_is_in_the_inventory() -> None:
    used = re.compile(r"^(?:import|from) (?:hmac|secrets|cryptography|argon2|joserfc|pyotp)\b", re.M)
    inventory = PAGE.partition("## Keys and secrets")[2].partition("\n## ")[0]
    modules = [
        str(path.relative_to(ROOT))
        for package in ("domain", "services", "ingestion", "dashboards", "entente")
        for path in sorted((ROOT / package).rglob("*.py"))
        if used.search(path.read_text(encoding="utf-8"))
    ]
    assert [module for module in modules if f"`{module}`" not in inventory] == []
    assert len(modules) > 5


def test_the_settings_that_name_others_are_listed() -> None:
    others = [name for name in Settings.model_fields if re.search(r"_(url|servers|issuer)$|^store$", name)]
    told = PAGE.partition("## Whom it talks to")[2].partition("\n## ")[0]
    assert [name for name in others if f"`ENTENTE_{name.upper()}`" not in told] == []


def test_no_secret_has_a_default() -> None:
    secret = [name for name in Settings.model_fields if re.search(r"password|token|secret|key", name)]
    assert len(secret) >= 4
    for name in secret:
        default = Settings.model_fields[name].default
        assert not (default.get_secret_value() if hasattr(default, "get_secret_value") else default), name


def test_how_to_report_is_said() -> None:
    policy = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for heading in ("## How to report", "## What is supported", "## What Entente protects, and what it cannot"):
        assert heading in policy
    assert "within 14 days" in policy
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/security.md)" in readme
    assert "(SECURITY.md)" in readme
