"""Coming in and going out in a browser, without a line of JavaScript (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.access import ADMINISTRATOR, Principal
from services.errors import NotAllowed, NotFound
from services.sign_in import codes
from services.sign_in.secrets_kept import kept
from services.sign_in.sessions import DAY, MINUTE
from tests.dashboards.visiting import leads
from tests.entering import PASSWORD, Browser, House, entered
from tests.given import contract, criterion, punctuality

PEOPLE = (
    {"person": "anna", "name": "Anna Martin", "email": "anna@ville.example", "services": {"s": "member"}},
    {"person": "luc", "name": "Luc Petit", "services": {"s": "head"}},
    {"person": "ines", "administrator": True},
)
HEAD = Principal("member", frozenset({"s"}))
OTHER = "cinq ponts de bois"
AGREED = contract(criterion(punctuality()), supplier="s", client="k")


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(*PEOPLE)
        house.apply(AGREED, sign=True)
        yield house


def test_who_is_not_known_is_led_to_where_one_signs_in_and_back(house: House) -> None:
    stranger = house.browser()
    answer = stranger.get("/contracts/c?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fcontracts%2Fc%3Fx%3D1")
    assert stranger.http.get("/v1/contracts").status_code == 401
    house.as_("anna")
    back = stranger.send("/sign-in", name="anna", password=PASSWORD, next="/contracts/c")
    assert (back.status_code, back.headers["location"]) == (303, "/contracts/c")
    assert "Anna Martin" in stranger.page("/contracts/c")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb: c"]
)
def test_the_way_back_is_always_our_own(house: House, elsewhere: str) -> None:
    house.as_("anna")
    answer = house.browser().send("/sign-in", name="anna", password=PASSWORD, next=elsewhere)
    assert answer.headers["location"] == "/"


def test_the_cookie_is_for_nobodys_script_and_a_new_one_at_each_step(house: House) -> None:
    house.as_("anna")
    browser = house.browser()
    first = browser.get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in first
    answer = browser.send("/sign-in", name="anna", password=PASSWORD)
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("entente=")]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "max-age" not in cookie.lower()
    secret = browser.http.cookies["entente"]
    browser.send("/sign-in", name="anna", password=PASSWORD)
    assert browser.http.cookies["entente"] != secret
    assert house.program.sign_in.sessions.of(secret) is None


def test_nobody_signs_somebody_else_in(house: House) -> None:
    """Sign-in CSRF: a form from elsewhere, or one that was made for another browser."""
    house.as_("anna")
    browser, other = house.browser(), house.browser()
    typed = {"name": "anna", "password": PASSWORD, **other.token()}
    browser.get("/sign-in")
    for headers in (
        {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://evil.example"},
    ):
        answer = browser.http.post(
            "/sign-in", data=typed, headers={**headers, "Accept": "text/html"}, follow_redirects=False
        )
        assert answer.status_code == 403
        assert "entente=" not in answer.headers.get("set-cookie", "")


def test_what_was_typed_after_a_while_is_offered_again_after_the_password(house: House) -> None:
    anna = house.as_("anna")
    house.apply({**AGREED, "title": "Changed", "effective": "2026-08-01"})
    house.clock[0] += 31 * MINUTE
    before = house.position()
    assert anna.page("/contracts/c")  # still shown
    answer = anna.send("/contracts/c/versions/2/comment", text="what I wrote for a long time", clause="", ticket="")
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where.startswith("/sign-in/again?next=")
    assert house.position() == before
    assert anna.send("/sign-in/again", password="something else", next="/").status_code == 401
    page = anna.page(where)
    [back] = re.findall(r'name="next" value="([^"]+)"', page)
    answer = anna.send("/sign-in/again", password=PASSWORD, next=back.replace("&amp;", "&"))
    there = anna.get(answer.headers["location"])
    while there.status_code == 303:
        there = anna.get(there.headers["location"])
    assert "what I wrote for a long time" in there.text
    assert anna.send("/contracts/c/versions/2/comment", text="once more", clause="", ticket="").status_code == 303
    assert house.position() > before


def test_signing_out_ends_the_session(house: House) -> None:
    anna = house.as_("anna")
    secret = anna.http.cookies["entente"]
    assert anna.send("/sign-out").headers["location"] == "/sign-in?out=yes"
    assert "You are signed out" in anna.page("/sign-in?out=yes")
    assert "You are signed out" not in anna.page("/sign-in")
    assert anna.get("/").status_code == 303
    assert house.program.sign_in.sessions.of(secret) is None


def test_a_wrong_password_says_no_more_than_that(house: House) -> None:
    house.as_("anna")
    texts = set()
    for name in ("anna", "nobody", "ines"):
        answer = house.browser().send("/sign-in", name=name, password="not the password")
        assert answer.status_code == 401
        assert "not the password" not in answer.text
        texts.add(answer.text.partition('role="alert"')[2].partition("</div>")[0])
    assert len(texts) == 1


def test_people_see_their_account_and_end_other_sessions(house: House) -> None:
    anna, other = house.as_("anna"), house.browser()
    other.send("/sign-in", name="anna", password=PASSWORD)
    page = anna.page("/account")
    assert "Anna Martin" in page
    assert anna.send("/account/sessions", password="wrong").status_code == 401
    assert other.get("/").status_code == 200
    done = anna.send("/account/sessions", password=PASSWORD).headers["location"]
    assert "Done." in anna.page(done)
    assert "Done." not in anna.page("/account")
    assert other.get("/").status_code == 303
    assert anna.get("/").status_code == 200


def test_heads_let_people_in_by_a_page(house: House) -> None:
    luc, anna = house.as_("luc"), house.as_("anna")
    assert anna.get("/people").status_code == 403
    assert anna.let_in("eve", service="s", role="head").status_code == 403
    answer = luc.let_in("zoe", name="Zoé Blanc", service="s", role="member")
    assert (answer.status_code, leads(answer)) == (303, "/people")
    invited = luc.send("/people/zoe/invite")
    [link] = re.findall(r'value="(http://127.0.0.1/welcome/[^"]+)"', invited.text)
    zoe = house.browser()
    zoe.send(link.removeprefix("http://127.0.0.1"), password=PASSWORD, password_again=PASSWORD)
    assert "Zoé Blanc" in zoe.page("/account")
    before = house.position()
    for forbidden in ({"office_0": "administrator", "holds_0": "yes"}, {"service_0": "k", "role_0": "head"}):
        assert luc.change("/people/zoe/edit", **forbidden).status_code == 403
    for verb in ("invite", "out", "resume"):
        strange, nobody = (luc.send(f"/people/{one}/{verb}") for one in ("ines", "nemo"))
        assert strange.status_code == nobody.status_code == 404, verb
        its_own = r'sent(=|%3D)[\w-]+|name="form_token" value="[^"]+"|ines|nemo'
        said = {re.sub(its_own, "", one.text) for one in (strange, nobody)}
        assert len(said) == 1, verb
    assert luc.send("/people/zoe/suspend", text="").status_code == 403
    assert house.position() == before


def test_what_somebody_is_elsewhere_a_head_is_not_told(house: House) -> None:
    house.admit(*PEOPLE, {"person": "both", "services": {"s": "member", "kitchen": "head"}, "arbiter": True})
    assert "kitchen" in house.as_("ines").page("/people")
    shown = house.as_("luc").page("/people")
    assert ">both<" in shown
    assert "kitchen" not in shown
    assert "rbiter" not in shown


def test_what_is_signed_is_what_was_read(house: House) -> None:
    house.apply({**AGREED, "title": "Changed", "effective": "2026-08-01"})
    luc, at = house.as_("luc"), "/contracts/c/versions/2/sign"
    assert '<input type="hidden" name="proposal" value="2">' in luc.page("/contracts/c/versions/2")
    house.apply({**AGREED, "title": "Changed again", "effective": "2026-08-01"})
    before = house.position()
    assert luc.send(at, party="supplier").status_code == 400
    refused = luc.send(at, party="supplier", proposal="2")
    assert refused.status_code == 409
    assert "Another wording waits now" in refused.text
    assert "Changed → Changed again" in refused.text
    json = {"Sec-Fetch-Site": "same-origin"}
    again = luc.http.post("/v1/contracts/c/sign", json={"party": "supplier", "proposal": 2}, headers=json)
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (409, "proposal-moved")
    assert house.position() == before
    assert luc.http.get("/v1/contracts/c").json()["proposal"]["proposal"] == 3
    assert luc.send(at, party="supplier", proposal="3").status_code == 303


def test_who_comes_by_the_proxy_has_a_way_in_that_no_head_adds_to(house: House) -> None:
    sign_in = house.program.sign_in
    link = sign_in.inviting.invite(HEAD, "anna")
    sign_in.enter_by("anna", "proxy")
    assert sign_in.accounts.has_way_in("anna")
    assert not sign_in.accounts.has_password("anna")
    with pytest.raises(NotAllowed):
        sign_in.inviting.invite(HEAD, "anna")
    with pytest.raises(NotFound):  # it was given while she had none
        sign_in.redeem(link, PASSWORD)
    sign_in.redeem(sign_in.inviting.invite(ADMINISTRATOR, "anna"), PASSWORD)
    sign_in.enter_by("anna", "proxy")
    assert sign_in.accounts.has_way_in("anna")


def test_a_factor_a_password_and_all_sessions_change_with_a_code_of_the_factor_of_before(house: House) -> None:
    sign_in, luc = house.program.sign_in, house.as_("luc")
    handed = recovery_codes(house, "luc")
    assert 'id="end-code"' not in luc.page("/account")  # it is the only session
    for path, typed in (
        ("/account/factor", {}),
        ("/account/sessions", {}),
        ("/account/password", {"new_password": OTHER, "password_again": OTHER}),
    ):
        for code in ("", "wrong"):
            answer = luc.send(path, password=PASSWORD, code=code, **typed)
            assert answer.status_code == 401, (path, code)
            assert "not the code of now" in answer.text
            house.clock[0] += 60 * MINUTE  # attempts slow down
            luc.send("/sign-in/again", password=PASSWORD)
    assert (
        luc.send("/account/factor", password=PASSWORD, code=handed[0]).headers["location"].startswith("/sign-in/factor")
    )
    assert luc.send("/account/sessions", password=PASSWORD, code=handed[1]).status_code == 303
    answer = luc.send("/account/password", password=PASSWORD, code=handed[1], new_password=OTHER, password_again=OTHER)
    assert answer.status_code == 401  # each works once
    assert sign_in.by_password("luc", PASSWORD).stage == "password"


def recovery_codes(house: House, person: str) -> list[str]:
    """More of them, which are known here."""
    handed = codes.new_recovery_codes()
    with house.program.store.history.database.transaction() as writes:
        rows = [(person, kept(codes.as_typed(one))) for one in handed]
        writes.insert("sign_in_recovery", ("person", "code"), rows)
    return handed


def test_who_asks_to_be_kept_signed_in_is_for_so_many_days_and_no_change_goes_without_the_password() -> None:
    with entered(session_days=7) as house:
        house.admit(*PEOPLE)
        house.apply(AGREED, sign=True)
        house.as_("anna")
        anna, other = house.browser(), house.browser()
        assert "for 7 days" in anna.page("/sign-in").lower()
        kept_in = anna.send("/sign-in", name="anna", password=PASSWORD, stay="yes")
        assert f"Max-Age={7 * 24 * 3600};" in kept_in.headers["set-cookie"]
        closed = other.send("/sign-in", name="anna", password=PASSWORD)
        assert "Max-Age" not in closed.headers.get_list("set-cookie")[0]
        assert "Kept signed in until" in other.page("/account")
        house.clock[0] += 6 * DAY
        assert other.get("/").status_code == 303
        assert anna.get("/contracts/c").status_code == 200
        json = {"Sec-Fetch-Site": "same-origin"}
        asleep = anna.http.post("/v1/contracts/c/comment", json={"text": "x"}, headers=json)
        assert asleep.status_code == 401
        house.clock[0] += DAY  # the whole length, however it was used
        assert anna.get("/").status_code == 303
        anna.send("/sign-in", name="anna", password=PASSWORD, stay="yes")
        house.program.sign_in.suspending.suspend(ADMINISTRATOR, "anna")
        assert anna.get("/").status_code == 303


def test_nobody_is_kept_signed_in_where_the_organisation_does_not_allow_it(house: House) -> None:
    house.as_("anna")
    anna = house.browser()
    assert 'name="stay"' not in anna.page("/sign-in")
    anna.send("/sign-in", name="anna", password=PASSWORD, stay="yes")
    house.clock[0] += 12 * 60 * MINUTE
    assert anna.get("/").status_code == 303


def test_a_session_ends_by_what_the_organisation_allows_now(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    with entered(url, session_days=30) as house:
        house.admit(*PEOPLE)
        house.as_("anna")
        anna = house.browser()
        anna.send("/sign-in", name="anna", password=PASSWORD, stay="yes")
        cookie, moment = anna.http.cookies["entente"], house.clock[0] + 2 * DAY
    for settings, status in (
        ({"session_days": 30}, 200),
        ({"session_days": 1}, 303),
        ({"session_days": 0}, 303),
        ({"session_days": 0, "session_hours": 1}, 303),
    ):
        with entered(url, **settings) as house:
            house.clock[0] = moment
            anna = house.browser()
            anna.http.cookies.set("entente", cookie)
            assert anna.get("/account").status_code == status, settings
            assert bool(house.program.sign_in.sessions.of_person("anna")) == (status == 200)


def test_with_the_second_factor_one_is_kept_signed_in_as_well() -> None:
    with entered(session_days=2) as house:
        house.admit(*PEOPLE)
        house.as_("luc")
        luc = house.browser()
        on = luc.send("/sign-in", name="luc", password=PASSWORD, stay="yes").headers["location"]
        assert '<input type="hidden" name="stay" value="yes">' in luc.page(on)
        [code, *_] = recovery_codes(house, "luc")
        assert luc.send("/sign-in/code", code=code, stay="yes").status_code == 303
        house.clock[0] += DAY
        assert luc.get("/").status_code == 200


def test_a_role_that_is_added_gives_the_session_another_secret(house: House) -> None:
    anna, thief = house.as_("anna"), house.browser()
    anna.get("/")
    before = anna.http.cookies["entente"]
    thief.http.cookies.set("entente", before)
    house.admit({**PEOPLE[0], "services": {"s": "reader"}}, *PEOPLE[1:])
    anna.get("/")
    assert anna.http.cookies["entente"] == before  # less than before
    house.admit(*PEOPLE)
    again = anna.get("/contracts/c?x=1")  # whose forms would belong to the session of before
    assert (again.status_code, again.headers["location"], again.text) == (303, "/contracts/c?x=1", "")
    assert anna.get("/contracts/c").status_code == 200
    assert anna.http.cookies["entente"] != before
    assert thief.get("/contracts/c").status_code == 303
    assert anna.get("/contracts/c").status_code == 200
    [one] = house.program.sign_in.sessions.of_person("anna")
    assert one.ends - one.made == 12 * 60 * MINUTE  # the length that it has in all stays
    after = anna.http.cookies["entente"]
    house.apply({"service": "k", "people": [{"id": "anna", "name": "Anna Martin"}]})
    anna.get("/")
    assert anna.http.cookies["entente"] != after


def test_suspending_is_felt_with_the_next_click(house: House) -> None:
    ines, anna = house.as_("ines"), house.as_("anna")
    assert anna.get("/").status_code == 200
    assert ines.send("/people/anna/suspend", text="left the house").status_code == 303
    assert anna.get("/").status_code == 303
    assert anna.http.get("/v1/contracts").status_code == 401


def test_a_member_signs_nothing_and_a_head_does(house: House) -> None:
    house.apply({**AGREED, "title": "Changed", "effective": "2026-08-01"})
    for who, status in (("anna", 403), ("luc", 303)):
        assert (
            house.as_(who).send("/contracts/c/versions/2/sign", party="supplier", proposal="2").status_code == status
        ), who
        assert house.as_(who).http.post(
            "/v1/contracts/c/comment", json={"text": "x"}, headers={"Sec-Fetch-Site": "same-origin"}
        ).status_code in (200, 202)


def test_the_header_of_loopback_means_nothing_here(house: House) -> None:
    anna = house.as_("anna")
    for browser in (anna, house.browser()):
        assert browser.http.get("/v1/contracts", headers={"Entente-As": "administrator"}).status_code == 403


def test_on_an_empty_store_it_is_said_how_the_first_one_comes_in() -> None:
    with entered() as house:
        page = house.browser().page("/sign-in")
        assert "entente people invite PERSON --administrator" in page


def outside(house: House, client: str = "203.0.113.9") -> Browser:
    return house.browser(client=client)


def test_nothing_is_said_in_clear_beyond_this_machine(house: House) -> None:
    far = outside(house)
    for path in ("/", "/sign-in", "/v1/contracts", "/static/none"):
        answer = far.get(path)
        assert answer.status_code == 403, path
        assert "not-encrypted" in answer.text
    assert far.get("/healthz").status_code == 200
    for other in ("Bearer x", "Basic YTpi", "x"):
        assert far.get("/v1/contracts", Authorization=other).status_code == 403
    key = house.key("s", "read")
    assert far.get("/v1/contracts", **key).status_code == 200
    assert far.get("/v1/contracts", **key, Cookie="entente=x").status_code == 403


def test_a_proxy_of_ours_says_that_it_came_encrypted() -> None:
    with entered(proxy_from="10.0.0.0/8", hosts="127.0.0.1") as house:
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7, 10.1.1.1"}
        assert outside(house, "10.0.0.5").get("/sign-in", **forwarded).status_code == 200
        assert outside(house, "203.0.113.9").get("/sign-in", **forwarded).status_code == 403
        cookie = outside(house, "10.0.0.5").get("/sign-in", **forwarded).headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
