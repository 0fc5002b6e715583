"""How pages are drawn: in the font that Entente serves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.town_server import served
from tests.dashboards.scenario import town
from tests.dashboards.serving import application

PACK = "/reviews/legal-opinions@2026-11-10/pack"
WIDTHS = """
() => document.fonts.ready.then(() => {
  const width = (text, css) => {
    const one = document.createElement('span');
    one.textContent = text; one.className = css; document.querySelector('h1').append(one);
    return one.getBoundingClientRect().width;
  };
  return [[...document.fonts].map(one => `${one.family} ${one.status}`), width('1111', ''), width('8888', '')];
})
"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(application(town())[0]) as address:
        yield address


@pytest.mark.parametrize("path", ["/", PACK])
def test_pages_are_written_in_the_font_that_comes_with_them(site: str, window: Page, path: str) -> None:
    asked: list[str] = []
    window.on("request", lambda request: asked.append(request.url))
    window.goto(site + path)
    fonts, ones, eights = window.evaluate(WIDTHS)
    assert fonts == ["Entente Inter loaded"]
    assert ones == eights
    assert len([url for url in asked if url.endswith(".woff2")]) == 1
    assert all(url.startswith(site) for url in asked)
