"""A browser for this run, and a window for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import NoChromium, chromium
from tests.lacking import lacking


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-variant", action="store_true", help="each page in each language, theme and width")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Where there is none, a laptop leaves out the tests of this folder; continuous integration fails. One for each module:
    while it is there an event loop runs in this thread, and other modules want their own."""
    try:
        with chromium() as running:
            yield running
    except NoChromium as missing:
        lacking(f"the pages are not tried in a browser here (tests/browser): {missing}")


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """An empty one, 1280 pixels wide. What it says to its console, and each script that failed, ends the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert wrong == []
