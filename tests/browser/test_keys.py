"""Shortcuts, which can be turned off, completing while one types, and rows that are counted while they are chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.town_server import served_town


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served_town() as (address, _):
        yield address


def test_a_list_is_reached_searched_and_chosen_from_by_keyboard(window: Page, site: str) -> None:
    window.goto(f"{site}/breaches")
    window.keyboard.press("?")
    expect(window.locator("#keys")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.locator("#keys")).to_be_hidden()
    window.keyboard.press("/")
    expect(window.locator("header input[name=q]").first).to_be_focused()
    window.keyboard.type("meals / g t ?")
    assert window.locator("header input[name=q]").first.input_value() == "meals / g t ?"
    window.locator("header input[name=q]").first.fill("mea")
    window.keyboard.type("l")
    expect(window.locator("#found option").first).to_have_attribute("value", "School meals")
    window.locator("tbody .pick input").nth(0).check()
    says = window.locator("form.together strong")
    expect(says).to_have_text("1 chosen")
    window.locator("thead .pick input").check()
    count = window.locator("tbody .pick input").count()
    expect(says).to_have_text(f"{count} chosen")
    window.keyboard.press("g")
    window.keyboard.press("t")
    window.wait_for_url(f"{site}/")
    first, second = window.locator("details.also").nth(0), window.locator("details.also").nth(1)
    first.locator("summary").click()
    expect(first).to_have_attribute("open", "")
    window.keyboard.press("Escape")
    expect(first).not_to_have_attribute("open", "")
    expect(first.locator("summary")).to_be_focused()
    second.locator("summary").click()
    first.locator("summary").click()
    expect(second).not_to_have_attribute("open", "")
    window.locator("h1").click()
    expect(first).not_to_have_attribute("open", "")


def test_shortcuts_that_were_turned_off_do_nothing_until_they_are_turned_on(window: Page, site: str) -> None:
    window.goto(f"{site}/contracts")
    opener, toggle = window.locator("#keys-open"), window.locator("#keys [data-toggle]")
    opener.click()
    toggle.click()
    expect(toggle).to_have_text("Turn shortcuts on")
    window.locator("#keys button", has_text="Close").click()
    window.keyboard.press("?")
    window.keyboard.press("/")
    expect(window.locator("#keys")).to_be_hidden()
    expect(window.locator("header input[name=q]").first).not_to_be_focused()
    opener.click()
    toggle.click()
    window.keyboard.press("Escape")
    window.keyboard.press("?")
    expect(window.locator("#keys")).to_be_visible()
