"""How pages are drawn: in the font that Entente serves, in the colours that were chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.town_server import served_town

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
    with served_town() as (address, _):
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


@pytest.fixture
def in_the_dark(browser: Browser) -> Iterator[Page]:
    """A window of somebody whose system is dark."""
    context = browser.new_context(color_scheme="dark", locale="fr")
    yield context.new_page()
    context.close()


def token(page: Page, name: str) -> str:
    return str(page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()"))


def choose(page: Page, name: str) -> None:
    page.get_by_role("list", name="Couleurs").get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


def test_the_colours_that_were_chosen_stay_and_paper_is_light(site: str, in_the_dark: Page) -> None:
    in_the_dark.goto(site + "/contracts?service=kitchen")
    assert token(in_the_dark, "paper") == "#131416"
    for name, paper in (("claires", "#FBFAF7"), ("celles du système", "#131416"), ("sombres", "#131416")):
        choose(in_the_dark, name)
        assert in_the_dark.url == site + "/contracts?service=kitchen"
        assert token(in_the_dark, "paper") == paper
    in_the_dark.emulate_media(color_scheme="light")
    in_the_dark.goto(site + "/portfolio")
    assert token(in_the_dark, "paper") == "#131416"
    in_the_dark.emulate_media(media="print")
    assert token(in_the_dark, "paper") == "#fff"
    assert token(in_the_dark, "ink") == "#1B1B19"


def test_colours_that_the_system_forces_win_over_chosen_ones(site: str, in_the_dark: Page) -> None:
    in_the_dark.emulate_media(forced_colors="active")
    in_the_dark.goto(site)
    for name in ("claires", "sombres", "celles du système"):
        choose(in_the_dark, name)
        assert token(in_the_dark, "kept-fill") == "CanvasText"
