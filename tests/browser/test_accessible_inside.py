"""The pages of who has signed in, or is about to, without a fault that axe-core knows; and every page is looked at."""

from __future__ import annotations

import re
from typing import Final, Literal

from fastapi import FastAPI
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ViewportSize

from dashboards.pages import WAYS_BACK
from services.access import ADMINISTRATOR
from tests.browser.test_accessibility import EVERY_PAGE, WIDTHS, faults
from tests.browser.town_server import served
from tests.entering import entered
from tests.isolation.matrix import reads
from tests.services.causes.attributed import CAUSES

INSIDE = (
    "/", "/account", "/people", "/access-keys", "/access-log", "/kept", "/notices", "/notices/preferences", "/calendar-feeds",
    "/sign-in/again", "/services/s", "/new-person", "/new-calendar", "/people/luc/edit", "/new-causes",
    "/causes/house/edit",
)  # fmt: skip
OUTSIDE = ("/sign-in", "/wall", "/welcome/{secret}")
VARIANTS: Final[tuple[tuple[str, Literal["light", "dark"], str], ...]] = (
    ("en", "light", "desktop"),
    ("fr", "dark", "phone"),
)
NO_PAGE = re.compile(
    r"/(v1|static|favicon|language|theme|live|feeds|exports|badges|as$|healthz|readyz|openapi|metrics|search/words|unmatched$|views)"
    r"|.*(\.ics|\.pdf|\{form\}|/pack)"
)
"""Addresses of files and of the program, ways back to another page, and the pack, which is a file for paper."""
ELSEWHERE = frozenset(
    {"/personal/{position}", "/notices/stop/{token}", "/answer/{token}", "/sign-in/code", "/sign-in/factor"}
)
"""Pages that need something sealed, a mail, or a password that was just typed: they are made of the same parts."""


def _pages(app: FastAPI) -> set[str]:
    back = {path for path, _ in WAYS_BACK}
    return {path for path in reads(app) if path not in back and not NO_PAGE.match(path)} - ELSEWHERE


def _is_looked_at(address: str) -> bool:
    shape = re.compile(re.sub(r"\{[^}]+\}", "[^?]+", address))
    return any(shape.fullmatch(path.partition("?")[0]) for path in (*EVERY_PAGE, *INSIDE, *OUTSIDE))


def test_every_page_is_looked_at() -> None:
    with entered() as house:
        assert sorted(path for path in _pages(house.app) if not _is_looked_at(path)) == []


def test_no_page_of_who_signs_in_has_a_fault_that_axe_knows(browser: Chromium) -> None:
    with entered() as house:
        house.apply({"service": "s", "title": "Us", "head": "anna", "people": [{"id": "anna", "name": "Anna Martin"}]})
        house.apply(CAUSES)
        everything = {"administrator": True, "auditor": True, "dpo": True}
        house.admit(
            {"person": "anna", "services": {"s": "head"}, **everything}, {"person": "luc", "services": {"s": "reader"}}
        )
        secret = house.program.sign_in.inviting.invite(ADMINISTRATOR, "luc")
        house.program.access_keys.create(ADMINISTRATOR, "s", "read", page="/contracts")
        held, wrong = house.as_("anna").http.cookies.jar, list[str]()
        with served(house.app) as address:
            for language, theme, width in VARIANTS:
                window = ViewportSize(width=WIDTHS[width], height=900)
                context = browser.new_context(locale=language, color_scheme=theme, viewport=window)
                page = context.new_page()
                for path in (*OUTSIDE, *INSIDE):
                    if path == INSIDE[0]:
                        context.add_cookies(
                            [{"name": one.name, "value": str(one.value), "url": address} for one in held]
                        )
                    page.goto(address + path.format(secret=secret))
                    assert page.url.startswith(address + path.partition("{")[0]), (path, page.url)
                    wrong += [f"{path} {language} {theme} {width}: {one}" for one in faults(page)]
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    wrong += [f"{path} {width}: {wide} wide"] if wide > WIDTHS[width] else []
                context.close()
        assert wrong == []
