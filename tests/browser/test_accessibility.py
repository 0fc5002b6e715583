"""Every page without a fault that axe-core knows, in both languages and themes, wide, zoomed and on a small phone.

`make test` looks at each page in one variant, another one for the next page; `make a11y` at each in all. A picture of each
is kept in `build/pictures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.picturing import sheets, take
from tests.browser.town_server import served_town
from tests.dashboards.contracts.test_editor import PATH as EDITOR
from tests.dashboards.test_pages import PAGES
from tests.dashboards.valmoray import page_of

WIDTHS = {"desktop": 1280, "twice-as-large": 640, "phone": 320}
"""CSS pixels: of a desk, of the same desk at 200 %, and the least that WCAG asks for (1.4.10)."""
VARIANTS = tuple(product(("en", "fr"), ("light", "dark"), WIDTHS))
EVERY_PAGE = (
    *PAGES,
    EDITOR,
    "/new-contract?kind=turnaround",
    "/contracts/nowhere",
    "/contracts/school-meals?at={then}",
    "/portfolio?at=yesterday",
    "/actions/{open}/plan",
    "/words",
)
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" not in metafunc.fixturenames:
        return
    pages = [page for page in EVERY_PAGE if not page.endswith("/pack")]
    if metafunc.config.getoption("every_variant", default=False):
        wanted = list(product(pages, VARIANTS))
    else:
        wanted = [(page, VARIANTS[at * 5 % len(VARIANTS)]) for at, page in enumerate(pages)]
    metafunc.parametrize(("path", "variant"), wanted, ids=[f"{page}-{'-'.join(variant)}" for page, variant in wanted])


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served_town() as (address, _):
        yield address


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[tuple[str, str], BrowserContext]]:
    """One for each language and theme."""
    made = {
        (language, theme): browser.new_context(locale=language, color_scheme="dark" if theme == "dark" else "light")
        for language, theme in product(("en", "fr"), ("light", "dark"))
    }
    yield made
    for context in made.values():
        context.close()
    sheets(browser)


@cache
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong, one line for each element."""
    page.evaluate(axe())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", list(TAGS)
    )
    return [
        f"{fault['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def test_no_page_has_a_fault_that_axe_knows(
    site: str, windows: dict[tuple[str, str], BrowserContext], path: str, variant: tuple[str, str, str]
) -> None:
    language, theme, width = variant
    page = windows[language, theme].new_page()
    try:
        page.set_viewport_size({"width": WIDTHS[width], "height": 900})
        page.goto(site + page_of(path))
        take(page, path, f"{width}-{theme}-{language}")
        assert page.evaluate("document.documentElement.lang") == language
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    finally:
        page.close()


SPACED = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }`);
document.adoptedStyleSheets = [sheet];
"""
"""What readers may do to texts (WCAG 1.4.12)."""
LOOKED_AT_CLOSELY = (
    "/",
    "/portfolio",
    "/contracts/school-meals",
    "/commitments/school-meals/midday-ferry/on-time",
    "/breaches/{late}",
    "/quarantine",
    "/history",
    EDITOR,
)


@pytest.mark.parametrize("path", LOOKED_AT_CLOSELY)
def test_wide_letters_on_a_small_phone_make_no_page_scroll_sideways(site: str, window: Page, path: str) -> None:
    window.set_viewport_size({"width": 320, "height": 900})
    window.goto(site + page_of(path))
    window.evaluate(SPACED)
    assert window.evaluate("document.documentElement.scrollWidth") <= 320


AIMS = """
[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0)
  .map((one, at) => { one.dataset.aim = at; return at })
"""
FOCUSED = """
() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [one.dataset.aim === undefined ? null : Number(one.dataset.aim), isSeen && isInside, one.outerHTML.slice(0, 120)];
}
"""


@pytest.mark.parametrize("path", LOOKED_AT_CLOSELY)
@pytest.mark.parametrize("width", [1280, 320])
def test_the_keyboard_alone_reaches_everything_in_order_and_shows_where_it_is(
    site: str, window: Page, path: str, width: int
) -> None:
    window.set_viewport_size({"width": width, "height": 900})
    window.goto(site + page_of(path))
    wanted: list[int] = window.evaluate(AIMS)
    reached: list[int] = []
    hidden: list[str] = []
    for _ in range(len(wanted) * 2 + 20):
        window.keyboard.press("Tab")
        aim, is_seen, html = window.evaluate(FOCUSED)
        if aim is None:
            break
        if not reached or reached[-1] != aim:
            reached.append(aim)
        if not is_seen:
            hidden.append(html)
    assert reached == wanted
    assert hidden == []


def test_the_skip_link_is_the_first_thing_reached_and_leads_to_the_content(site: str, window: Page) -> None:
    window.goto(site + "/portfolio")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.className") == "skip"
    assert window.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    window.keyboard.press("Enter")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.closest('main') !== null")
