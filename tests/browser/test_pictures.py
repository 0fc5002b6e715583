"""Pictures of pages and the sheets of them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.picturing import ON_A_SHEET, name_of, sheets, take


def test_a_page_is_named_by_its_path() -> None:
    assert name_of("/") == "today"
    assert name_of("/reviews/meals@2026-11-10/pack?x=É") == "reviews-meals-2026-11-10-pack-x"


def test_a_picture_shows_a_page_to_its_foot_and_a_sheet_shows_a_dozen(
    browser: Browser, window: Page, tmp_path: Path
) -> None:
    window.set_content("<body style='margin:0;height:2000px'>")
    taken = [take(window, f"/{number}", "desktop-light-en", tmp_path) for number in range(ON_A_SHEET + 1)]
    assert size(taken[0]) == (1280, 2000)
    made = sheets(browser, tmp_path)
    assert [sheet.name for sheet in made] == ["desktop-light-en-1.png", "desktop-light-en-2.png"]
    assert size(made[0]) > size(made[1])


def size(picture: Path) -> tuple[int, int]:
    """Width and height, which a PNG says at its beginning."""
    head = picture.read_bytes()[16:24]
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
