"""The example with one passage replaced, and every line that is then said: in refusals.txt, `- old`, `+ new`, lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.contract_files import check, contract_terms, read_documents
from services.errors import DocumentInvalid


def refusals() -> list[tuple[str, str, list[str]]]:
    found = []
    for block in (Path(__file__).parent / "refusals.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        old, new, *problems = block.splitlines()
        found.append((old[2:].replace("\\n", "\n"), new[2:].replace("\\n", "\n"), problems))
    return found


def problems_of(text: str) -> list[str]:
    try:
        [document] = read_documents(text, "f.yaml")
    except DocumentInvalid as error:
        return error.problems
    return check(document)


@pytest.mark.parametrize(("old", "new", "problems"), refusals())
def test_each_refusal_says_where_what_and_what_would_be_right(
    old: str, new: str, problems: list[str], example: str
) -> None:
    assert example.count(old) >= 1
    assert problems_of(example.replace(old, new, 1)) == problems


def test_the_example_is_accepted(example: str) -> None:
    assert problems_of(example) == []


def test_a_refused_document_has_no_terms(example: str) -> None:
    [document] = read_documents(example.replace("95 %", "195 %"), "f.yaml")
    with pytest.raises(DocumentInvalid) as raised:
        contract_terms(document)
    assert raised.value.problems == check(document)


def test_a_share_with_a_leading_zero_is_no_share(example: str) -> None:
    assert any("targets" in one or "target" in one for one in problems_of(example.replace("95 %", "095 %", 1)))
