"""A wall screen renews itself, says when nobody answers, and shows nothing once its key is revoked."""

from __future__ import annotations

from playwright.sync_api import Browser

from services.access import ADMINISTRATOR
from tests.browser.town_server import served
from tests.entering import entered
from tests.given import contract, criterion, punctuality

A_LOOK = 61_000
"""Milliseconds within which a screen asks again."""


def test_a_screen_renews_itself_until_its_key_is_revoked(browser: Browser) -> None:
    with entered() as house:
        house.admit({"person": "anna", "services": {"s": "head"}})
        house.apply(contract(criterion(punctuality()), supplier="s", client="k", title="Ours"), sign=True)
        house.program.store.timekeeping.advance(ADMINISTRATOR, house.clock[0])
        house.program.store.judging.catch_up()
        keys = house.program.access_keys
        secret = keys.create(ADMINISTRATOR, "s", "read", page="/contracts").secret
        with served(house.app) as address, browser.new_context() as context:
            page = context.new_page()
            page.clock.install()
            page.goto(f"{address}/wall")
            page.fill("#access_key", secret)
            page.click("button.primary")
            page.wait_for_selector("body.wall")
            assert "Ours" in page.content()
            house.clock[0] += 3_600_000_000
            page.clock.fast_forward(A_LOOK)
            page.get_by_text("13:00").wait_for()
            context.set_offline(True)
            page.clock.fast_forward(A_LOOK)
            page.wait_for_selector("#lost:not([hidden])")
            assert "Ours" in page.content()
            context.set_offline(False)
            keys.revoke(ADMINISTRATOR, secret)
            page.clock.fast_forward(A_LOOK)
            page.wait_for_selector(".problem")
            assert "Ours" not in page.content()
