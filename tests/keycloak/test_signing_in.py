"""People sign in by their organisation's provider, in a real browser: in, seen waiting, taken out, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from services.sign_in.sessions import MINUTE
from tests.browser.chromium import NoChromium, chromium
from tests.end_to_end.running import wait_until
from tests.keycloak.journeys import Town, sign_in_there, town
from tests.keycloak.realm import ANNA, PAUL, Realm, signed_in
from tests.lacking import lacking


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as running:
            yield running
    except NoChromium as missing:
        lacking(f"nobody signs in by a browser here (tests/keycloak): {missing}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a window that is used for the first time; a policy of ours that stops something ends the test."""
    context = browser.new_context(locale="en-GB")
    made = context.new_page()
    made.set_default_timeout(30_000)
    wrong: list[str] = []
    made.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield made
    context.close()
    assert wrong == []


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path, realm: Realm) -> Iterator[Town]:
    with town(sqlite_url, tmp_path, realm.issuer) as running:
        yield running


def test_a_link_lets_in_by_the_provider_and_afterwards_the_account_does(page: Page, place: Town) -> None:
    page.goto(place.link("p-anna"))
    assert page.get_by_label("New password").count() == 0
    page.get_by_role("link", name="Come in with your organisation’s account").click()
    sign_in_there(page, ANNA)
    page.wait_for_url(f"{place.address}/")
    page.goto(f"{place.address}/account")
    expect(page.get_by_role("main")).to_contain_text("it: member")
    assert [cookie["name"] for cookie in page.context.cookies(place.address)] == ["entente"]
    page.context.clear_cookies()
    page.goto(f"{place.address}/account?x=1".replace("?x=1", ""))
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    sign_in_there(page, ANNA)
    page.wait_for_url(f"{place.address}/account")


def test_who_signs_out_is_out_there_too(page: Page, place: Town) -> None:
    _in(page, place)
    page.get_by_text("p-anna").first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{place.address}/sign-in")
    assert place.sessions("p-anna") == 0
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    expect(page.get_by_label("Username or email")).to_be_visible()


def test_whom_nobody_let_in_is_told_so_and_seen_by_the_administrator(
    page: Page, browser: Browser, place: Town, realm: Realm
) -> None:
    page.goto(f"{place.address}/")
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    sign_in_there(page, PAUL)
    expect(page.get_by_role("heading", name="Nobody let you in yet")).to_be_visible()
    other = browser.new_context(locale="en-GB")
    try:
        window = other.new_page()
        window.goto(place.link("ines"))
        window.get_by_role("link", name="Come in with your organisation’s account").click()
        sign_in_there(window, ANNA)
        window.wait_for_url(f"{place.address}/")
        window.goto(f"{place.address}/people")
        main = window.get_by_role("main")
        expect(main).to_contain_text("Paul Durand")
        expect(main).to_contain_text(realm.user("paul.durand"))
    finally:
        other.close()


def test_who_is_signed_out_at_the_provider_is_out_here_at_once(page: Page, place: Town, realm: Realm) -> None:
    realm.change_client(backchannel_logout_url=f"{place.address}/sign-out/back-channel")
    _in(page, place)
    assert place.sessions("p-anna") == 1
    realm.post(f"users/{realm.user('anna.martin')}/logout")
    wait_until(lambda: place.sessions("p-anna") == 0)
    page.goto(f"{place.address}/account")
    page.wait_for_url(f"{place.address}/sign-in?next=%2Faccount")


def test_a_group_that_is_taken_away_is_gone_within_five_minutes_of_use(page: Page, place: Town, realm: Realm) -> None:
    _in(page, place)
    sees = _services(place)
    assert sees == {"it", "sales"}
    user = realm.user("anna.martin")
    [heads] = [one for one in realm.of(f"users/{user}/groups") if one["path"] == "/sales/heads"]
    realm.delete(f"users/{user}/groups/{heads['id']}")
    place.clock.later += 5 * MINUTE + 1
    page.goto(f"{place.address}/account")
    assert _services(place) == {"it"}
    realm.put(f"users/{user}", {"enabled": False})
    place.clock.later += 5 * MINUTE + 1
    page.goto(f"{place.address}/account")
    page.wait_for_url(f"{place.address}/sign-in?next=%2Faccount")
    assert place.sessions("p-anna") == 0


def test_an_answer_that_another_browser_began_lets_nobody_in(page: Page, place: Town) -> None:
    """Somebody signs in as himself, and has another follow the address with which he would come back."""
    begun = httpx2.get(f"{place.address}/sign-in/oidc", trust_env=False)
    answer = signed_in(begun.headers["location"], ANNA)
    page.goto(f"{place.address}/sign-in")
    page.goto(f"{place.address}/sign-in/oidc/back?{urlencode(answer)}")
    expect(page.get_by_role("alert")).to_contain_text("was not begun here")


def test_pages_of_the_way_in_are_french_too(page: Page, place: Town) -> None:
    page.goto(f"{place.address}/language/fr?back=%2Fsign-in")
    page.get_by_role("link", name="Se connecter avec le compte de votre organisation").click()
    sign_in_there(page, PAUL)
    expect(page.get_by_role("heading", name="Personne ne vous a encore donné accès")).to_be_visible()


def _in(page: Page, place: Town) -> None:
    page.goto(place.link("p-anna"))
    page.get_by_role("link", name="Come in with your organisation’s account").click()
    sign_in_there(page, ANNA)
    page.wait_for_url(f"{place.address}/")


def _services(place: Town) -> frozenset[str]:
    [session] = place.program.sign_in.sessions.of_person("p-anna")
    who = place.program.sign_in.principal(session)
    assert who is not None
    return who.services
