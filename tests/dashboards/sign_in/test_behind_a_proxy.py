"""Where a proxy says who one is: the page on which its word opens the session is as good as the next (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR
from services.api.cross_site import FIELD
from tests.entering import HERE, NOW, Browser, House
from tests.given import contract, criterion, punctuality

SECRET = "s" * 40
KIM = {"Remote-User": "kim", "Entente-Proxy-Secret": SECRET}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    secret, clock = tmp_path / "secret", [NOW]
    secret.write_text(SECRET)
    secret.chmod(0o600)
    given = Settings(
        store="sqlite://:memory:",
        access="accounts,proxy",
        organisation="Valmoray",
        proxy_from="127.0.0.1/32",
        proxy_secret_file=str(secret),
    )
    with program(given, clock=lambda: clock[0]) as opened:
        house = House(opened, web(opened), clock)
        house.admit({"person": "kim", "services": {"k": "head"}})
        house.apply({"service": "k", "title": "K"})
        house.apply(contract(criterion(punctuality()), supplier="s", client="k", title="Ours"), sign=True)
        yield house


def sent(browser: Browser, page: str, path: str, **typed: str) -> int:
    """The status with which the first form of a page that is opened there is answered."""
    answer = browser.get(page, **KIM)
    assert answer.status_code == 200
    token = re.findall(rf'name="{FIELD}" value="([^"]+)"', answer.text)[0]
    return browser.http.post(
        path, data={FIELD: token, **typed}, headers={**HERE, **KIM}, follow_redirects=False
    ).status_code


def test_the_first_form_of_who_comes_by_the_proxy_is_taken(house: House) -> None:
    for page in ("/", "/contracts/c", "/account"):
        assert sent(house.browser(), page, "/language", code="fr") != 403, page
    key = house.program.access_keys.create(ADMINISTRATOR, "k", "read", page="/contracts").secret
    assert sent(house.browser(), "/wall", "/wall", access_key=key) == 303


def test_a_form_that_opens_a_session_anew_is_of_the_session_before(house: House) -> None:
    """Its answer is a page whose forms belong to the new one."""
    browser = house.browser()
    token = re.findall(rf'name="{FIELD}" value="([^"]+)"', browser.get("/contracts/c", **KIM).text)[0]
    house.program.sign_in.sessions.end_all("kim")
    typed = {FIELD: token, "text": "Words."}
    path = "/contracts/c/versions/1/comment"
    answer = browser.http.post(path, data=typed, headers={**HERE, **KIM}, follow_redirects=False)
    assert answer.status_code == 409  # there is nothing to comment on
    [token, *_] = re.findall(rf'name="{FIELD}" value="([^"]+)"', answer.text)
    again = browser.http.post(path, data={**typed, FIELD: token}, headers={**HERE, **KIM}, follow_redirects=False)
    assert again.status_code == 409


def test_a_form_of_somebody_else_is_taken_of_nobody(house: House) -> None:
    assert sent(house.browser(), "/account", "/contracts/c/versions/1/comment", text="Words.") == 409
    stranger = house.browser()
    token = re.findall(rf'name="{FIELD}" value="([^"]+)"', house.browser().get("/account", **KIM).text)[0]
    path = "/contracts/c/versions/1/comment"
    answer = stranger.http.post(path, data={FIELD: token}, headers={**HERE, **KIM}, follow_redirects=False)
    assert answer.status_code == 403
