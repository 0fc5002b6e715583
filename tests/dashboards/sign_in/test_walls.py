"""A wall screen: a key for one page, given once; the page without what could be followed or sent, and nothing else (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from httpx2 import Response

from services.access import ADMINISTRATOR
from services.access_keys.pages import wall_page
from services.errors import Invalid
from tests.dashboards.visiting import Site
from tests.entering import HERE, Browser, House, entered
from tests.given import contract, criterion, punctuality

COOKIE = "entente-wall"
PAGES = (
    "/",
    "/portfolio",
    "/contracts",
    "/contracts/c",
    "/commitments/c/d/on-time",
    "/breaches",
    "/reviews",
    "/excuses",
    "/quarantine",
)
CONTROLS = re.compile(r"<(?:form|button|input|select|textarea|a|details|nav)\b|\bhref=\"/(?!static/)", re.IGNORECASE)


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(
            {"person": "anna", "services": {"s": "head"}},
            {"person": "eve", "services": {"x": "head"}},
        )
        house.apply({"service": "s", "title": "S"}, {"service": "x", "title": "X"})
        house.apply(contract(criterion(punctuality()), supplier="s", client="k", title="Ours"), sign=True)
        house.apply(contract(criterion(punctuality()), supplier="x", client="y", id="other", title="Canary"), sign=True)
        house.program.store.timekeeping.advance(ADMINISTRATOR, house.clock[0])
        house.program.store.judging.catch_up()
        yield house


def key(house: House, page: str = "/contracts", service: str = "s") -> str:
    return house.program.access_keys.create(ADMINISTRATOR, service, "read", page=page).secret


def given(house: House, secret: str, screen: Browser | None = None) -> tuple[Browser, Response]:
    """A screen, and what it was answered when the key was given to it."""
    screen = screen or house.browser()
    return screen, screen.send("/wall", access_key=secret)


def test_a_screen_shows_the_one_page_as_the_service_of_its_key_sees_it(house: House) -> None:
    screen, answer = given(house, key(house))
    assert (answer.status_code, answer.headers["location"]) == (303, "/wall")
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE)]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert f"Max-Age={366 * 24 * 3600}" in cookie
    shown = screen.page("/wall")
    assert "Ours" in shown
    assert "Canary" not in shown
    assert "As of Tue\xa030\xa0Jun" in shown
    assert 'data-wall="60"' in shown
    assert 'http-equiv="refresh" content="60"' in shown
    french = screen.get("/wall", **{"Accept-Language": "fr"}).text
    assert "Mis à jour" in french
    assert '<html lang="fr"' in french


def test_by_https_the_cookie_is_of_this_host_alone(house: House) -> None:
    screen = house.browser("https://127.0.0.1")
    page = screen.get("/wall")
    [token] = re.findall(r'name="form_token" value="([^"]+)"', page.text)
    answer = screen.http.post(
        "/wall",
        data={"form_token": token, "access_key": key(house)},
        headers={**HERE, "Origin": "https://127.0.0.1"},
        follow_redirects=False,
    )
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if COOKIE in one]
    assert cookie.startswith(f"__Host-{COOKIE}=ent_")
    assert "; Secure" in cookie
    assert "Path=/" in cookie
    assert "Ours" in screen.page("/wall")


def test_no_page_on_a_screen_has_anything_to_follow_or_to_send(house: House) -> None:
    for page in PAGES:
        screen, _ = given(house, key(house, page))
        shown = screen.page("/wall")
        main = shown.partition("<main")[2].partition("</main>")[0]
        assert len(main) > 200, page
        assert CONTROLS.findall(shown.partition("<body")[2]) == [], page
        for tag in ("div", "span", "section", "svg", "g", "p", "table"):
            assert len(re.findall(rf"<{tag}\b", main)) == main.count(f"</{tag}>"), (page, tag)


def test_a_list_on_a_screen_says_how_many_it_leaves_out_and_has_nothing_to_sort_by(house: House) -> None:
    promise = criterion(punctuality(), each_miss="breach")
    house.apply(contract(promise, supplier="s", client="k", id="many", title="Many"), sign=True)
    house.program.store.timekeeping.advance(ADMINISTRATOR, house.clock[0] + 400 * 24 * 3600 * 1_000_000, ahead=True)
    house.program.store.judging.catch_up()
    shown = given(house, key(house, "/breaches"))[0].page("/wall")
    assert len(re.findall(r"<td\b[^>]*>", shown)) == 40 * len(re.findall(r"<th\b", shown)) > 0
    [every] = re.findall(r"1–40 of (\d+)", shown)
    assert f"{int(every) - 40} more are not shown on this screen." in shown
    assert ('class="order"' in shown, ">Action<" in shown, "Next" in shown) == (False, False, False)
    whole = given(house, key(house, "/contracts"))[0].page("/wall")
    assert "not shown on this screen" not in whole


def test_the_cookie_of_a_screen_opens_nothing_else(house: House) -> None:
    screen, _ = given(house, key(house))
    for path in ("/", "/portfolio", "/contracts/c", "/account", "/exports/figures.csv", "/calendars/s.ics", "/live"):
        answer = screen.get(path)
        assert answer.status_code in (303, 401), path
        assert "Ours" not in answer.text
    for path in ("/v1/contracts", "/v1/figures", "/v1/stream", "/metrics"):
        assert screen.http.get(path).status_code == 401, path
    for path in ("/contracts/c/versions/1/comment", "/access-keys", "/calendar-feeds", "/as"):
        before = house.position()
        assert screen.send(path, text="Words.").status_code in (303, 401, 404), path
        assert house.position() == before


def test_the_key_of_a_screen_opens_nothing_as_a_key(house: House) -> None:
    bearer = {"Authorization": f"Bearer {key(house)}"}
    for path in ("/v1/contracts", "/portfolio", "/wall", "/metrics", "/calendars/s.ics"):
        answer = house.browser().http.get(path, headers=bearer, follow_redirects=False)
        assert (answer.status_code == 403) or (path == "/wall" and "Ours" not in answer.text), path


def test_whatever_is_wrong_with_a_key_shows_nothing_and_is_said_in_the_same_words(house: House) -> None:
    right, revoked = key(house), key(house)
    house.program.access_keys.revoke(ADMINISTRATOR, revoked)
    others = [house.key("s", can)["Authorization"].split()[1] for can in ("read", "push", "metrics", "calendar")]
    told = set()
    for secret in (right[:-2] + "__", revoked, "", "ent_", *others):
        screen, answer = given(house, secret)
        [problem] = re.findall(r'<div class="problem".*?</div>', answer.text, re.DOTALL)
        told.add((answer.status_code, problem))
        assert COOKIE not in screen.http.cookies
        assert "Ours" not in answer.text
        assert "ent_" not in answer.text
    assert {status for status, _ in told} == {401}
    assert len(told) == 1


def test_a_key_that_is_revoked_or_over_shows_nothing_at_the_next_look(house: House) -> None:
    first, second = (given(house, key(house)) for _ in range(2))
    held = first[0].http.cookies[COOKIE]
    house.program.access_keys.revoke(ADMINISTRATOR, held)
    for screen in (first[0], second[0]):
        answer = screen.get("/wall")
        assert ("Ours" in answer.text) == (screen is second[0])
    gone = first[0].get("/wall")
    assert gone.status_code == 401
    assert "Nothing is shown." in gone.text
    assert "data-wall" not in gone.text  # and it does not go on asking
    assert "Rien n’est affiché." in first[0].get("/wall", **{"Accept-Language": "fr"}).text
    house.clock[0] += 366 * 24 * 3_600_000_000
    late = second[0].get("/wall")
    assert (late.status_code, "Ours" in late.text) == (401, False)


def test_a_key_of_a_service_that_is_not_there_shows_nothing() -> None:
    with entered() as house:
        house.admit({"person": "anna", "services": {"s": "head"}})
        secret = house.program.access_keys.create(ADMINISTRATOR, "gone", "read", page="/").secret
        _, answer = given(house, secret)
        assert answer.status_code == 404
        assert "is there no more" in answer.text


def test_two_screens_show_each_its_page_and_one_takes_another_key(house: House) -> None:
    ours, theirs = given(house, key(house))[0], given(house, key(house, "/contracts", "x"))[0]
    for _ in range(2):
        assert "Canary" not in ours.page("/wall")
        assert "Canary" in theirs.page("/wall")
        assert "Ours" not in theirs.page("/wall")
    assert 'name="access_key"' in ours.page("/wall?again=yes")
    given(house, key(house, "/contracts/c"), ours)
    assert "Ours" in ours.page("/wall")


def test_a_screen_and_who_signed_in_there_are_not_mixed(house: House) -> None:
    eve = house.as_("eve")
    given(house, key(house), eve)
    wall = eve.page("/wall")
    assert ("Ours" in wall, "Canary" in wall) == (True, False)
    own = eve.page("/contracts")
    assert ("Ours" in own, "Canary" in own) == (False, True)
    assert eve.send("/sign-out").status_code == 303
    assert "Ours" in eve.page("/wall")
    assert eve.get("/contracts").status_code == 303


def test_a_page_that_the_service_does_not_see_is_answered_as_one_that_is_not_there(house: House) -> None:
    told = {
        id: given(house, key(house, f"/contracts/{id}"))[0].get("/wall").text.replace(id, "…")
        for id in ("other", "none-such")
    }
    assert "Canary" not in told["other"]
    assert told["other"] == told["none-such"]


def test_a_key_is_given_by_a_form_of_ours_alone(house: House) -> None:
    secret, screen = key(house), house.browser()
    screen.page("/wall")
    for data, headers in (
        ({"access_key": secret}, HERE),
        ({"access_key": secret, **screen.token()}, {**HERE, "Sec-Fetch-Site": "cross-site"}),
        ({"access_key": secret, **screen.token()}, {**HERE, "Origin": "https://evil.example"}),
        ({"access_key": secret, **house.browser().token()}, HERE),
    ):
        answer = screen.http.post("/wall", data=data, headers=headers, follow_redirects=False)
        assert answer.status_code == 403
        assert COOKIE not in screen.http.cookies
    assert "set-cookie" not in screen.get(f"/wall?access_key={secret}").headers


def test_who_tries_one_key_after_the_other_is_slowed_down_and_noted(house: House) -> None:
    right, stranger = key(house), house.browser()
    token = stranger.token()
    answers = [
        stranger.http.post("/wall", data={**token, "access_key": f"ent_{n:08}_x"}, headers=HERE).status_code
        for n in range(30)
    ]
    assert (answers[0], answers[-1]) == (401, 429)
    stranger.http.cookies.set(COOKIE, "ent_00000000_x", domain="127.0.0.1")
    assert stranger.get("/wall").status_code == 429
    assert given(house, right)[1].status_code == 303  # who has the key did not guess it
    [row] = [one for one in house.program.sign_in.log.rows() if one.sort == "refused"]
    assert (row.about, row.address) == ("wall", "127.0.0.1")


def test_a_screen_whose_key_is_revoked_shows_nothing_whatever_others_try_from_there(house: House) -> None:
    """It is not told to come back later, which would leave there what it shows."""
    secret = key(house)
    screen, _ = given(house, secret)
    feed = house.key("s", "calendar")["Authorization"].split()[1]
    guessing = house.browser()
    token = guessing.token()
    tried = [
        guessing.http.post("/wall", data={**token, "access_key": f"ent_{n:08}_x"}, headers=HERE).status_code
        for n in range(30)
    ]
    assert tried[-1] == 429
    for one in (secret, feed):
        house.program.access_keys.revoke(ADMINISTRATOR, one)
    for _ in range(3):
        answer = screen.get("/wall")
        assert (answer.status_code, "Ours" in answer.text) == (401, False)
    assert house.browser().http.get(f"/feeds/{feed}.ics").status_code == 404
    assert guessing.http.get(f"/feeds/ent_{0:08}_x.ics").status_code == 429


def test_an_address_with_letters_of_any_language_is_asked_for_as_it_was_given(house: House) -> None:
    screen, _ = given(house, key(house, "/contracts?title=été"))
    answer = screen.get("/wall")
    assert answer.status_code == 400
    assert "This page knows nothing called “title”" in answer.text  # as it says to anybody


def test_looking_at_a_screen_is_no_row_of_the_log_of_reads(house: House) -> None:
    screen, _ = given(house, key(house))
    for _ in range(3):
        screen.page("/wall")
    assert house.program.sign_in.log.rows() == []


@pytest.mark.parametrize(
    "page",
    [
        "/account",
        "/people",
        "/access-log",
        "/history",
        "/kept",
        "/v1/contracts",
        "/exports/figures.csv",
        "/search?q=a",
        "/personal/3",
        "/contracts/c/edit",
        "/contracts/c/%2565dit",
        "/contracts/",
        "/portfolio/",
        "/commitments",
        "/commitments/c/d",
        "/quarantine/3",
        "/contracts/c/%65dit",
        "/reviews/r/p%61ck",
        "/reviews/r/pack.json",
        "/excuses/ask?scope=c",
        "//evil.example/",
        "https://evil.example/portfolio",
        "portfolio",
        "/portfolio#x",
        "/wall",
        "/" + "x" * 400,
    ],
)
def test_a_screen_shows_no_page_but_those_of_what_is_true_now(page: str) -> None:
    with pytest.raises(Invalid):
        wall_page(page)


def test_only_a_key_that_reads_is_for_a_screen(house: House) -> None:
    for can in ("push", "metrics", "calendar"):
        with pytest.raises(Invalid):
            house.program.access_keys.create(ADMINISTRATOR, "s", can, page="/")


def test_where_nobody_signs_in_there_is_no_such_screen(shown: Site) -> None:
    assert shown.get("/wall").status_code == 404
    assert shown.get("/access-keys").status_code == 404
