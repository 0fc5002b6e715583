"""Takes pictures of all pages, wide and on a phone, light and dark, in both languages, and puts them on sheets.

    python -m tests.browser.pictures [http://127.0.0.1:8000] [--variant desktop-light-fr] [PATH…]

Without an address it takes the pages of the tests' town, and of a store without anything in it; with one, one page of each
sort that links of the program there lead to. Exits 3 where there is no Chromium.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product

from playwright.sync_api import Browser, Page

from tests.browser.chromium import NoChromium, chromium
from tests.browser.picturing import PICTURES, sheets, take
from tests.browser.test_accessibility import EVERY_PAGE
from tests.browser.town_server import served, served_town
from tests.dashboards.town import empty_town
from tests.dashboards.valmoray import page_of
from tests.dashboards.visiting import application

SIZES = {"desktop": 1280, "phone": 360}
VARIANTS = {"-".join(one): one for one in product(SIZES, ("light", "dark"), ("fr", "en"))}
OF_NOTHING = (
    "/",
    "/portfolio",
    "/contracts",
    "/breaches",
    "/actions",
    "/reviews",
    "/quarantine",
    "/history",
    "/calendars",
)
"""Looked at on an empty store, too."""
MOST = 150
"""Links that are followed to find a page of each sort."""


@contextmanager
def town_pages() -> Iterator[list[tuple[str, str]]]:
    """The address and the name of each page of the tests."""
    with served_town() as (full, _), empty_town() as nothing, served(application(nothing)) as empty:
        every = [(full + page_of(path), path) for path in EVERY_PAGE]
        yield [*every, *((empty + path, f"/empty{path}") for path in OF_NOTHING)]


def sort_of(path: str) -> str:
    """What two pages share that differ only in what they are about."""
    place, _, query = path.partition("?")
    first, *rest = place.strip("/").split("/")
    kept = [one for one in rest if re.fullmatch("versions|pack|edit|ask|explain", one)]
    return " ".join([first, str(len(rest)), *kept, *sorted(re.findall(r"(\w+)=", query))])


def one_of_each_sort(page: Page, site: str) -> list[tuple[str, str]]:
    found, waiting, seen = {sort_of("/"): "/"}, ["/"], 0
    while waiting and (seen := seen + 1) <= MOST:
        page.goto(site + waiting.pop(0))
        links = page.evaluate(
            "[...document.querySelectorAll('main a, header a, footer a')].map(a => a.getAttribute('href'))"
        )
        for link in (
            one.partition("#")[0]
            for one in links
            if re.match("/(?!language|theme|static|exports|feeds|badges|v1)", one)
        ):
            if sort_of(link) not in found and not re.search(r"\.(csv|xlsx|pdf|svg|ics)", link):
                found[sort_of(link)] = link
                waiting.append(link)
    return [(site + path, path) for path in found.values()]


def pictures(browser: Browser, pages: Iterable[tuple[str, str]], variants: Iterable[str]) -> int:
    """Returns how many pages were wider than their window, which is a fault."""
    wide = 0
    for variant in variants:
        size, theme, language = VARIANTS[variant]
        context = browser.new_context(
            viewport={"width": SIZES[size], "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
        )
        page = context.new_page()
        for address, path in pages:
            page.goto(address)
            take(page, path, variant)
            if page.evaluate("document.documentElement.scrollWidth") > SIZES[size]:
                print(f"{path} is wider than {SIZES[size]} px ({variant})", file=sys.stderr)
                wide += 1
        context.close()
    return wide


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("site", nargs="?", default="")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--variant", action="append", choices=list(VARIANTS))
    asked = parser.parse_args()
    variants = asked.variant or list(VARIANTS)
    try:
        with chromium() as browser:
            if asked.site:
                site = asked.site.rstrip("/")
                wanted = [(site + path, path) for path in asked.paths] or one_of_each_sort(browser.new_page(), site)
                wide = pictures(browser, wanted, variants)
            else:
                with town_pages() as wanted:
                    wide = pictures(browser, wanted, variants)
            for sheet in sheets(browser):
                print(sheet.relative_to(PICTURES.parents[1]))
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 3
    return 1 if wide else 0


if __name__ == "__main__":
    sys.exit(main())
