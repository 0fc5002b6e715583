"""The way in by OpenID Connect against a real provider: Keycloak."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from domain.durations import SECOND
from services.errors import NotAllowed, Unavailable
from services.sign_in.oidc import Provider
from services.sign_in.oidc_calls import Calls
from services.sign_in.oidc_values import Begun, Ended, Identity, OidcSettings, Unreachable
from tests.keycloak.line import Line, State, line_to
from tests.keycloak.realm import ANNA, CLIENT, PAUL, SECRET, Realm, signed_in

ANOTHER = ("another", "of the tests: another")
BACK = "http://127.0.0.1:8000/sign-in/oidc/back"


class Side:
    """Ours, with clocks that a test moves."""

    def __init__(self, issuer: str, client: str = CLIENT, secret: str = SECRET):
        self.later = 0.0
        settings = OidcSettings(issuer, client, secret, person="number")
        self.provider = Provider(settings, self._now, Calls(seconds=20), lambda: time.monotonic() + self.later)

    def came_back(self, who: tuple[str, str] = ANNA) -> tuple[Begun, str]:
        """A sign-in up to its code."""
        begun = self.provider.begin(BACK)
        return begun, self.provider.code(signed_in(begun.address, who), begun.state)

    def sign_in(self, who: tuple[str, str] = ANNA) -> Identity:
        begun, code = self.came_back(who)
        return self.provider.exchange(code, begun.nonce, begun.verifier, BACK)

    def _now(self) -> int:
        return round((time.time() + self.later) * SECOND)


@pytest.fixture
def ours(realm: Realm) -> Side:
    return Side(realm.issuer)


@pytest.fixture
def line(keycloak: str) -> Iterator[Line]:
    with line_to(keycloak) as made:
        yield made


def test_a_sign_in_says_who_came_with_what_groups(ours: Side, realm: Realm) -> None:
    found = ours.sign_in()
    assert (found.iss, found.sub) == (realm.issuer, realm.user("anna.martin"))
    assert (found.email, found.name, found.person) == ("anna.martin@ville.example", "Anna Martin", "p-anna")
    assert found.groups == {"/sales/heads", "/everybody"}
    assert found.session
    assert ours.sign_in(PAUL).groups == {"/everybody"}


def test_the_provider_demands_the_proof_of_who_began(ours: Side) -> None:
    begun, code = ours.came_back()
    with pytest.raises(NotAllowed, match=r"\(invalid_grant\)"):
        ours.provider.exchange(code, begun.nonce, "another verifier " * 4, BACK)
    plain = httpx2.get(begun.address.replace("code_challenge_method=S256", "code_challenge_method=plain"), timeout=20)
    assert parse_qs(urlsplit(plain.headers["location"]).query)["error"] == ["invalid_request"]


def test_a_code_is_good_once_and_for_the_client_that_asked(ours: Side, realm: Realm) -> None:
    begun, code = ours.came_back()
    assert ours.provider.exchange(code, begun.nonce, begun.verifier, BACK)
    with pytest.raises(NotAllowed, match=r"\(invalid_grant\)"):
        ours.provider.exchange(code, begun.nonce, begun.verifier, BACK)
    begun, code = ours.came_back()
    another = Side(realm.issuer, *ANOTHER)
    with pytest.raises(NotAllowed, match=r"\(invalid_grant\)"):
        another.provider.exchange(code, begun.nonce, begun.verifier, BACK)


def test_an_answer_to_another_sign_in_is_not_believed(ours: Side) -> None:
    begun, code = ours.came_back()
    with pytest.raises(NotAllowed, match="another sign-in"):
        ours.provider.exchange(code, ours.provider.begin(BACK).nonce, begun.verifier, BACK)
    with pytest.raises(NotAllowed, match="not begun here"):
        ours.provider.code({"code": code, "state": begun.state}, ours.provider.begin(BACK).state)


def test_a_token_that_is_for_others_too_is_ours_and_one_that_another_asked_for_is_not(ours: Side, realm: Realm) -> None:
    realm.add_audience(CLIENT, "records")
    assert set(ours.sign_in().claims["aud"]) == {"records", CLIENT}
    another = Side(realm.issuer, *ANOTHER)
    begun, code = another.came_back()
    ours.provider._tokens = another.provider._tokens  # type: ignore[method-assign]  # what another is given reaches us
    with pytest.raises(NotAllowed, match="its aud is wrong"):
        ours.provider.exchange(code, begun.nonce, begun.verifier, BACK)
    realm.add_audience("another", CLIENT)
    begun, code = another.came_back()
    with pytest.raises(NotAllowed, match="its azp is wrong"):
        ours.provider.exchange(code, begun.nonce, begun.verifier, BACK)


@pytest.mark.parametrize(("later", "why"), [(-90.0, "its iat is wrong"), (400.0, "it has expired")])
def test_a_clock_that_is_wrong_is_noticed_and_said(ours: Side, later: float, why: str) -> None:
    ours.sign_in()
    ours.later = later
    with pytest.raises(NotAllowed, match=why):
        ours.sign_in()
    ours.later = later / 10
    assert ours.sign_in()


def test_keys_change_while_we_run(ours: Side, realm: Realm) -> None:
    before = ours.sign_in()
    realm.new_key()
    with pytest.raises(NotAllowed, match="does not publish"):
        ours.sign_in()  # keys were asked for a moment ago
    ours.later = 11
    assert ours.sign_in().sub == before.sub


def test_a_session_is_renewed_with_the_groups_as_they_now_are(ours: Side, realm: Realm) -> None:
    before = ours.sign_in()
    user = realm.user("anna.martin")
    [heads] = [one for one in realm.of(f"users/{user}/groups") if one["path"] == "/sales/heads"]
    realm.delete(f"users/{user}/groups/{heads['id']}")
    renewed = ours.provider.renew(before.kept)
    assert isinstance(renewed, Identity)
    assert (renewed.sub, renewed.session) == (before.sub, before.session)
    assert renewed.groups == {"/everybody"}
    again = ours.provider.renew(renewed.kept)
    assert isinstance(again, Identity)


@pytest.mark.parametrize("how", ["disabled", "signed out", "gone"])
def test_who_is_taken_out_at_the_provider_is_refused_at_the_next_renewal(ours: Side, realm: Realm, how: str) -> None:
    kept = ours.sign_in().kept
    user = realm.user("anna.martin")
    if how == "disabled":
        realm.put(f"users/{user}", {"enabled": False})
    elif how == "signed out":
        realm.post(f"users/{user}/logout")
    else:
        realm.delete(f"users/{user}")
    ended = ours.provider.renew(kept)
    assert isinstance(ended, Ended)
    assert ended.because.slug == "sign-in-refused"


def test_what_another_client_was_given_renews_nothing(ours: Side, realm: Realm) -> None:
    kept = Side(realm.issuer, *ANOTHER).sign_in().kept
    assert not isinstance(ours.provider.renew(kept), Identity)


def test_a_wrong_secret_is_our_trouble_and_ends_nobodys_session(ours: Side, realm: Realm) -> None:
    wrong = Side(realm.issuer, secret="another")
    begun, code = wrong.came_back()
    with pytest.raises(Unavailable, match=r"it refuses this program \((unauthorized|invalid)_client\)"):
        wrong.provider.exchange(code, begun.nonce, begun.verifier, BACK)
    assert isinstance(wrong.provider.renew(ours.sign_in().kept), Unreachable)


def test_a_provider_that_is_down_or_silent_says_nothing_and_one_that_is_back_does(line: Line, realm: Realm) -> None:
    side = Side(f"{line.address}/realms/{realm.name}")
    kept = side.sign_in().kept
    assert kept.iss.startswith(line.address)
    quick = Provider(side.provider.settings, side._now, Calls(seconds=1.0))
    assert quick.begin(BACK)
    states: tuple[State, ...] = ("cut", "silent")
    for line.state in states:
        began = time.monotonic()
        assert isinstance(quick.renew(kept), Unreachable)
        assert time.monotonic() - began < 5
        with pytest.raises(Unavailable):
            Provider(side.provider.settings, side._now, Calls(seconds=1.0)).begin(BACK)
    line.state = "open"
    assert isinstance(side.provider.renew(kept), Identity)


def test_an_address_that_is_not_the_issuers_begins_nothing(line: Line, realm: Realm) -> None:
    """The provider names itself by the address that it is called by; here it is told to name another."""
    realm.put("", {"attributes": {"frontendUrl": "https://sso.ville.example"}})
    with pytest.raises(Unavailable, match="another issuer"):
        Side(f"{line.address}/realms/{realm.name}").provider.begin(BACK)


def test_signing_out_ends_the_session_of_the_provider_too(ours: Side) -> None:
    found = ours.sign_in()
    address = ours.provider.end_session(found.id_token, "http://127.0.0.1:8000/")
    assert address is not None
    answer = httpx2.get(address, timeout=20)
    assert (answer.status_code, answer.headers["location"]) == (302, "http://127.0.0.1:8000/")
    assert isinstance(ours.provider.renew(found.kept), Ended)
    assert isinstance(ours.provider.renew(replace(found.kept, refresh_token="none")), Ended)
