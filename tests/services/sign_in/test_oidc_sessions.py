"""Whose a session of an identity provider is, how it is renewed, and what ends it (TRUST §3)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from itertools import islice
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.durations import SECOND
from services.access import ADMINISTRATOR, Grade, signed_in
from services.contracts.admitting import admit_unknown
from services.contracts.contracting import Contracting
from services.errors import EntenteError, NotAllowed, NotFound, NotSignedIn, Refused, TooMany
from services.opening import open_store
from services.sign_in import oidc_tables
from services.sign_in.oidc import LOGOUT
from services.sign_in.oidc import Provider as Ours
from services.sign_in.oidc_calls import Calls
from services.sign_in.oidc_sealing import opened, sealed
from services.sign_in.oidc_sessions import AT_ONCE, Create, Entered, OidcSignIn
from services.sign_in.oidc_told import Told, read, resealed, written
from services.sign_in.oidc_values import OidcSettings
from services.sign_in.sessions import MINUTE, Session
from services.sign_in.signing_in import SignIn
from tests.given import document
from tests.patience import PATIENCE
from tests.services.sign_in import lying_provider as lying
from tests.services.sign_in.lying_provider import CLIENT, SECRET, TOKEN, Provider

BACK, BROWSER, PASSWORD = "https://ville.example/sign-in/oidc/back", "b" * 43, "quatre chevaux gris"
PEOPLE: tuple[dict[str, Any], ...] = (
    {"person": "anna", "services": {"it": "member"}},
    {"person": "luc", "services": {"it": "head"}},
    {"person": "ines", "administrator": True},
)
GROUPS = [{"group": "/sales/heads", "services": {"sales": "head"}}]


class Town:
    """A store whose clock one turns, with the way in by a provider."""

    def __init__(self, url: str, lying: Provider):
        self.later = 0
        self.store = open_store(url, clock=self.now)
        self.lying, self.codes = lying, 0
        self.sign_in = SignIn(self.store.history, self.now)
        self.oidc = self.with_settings()
        self.admit(*PEOPLE)

    def now(self) -> int:
        return round(time.time() * SECOND) + self.later

    def with_settings(self, create: Create | None = None, **told: str) -> OidcSignIn:
        settings = OidcSettings(self.lying.issuer, CLIENT, SECRET, **told)
        provider = Ours(settings, self.now, Calls(seconds=1.0))
        return OidcSignIn(provider, self.sign_in, self.store.history.database, self.now, create)

    def close(self) -> None:
        self.store.close()

    def admit(self, *people: dict[str, Any]) -> None:
        tree = {"entente": 1, "access": "town", "people": list(people), "groups": GROUPS}
        self.store.use(Contracting).apply(ADMINISTRATOR, document(tree))

    def begin(self, oidc: OidcSignIn | None = None, invitation: str = "", way_back: str = "/") -> dict[str, str]:
        """What the browser will bring back."""
        address = (oidc or self.oidc).begin(BROWSER, BACK, way_back, invitation)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.codes += 1
        code = f"c{self.codes}"
        self.lying.codes.add(code)
        self.lying.nonce = asked["nonce"]
        return {"state": asked["state"], "code": code}

    def come(self, oidc: OidcSignIn | None = None, invitation: str = "", way_back: str = "/") -> Entered:
        oidc = oidc or self.oidc
        return oidc.finish(BROWSER, BACK, self.begin(oidc, invitation, way_back))

    def bound(self, person: str = "anna") -> str:
        """A session of somebody who came by an invitation."""
        return self.come(invitation=self.sign_in.inviting.invite(ADMINISTRATOR, person)).opened.secret

    def of(self, secret: str) -> Session | None:
        return self.sign_in.sessions.of(secret)

    def wait(self, minutes: float) -> None:
        self.later += round(minutes * MINUTE)

    def renewing(self) -> None:
        """The clocks of both sides go on together."""
        now = self.now() // SECOND
        self.lying.claims = {**self.lying.claims, "nonce": None, "iat": now, "exp": now + 300}


@pytest.fixture
def town(store_url: str, provider: Provider) -> Iterator[Town]:
    made = Town(store_url, provider)
    yield made
    made.store.close()


def test_an_invitation_says_who_somebody_is_and_from_then_on_the_identity_does(town: Town) -> None:
    entered = town.come(invitation=town.sign_in.inviting.invite(ADMINISTRATOR, "anna"), way_back="/contracts?x=1")
    assert entered.way_back == "/contracts?x=1"
    session = town.of(entered.opened.secret)
    assert session is not None
    assert (session.person, session.way, session.groups) == ("anna", "oidc", ("/everybody", "/sales/heads"))
    who = town.sign_in.principal(session)
    assert who is not None
    assert who.services == {"it", "sales"}
    again = town.of(town.come().opened.secret)
    assert again is not None
    assert again.person == "anna"


def test_whom_nobody_let_in_waits_and_is_seen_by_identity(town: Town, provider: Provider) -> None:
    """Neither a mail address nor a name that somebody gave himself lets in."""
    provider.claims = {"email": "ines@ville.example", "preferred_username": "ines", "name": "ines"}
    for _ in range(2):
        with pytest.raises(NotAllowed) as refused:
            town.come()
        assert refused.value.slug == "nobody-let-you-in"
    [row] = town.oidc.waiting()
    assert (row.iss, row.sub, row.email) == (provider.issuer, "s-1", "ines@ville.example")
    town.bound("anna")
    assert town.oidc.waiting() == []


def test_a_claim_that_people_cannot_change_names_a_person_whom_nobody_is_bound_to(
    town: Town, provider: Provider
) -> None:
    oidc = town.with_settings(person="number")
    provider.claims = {"number": "anna"}
    assert town.come(oidc).opened
    provider.claims = {"number": "anna", "sub": "s-2"}
    with pytest.raises(NotAllowed):
        town.come(oidc)
    provider.claims = {"number": "nobody", "sub": "s-3"}
    with pytest.raises(NotAllowed):
        town.come(oidc)
    provider.claims = {"sub": "s-1"}  # bound by now
    assert town.come(oidc).opened


def test_unknown_people_are_made_where_groups_give_them_something(town: Town, provider: Provider) -> None:
    oidc = town.with_settings(create=partial(admit_unknown, town.store))
    provider.claims = {"groups": ["/everybody"]}
    with pytest.raises(NotAllowed):
        town.come(oidc)
    provider.claims = {}
    session = town.of(town.come(oidc).opened.secret)
    assert session is not None
    assert session.person.startswith("p-")
    assert "anna" not in session.person
    who = town.sign_in.principal(session)
    assert who is not None
    assert who.services == {"sales"}
    named = town.sign_in.directory.named(session.person)
    assert (named.name, named.email) == ("Anna Martin", "anna.martin@ville.example")
    again = town.of(town.come(oidc).opened.secret)
    assert again is not None
    assert again.person == session.person


def test_groups_let_in_nobody_whom_no_file_names(town: Town, provider: Provider) -> None:
    provider.claims = {"groups": ["/sales/heads"]}
    with pytest.raises(NotAllowed):
        town.come()


def test_an_invitation_works_once_and_takes_nobody_elses_account(town: Town, provider: Provider) -> None:
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    answer, nonce = town.begin(invitation=link), town.lying.nonce
    town.come(invitation=link)
    town.lying.nonce = nonce
    with pytest.raises(NotFound):
        town.oidc.finish(BROWSER, BACK, answer)
    with pytest.raises(NotFound):
        town.begin(invitation=link)
    provider.claims = {}
    other = town.sign_in.inviting.invite(ADMINISTRATOR, "luc")
    with pytest.raises(Refused, match="somebody else's here"):
        town.come(invitation=other)
    provider.claims = {"sub": "s-2"}
    assert town.come(invitation=other).opened


def test_a_second_link_is_a_reset_that_only_the_administrator_gives_and_ends_the_former_way_in(
    town: Town, provider: Provider
) -> None:
    before = town.bound("anna")
    head = town.sign_in.roles.principal("luc", town.sign_in.today())
    assert head is not None
    with pytest.raises(NotAllowed):
        town.sign_in.inviting.invite(head, "anna")
    provider.claims = {"sub": "s-2"}
    assert town.bound("anna")
    assert town.of(before) is None
    provider.claims = {"sub": "s-1"}
    with pytest.raises(NotAllowed):
        town.come()


def test_who_comes_by_the_provider_has_no_password_left_from_before(town: Town) -> None:
    town.sign_in.redeem(town.sign_in.inviting.invite(ADMINISTRATOR, "anna"), PASSWORD)
    town.bound("anna")
    with pytest.raises(NotSignedIn):
        town.sign_in.by_password("anna", PASSWORD)


def test_who_is_suspended_does_not_come_in(town: Town) -> None:
    secret = town.bound("anna")
    town.sign_in.suspending.suspend(ADMINISTRATOR, "anna", "left")
    assert town.of(secret) is None
    with pytest.raises(NotSignedIn):
        town.come()


@pytest.mark.parametrize("case", ["another browser", "no cookie", "twice", "too late", "another state"])
def test_an_answer_is_of_the_browser_that_began_within_ten_minutes_and_once(town: Town, case: str) -> None:
    town.bound("anna")
    answer = town.begin()
    browser = {"another browser": "x" * 43, "no cookie": ""}.get(case, BROWSER)
    if case == "twice":
        town.oidc.finish(browser, BACK, answer)
    elif case == "too late":
        town.wait(10.1)
    elif case == "another state":
        answer["state"] = "another"
    with pytest.raises(NotAllowed) as refused:
        town.oidc.finish(browser, BACK, answer)
    assert refused.value.slug == "sign-in-not-begun"


def test_as_many_as_may_be_under_way_from_one_address_begin_and_who_comes_back_makes_room(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.sign_in.oidc_share.MOST", 1)
    town.bound()
    answer = town.begin()
    with pytest.raises(TooMany, match="under way from this address"):
        town.begin()
    town.oidc.finish(BROWSER, BACK, answer)
    town.begin()


def test_two_windows_may_sign_in_at_once(town: Town) -> None:
    town.bound("anna")
    one = town.begin()
    nonce = town.lying.nonce
    other = town.begin()
    assert town.oidc.finish(BROWSER, BACK, other)
    town.lying.nonce = nonce
    assert town.oidc.finish(BROWSER, BACK, one)


def test_a_session_is_renewed_every_five_minutes_of_use_with_the_groups_of_then(town: Town, provider: Provider) -> None:
    secret = town.bound("anna")
    asked = provider.count(TOKEN)
    town.wait(4.9)
    assert town.oidc.renew(secret) is None
    assert provider.count(TOKEN) == asked
    town.wait(0.2)
    provider.claims, provider.tokens = {"groups": []}, {"refresh_token": "refresh-2"}
    town.renewing()
    assert town.oidc.renew(secret) is None
    assert (provider.count(TOKEN), provider.asked[-1][1].get("refresh_token", "refresh-1")) == (asked + 1, "refresh-1")
    session = town.of(secret)
    assert session is not None
    who = town.sign_in.principal(session)
    assert who is not None
    assert who.services == {"it"}
    town.oidc.renew(secret)
    assert provider.count(TOKEN) == asked + 1
    town.wait(5.1)
    town.renewing()
    town.oidc.renew(secret)
    assert dict(provider.asked)[TOKEN]["refresh_token"] == "refresh-2"


def test_what_the_provider_takes_back_ends_at_the_next_renewal(town: Town, provider: Provider) -> None:
    secret = town.bound("anna")
    provider.replies[TOKEN] = lying.refusing("invalid_grant")
    town.wait(5.1)
    town.oidc.renew(secret)
    assert town.of(secret) is None


def test_a_silent_provider_lets_a_session_go_on_for_an_hour_and_says_so(town: Town, provider: Provider) -> None:
    secret, since = town.bound("anna"), town.now()
    provider.replies[TOKEN] = lying.failing
    for _ in range(11):
        town.wait(5.1)
        told = town.oidc.renew(secret)
        assert told is not None
        assert abs(told - since) < 60 * SECOND
        assert town.oidc.renew(secret) == told  # asked a moment ago, and still silent
        assert town.of(secret) is not None
    town.wait(5.1)
    town.oidc.renew(secret)
    assert town.of(secret) is None


def test_a_provider_that_answers_again_is_believed_again(town: Town, provider: Provider) -> None:
    secret = town.bound("anna")
    provider.replies[TOKEN] = lying.failing
    town.wait(5.1)
    assert town.oidc.renew(secret) is not None
    del provider.replies[TOKEN]
    town.wait(5.1)
    town.renewing()
    assert town.oidc.renew(secret) is None
    assert town.oidc.renew(secret) is None


def test_a_session_that_cannot_be_renewed_lasts_an_hour(town: Town, provider: Provider) -> None:
    provider.tokens = {"refresh_token": None}
    secret = town.bound("anna")
    town.wait(59)
    town.oidc.renew(secret)
    assert town.of(secret) is not None
    town.wait(5)
    town.oidc.renew(secret)
    assert town.of(secret) is None


def test_tokens_lie_in_the_store_sealed_by_what_the_browser_alone_holds(town: Town) -> None:
    secret = town.bound("anna")
    town.begin()
    with town.store.history.database.connect() as reads:
        rows = reads.query("SELECT provider FROM sign_in_session")
        rows += reads.query("SELECT sealed FROM sign_in_begun")
    text = "".join(row[0] for row in rows)
    assert text
    hidden = (secret, "refresh-1", town.lying.nonce, "eyJ")
    assert [one for one in hidden if one in text] == []


def test_of_two_requests_at_once_one_asks_the_provider(town: Town, provider: Provider) -> None:
    secret = town.bound("anna")
    town.wait(5.1)
    town.renewing()
    asked = provider.count(TOKEN)

    def both(call: lying.Answering) -> None:
        town.oidc.renew(secret)  # another request, while the first waits for its answer
        lying.right(call)

    provider.replies[TOKEN] = both
    town.oidc.renew(secret)
    assert provider.count(TOKEN) == asked + 1


def _said_out(provider: Provider, now: int, **changed: Any) -> str:
    claims = {"iss": provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1", "events": {LOGOUT: {}}}
    claims |= {"sub": "s-1", "sid": "session-1", **changed}
    known = {name: value for name, value in claims.items() if value is not None}
    return lying.signed(known, provider.key, typ="logout+jwt")


def test_the_provider_ends_the_session_that_it_names_or_all_of_somebody_once(town: Town, provider: Provider) -> None:
    one = town.bound("anna")
    provider.claims = {"sid": "session-2"}
    two = town.come().opened.secret
    provider.claims = {"sub": "s-2", "sid": "session-3"}
    luc = town.bound("luc")
    now = town.now() // SECOND
    token = _said_out(provider, now)
    assert town.oidc.end_by(token) == 1
    assert (town.of(one), town.of(two) is None, town.of(luc) is None) == (None, False, False)
    with pytest.raises(NotAllowed, match="used before"):
        town.oidc.end_by(token)
    assert town.oidc.end_by(_said_out(provider, now, jti="j-2", sid=None)) == 1
    assert (town.of(two), town.of(luc) is None) == (None, False)
    assert town.oidc.end_by(_said_out(provider, now, jti="j-3", sub=None, sid="session-3")) == 1
    assert town.of(luc) is None


def test_signing_out_here_leads_to_signing_out_there(town: Town, provider: Provider) -> None:
    secret = town.bound("anna")
    session = town.of(secret)
    assert session is not None
    address = town.oidc.sign_out(secret, "https://ville.example/sign-in")
    assert address is not None
    asked = parse_qs(urlsplit(address).query)
    assert asked["post_logout_redirect_uri"] == ["https://ville.example/sign-in"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert town.of(secret) is None
    assert town.oidc.sign_out(secret, "https://ville.example/sign-in") is None


def test_errors_of_a_sign_in_say_how_to_mend_them(town: Town) -> None:
    with pytest.raises(EntenteError) as refused:
        town.come()
    assert refused.value.mend


def test_a_provider_that_does_not_answer_keeps_few_of_those_waiting_whose_session_is_used(
    sqlite_url: str, provider: Provider
) -> None:
    town = Town(sqlite_url, provider)
    calls = Calls(seconds=PATIENCE)
    settings = OidcSettings(provider.issuer, CLIENT, SECRET)
    oidc = OidcSignIn(Ours(settings, town.now, calls), town.sign_in, town.store.history.database, town.now)
    answers, many = Event(), AT_ONCE * 2
    town.bound("anna")
    secrets = [town.come(oidc).opened.secret for _ in range(many)]
    town.wait(5.1)
    before = provider.count(TOKEN)

    def stalling(call: lying.Answering) -> None:
        answers.wait(PATIENCE)
        lying.failing(call)

    provider.replies[TOKEN] = stalling
    with ThreadPoolExecutor(many) as threads:
        asked = [threads.submit(oidc.renew, secret) for secret in secrets]
        went_on = list(islice(as_completed(asked), many - AT_ONCE))  # while the provider says nothing
        answers.set()
    assert [one.result() for one in went_on] == [None] * (many - AT_ONCE)
    assert provider.count(TOKEN) == before + AT_ONCE
    assert all(town.of(secret) is not None for secret in secrets)
    town.store.close()


def test_a_clock_that_was_put_back_lets_nobody_go_on_without_the_provider(town: Town, provider: Provider) -> None:
    secret = town.bound("anna")
    town.wait(70)
    now = town.now() // SECOND
    provider.claims = {"iat": now, "exp": now + 300}
    other = town.come().opened.secret
    town.wait(-65)
    assert town.of(other) is None  # it was opened after now
    town.renewing()
    assert town.oidc.renew(secret) is None
    assert town.of(secret) is not None
    town.wait(60)
    town.renewing()
    assert town.oidc.renew(secret) is None
    town.wait(-30)
    provider.replies[TOKEN] = lying.failing
    town.oidc.renew(secret)  # asked, and answered, at a time that is still to come
    assert town.of(secret) is None


def test_who_signs_in_twice_at_once_for_the_first_time_is_one_person(
    store_url: str, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two windows, in two programs: the second comes in while the first is about to say who it is."""
    towns = [Town(store_url, provider) for _ in range(2)]
    try:
        one, other = (town.with_settings(partial(admit_unknown, town.store)) for town in towns)
        entered: list[Entered] = []

        def create(name: str, email: str) -> str:
            entered.append(towns[1].come(other))
            return admit_unknown(towns[0].store, name, email)

        monkeypatch.setattr(one, "_create", create)
        entered.append(towns[0].come(one))
        by_claim = [town.with_settings(person="number") for town in towns]
        provider.claims = {"number": "anna", "sub": "s-2"}
        is_known = towns[0].sign_in.roles.is_known

        def known_meanwhile(person: str) -> bool:
            entered.append(towns[1].come(by_claim[1]))
            return is_known(person)

        monkeypatch.setattr(towns[0].sign_in.roles, "is_known", known_meanwhile)
        entered.append(towns[0].come(by_claim[0]))
        sessions = [towns[0].of(each.opened.secret) for each in entered]
        people = [session.person for session in sessions if session is not None]
        assert (people[0], people[2:]) == (people[1], ["anna", "anna"])
    finally:
        for town in towns:
            town.store.close()


def test_whom_a_link_names_keeps_the_way_in_of_before_where_the_new_one_cannot_be(
    town: Town, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a fall between the link that is used up and the account that it binds: all of it, or nothing."""
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    monkeypatch.setattr(oidc_tables, "bind", _falling)
    with pytest.raises(MemoryError):
        town.come(invitation=link)
    monkeypatch.undo()
    assert town.come(invitation=link).opened


def _falling(*told: object) -> None:
    raise MemoryError


def test_another_secret_of_a_session_opens_its_tokens() -> None:
    told = written(Told(1, 1, "iss", "sub", "", sealed("tokens", "before")))
    after = read(resealed(told, "before", "after"))
    assert after is not None
    assert opened(after.sealed, "after") == "tokens"
    assert opened(after.sealed, "before") is None
    assert resealed("of no provider", "before", "after") == "of no provider"


def test_an_identity_that_a_head_let_in_is_nobody_with_a_role_elsewhere(town: Town) -> None:
    link = town.sign_in.inviting.invite(signed_in("luc", {"it": Grade.HEAD}), "anna")
    session = town.of(town.come(invitation=link).opened.secret)
    assert session is not None
    assert town.sign_in.principal(session) is not None
    beyond = {"person": "anna", "services": {"it": "member", "hr": "reader"}}
    town.admit(beyond, {"person": "ines", "administrator": True})
    assert town.sign_in.principal(session) is None
    assert not town.sign_in.accounts.has_way_in("anna")
    with pytest.raises(NotSignedIn):
        town.come()
    assert town.come(invitation=town.sign_in.inviting.invite(ADMINISTRATOR, "anna")).opened
    assert town.sign_in.accounts.has_way_in("anna")
