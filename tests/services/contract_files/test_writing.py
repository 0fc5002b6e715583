"""A tree written as a file reads as the same tree, and one value is changed where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract_files import as_file, read_documents, with_value

SAMPLES = sorted((Path(__file__).parents[3] / "deploy" / "samples").rglob("*.yaml"))
FILE = """\
entente: 1
contract: c   # the id
late_data: 3 days
valid: {from: 2026-01-01, until: "2026-12-31"}   # a year
deliverables:
  - id: d
    criteria:
      - id: k
        indicator: {kind: punctuality, due: {every: monday, at: "10:00"}, tolerance: 15 min}
        target: {at_least: 95 %, per: quarter}
"""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sample_written_again_says_the_same(sample: Path) -> None:
    for document in read_documents(sample.read_text("utf-8"), sample.name):
        [again] = read_documents(as_file(document.tree), "again")
        assert again.tree == document.tree
        assert as_file(again.tree) == as_file(document.tree)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
SCALARS = st.one_of(
    TEXTS, st.integers(0, 10**6), st.booleans(), st.sampled_from(["no", "1:30", "007", "95 %", "~", "1e3", "a: b"])
)
KEYS = st.from_regex(r"[a-z][a-z_.]{0,8}", fullmatch=True)
HELD = st.recursive(
    SCALARS, lambda held: st.lists(held, max_size=3) | st.dictionaries(KEYS, held, max_size=3), max_leaves=8
)
TREES = st.dictionaries(KEYS, HELD, min_size=1, max_size=4)


@given(TREES)
def test_whatever_texts_a_tree_holds_they_come_back(tree: dict[str, object]) -> None:
    [document] = read_documents(as_file(tree), "again")
    assert document.tree == tree


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("late_data",), "5 days", "late_data: 3 days", "late_data: 5 days"),
        (("valid", "until"), "2027-06-30", 'until: "2026-12-31"', "until: 2027-06-30"),
        (("deliverables", 0, "criteria", 0, "indicator", "due", "at"), "09:30", 'at: "10:00"', 'at: "09:30"'),
        (
            ("deliverables", 0, "criteria", 0, "indicator", "tolerance"),
            "end of day",
            "tolerance: 15 min",
            "tolerance: end of day",
        ),
        (("deliverables", 0, "criteria", 0, "target", "at_least"), "97.5 %", "at_least: 95 %", "at_least: 97.5 %"),
        (("contract",), "d, e # f", "contract: c   #", 'contract: "d, e # f"   #'),
    ],
)
def test_a_value_is_changed_where_it_stands(path: tuple[str | int, ...], value: str, before: str, after: str) -> None:
    [document] = read_documents(FILE, "c")
    assert with_value(FILE, document, path, value) == FILE.replace(before, after)


def test_a_new_key_of_the_whole_is_a_line_of_its_own_and_any_other_is_written_in() -> None:
    [document] = read_documents(FILE, "c")
    assert with_value(FILE, document, ("effective",), "2026-07-01") == f"{FILE}effective: 2026-07-01\n"
    [again] = read_documents(with_value(FILE, document, ("deliverables", 0, "criteria", 0, "weight"), "3"), "c")
    assert again.tree["deliverables"][0]["criteria"][0]["weight"] == 3
