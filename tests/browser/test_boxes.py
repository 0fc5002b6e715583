"""Where things stand: nothing beyond the page, no label over another, no letters too small to read; on phones and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.town_server import served_town
from tests.dashboards.town import HEADS

PACK = "/reviews/legal-opinions@2026-11-10/pack"
PAGES = (
    "/",
    "/commitments/school-meals/midday-ferry/on-time",
    "/contracts/school-meals",
    "/portfolio",
    "/history",
    PACK,
)
PRINTED = {"/": 2, "/commitments/school-meals/midday-ferry/on-time": 4, "/contracts/school-meals": 3, "/portfolio": 4,
           "/history": 3, PACK: 3, "/commitments/it-support/faults/fixed": 4}  # fmt: skip
"""How many pages of A4 at most."""
NARROW = """() => [...document.querySelectorAll("main section > svg[role=img]:not(.cells, .weeks)")]
  .map(one => [one.getAttribute("class"), one.getBoundingClientRect().width]).filter(([_, wide]) => wide > 0 && wide < 600)"""
"""Drawings on paper that leave room beside them."""
A4 = round((210 - 20 - 18) / 25.4 * 96)
"""Pixels between the margins."""
MEASURED = """() => {
  const seen = one => { const box = one.getBoundingClientRect(); return box.width > 0 && box.height > 0 }
  const clipped = one => { for (let at = one.parentElement; at; at = at.parentElement)
    if (getComputedStyle(at).overflowX !== "visible" || getComputedStyle(at).clipPath !== "none") return true; return false }
  const wide = [...document.body.querySelectorAll("*")].filter(one => seen(one) && !clipped(one)
    && getComputedStyle(one).clipPath === "none" && one.getBoundingClientRect().right > innerWidth + 1)
  const words = [...document.querySelectorAll("svg text")].filter(one => seen(one) && one.textContent.trim())
  const scale = one => one.getBoundingClientRect().height / Math.max(1, one.getBBox().height)
  const small = words.filter(one => parseFloat(getComputedStyle(one).fontSize) * scale(one) < 8.5)
  const over = []
  for (const svg of new Set(words.map(one => one.ownerSVGElement))) {
    const boxes = words.filter(one => one.ownerSVGElement === svg).map(one => [one.textContent, one.getBoundingClientRect()])
    boxes.forEach(([text, box], at) => boxes.slice(at + 1).forEach(([other, that]) => {
      const x = Math.min(box.right, that.right) - Math.max(box.left, that.left)
      const y = Math.min(box.bottom, that.bottom) - Math.max(box.top, that.top)
      if (x > 1 && y > 4) over.push(`${text} / ${other}`)
    }))
  }
  const said = one => `${one.tagName}.${one.className.baseVal ?? one.className}: ${one.textContent.trim().slice(0, 40)}`
  return {wide: wide.map(said), small: small.map(said), over}
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served_town() as (address, _):
        yield address


def opened(browser: Browser, site: str, language: str, width: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "language", "value": language, "url": site},
                         {"name": "as", "value": "kitchen/marc.olivier", "url": site}])  # fmt: skip
    return context.new_page()


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 390), ("fr", 800), ("fr", 1280)])
def test_nothing_stands_beyond_the_page_or_over_another(browser: Browser, site: str, language: str, width: int) -> None:
    page = opened(browser, site, language, width)
    for path in PAGES:
        page.goto(site + path)
        found = page.evaluate(MEASURED)
        if 719 < width < 1216:
            del found["small"]  # wide drawings shrink a little there
        assert not any(found.values()), f"{path} {found}"
    page.context.close()


def test_long_names_make_no_page_wider_than_a_small_window(browser: Browser) -> None:
    with served_town() as (address, town):
        for id in HEADS:
            town.agree({"entente": 1, "service": id, "title": "Syndicat numérique intercommunal des écoles"})
        page = opened(browser, address, "fr", 722)
        page.goto(address + "/portfolio")
        assert page.evaluate("document.documentElement.scrollWidth") <= 722
        page.context.close()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_on_paper_all_is_within_the_margins_and_takes_no_more_pages_than_it_needs(
    browser: Browser, site: str, language: str
) -> None:
    page = opened(browser, site, language, A4)
    for path, most in PRINTED.items():
        page.emulate_media(media="print")
        page.goto(site + path)
        found = page.evaluate(MEASURED)
        assert not any(found.values()), f"{path} {found}"
        made = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type /Page\b", made)) <= most, path
        if path.startswith("/commitments"):
            assert not page.evaluate(NARROW), path
    page.goto(f"{site}/contracts/school-meals/edit")
    assert page.locator("#f-propose").is_visible(), "what is written is printed, too"
    page.context.close()
