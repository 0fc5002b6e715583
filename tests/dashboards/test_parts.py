"""What each part brings to the pages has its words in both languages."""

from __future__ import annotations

import pytest

from dashboards.language import LANGUAGES, language
from dashboards.pages.parts import PARTS


@pytest.mark.parametrize("code", LANGUAGES)
def test_menus_and_things_of_parts_are_worded(code: str) -> None:
    words = language(code)
    keys = [
        *(key for part in PARTS for _, key in part.menu),
        *(f"history.thing.{thing}" for part in PARTS for thing in part.things),
    ]
    assert len(keys) > 10
    assert [key for key in keys if not words.has(key)] == []
