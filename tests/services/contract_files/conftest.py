"""The example of the file format, and documents made from texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.contract_files import Document, read_documents

EXAMPLE = (Path(__file__).parent / "example.yaml").read_text(encoding="utf-8")


@pytest.fixture
def example() -> str:
    return EXAMPLE


@pytest.fixture
def one() -> Callable[[str], Document]:
    """The one document of a text."""

    def read(text: str) -> Document:
        [document] = read_documents(text, "f.yaml")
        return document

    return read


@pytest.fixture
def edited(one: Callable[[str], Document]) -> Callable[..., Document]:
    """The example with one passage replaced."""

    def edit(old: str, new: str) -> Document:
        assert old in EXAMPLE, old
        return one(EXAMPLE.replace(old, new, 1))

    return edit
