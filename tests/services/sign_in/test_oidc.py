"""An identity provider is believed in what it signs for us, now, in answer to what we asked, and in nothing else (TRUST §3)."""

from __future__ import annotations

import hmac
import json
import logging
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from domain.durations import SECOND
from services.errors import EntenteError, Invalid, NotAllowed, Unavailable
from services.sign_in.oidc import LOGOUT
from services.sign_in.oidc_keys import ALGORITHMS
from services.sign_in.oidc_values import Ended, Identity, OidcSettings, Unreachable, read_secret
from tests.services.sign_in import lying_provider as lying
from tests.services.sign_in.lying_provider import CLIENT, DOCUMENT, KEYS, SECRET, TOKEN, USER, Provider
from tests.services.sign_in.oidc_case import BACK, Case


def test_a_sign_in_asks_by_code_with_pkce_and_says_who_came(case: Case, provider: Provider) -> None:
    begun = case.begin()
    assert begun.address.startswith(f"{provider.issuer}/authorize?realm=town&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.address).query).items()}
    challenge = urlsafe_b64encode(sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
    assert asked == {
        "realm": "town",
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "openid email profile",
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    code = case.ours.code({"state": begun.state, "code": "code-1"}, begun.state)
    found = case.ours.exchange(code, begun.nonce, begun.verifier, BACK)
    assert (found.iss, found.sub) == (provider.issuer, "s-1")
    assert (found.email, found.name) == ("anna.martin@ville.example", "Anna Martin")
    assert (found.groups, found.session) == (frozenset({"/sales/heads", "/everybody"}), "session-1")
    assert abs(found.expires / SECOND - time.time() - 300) < 60
    assert dict(provider.asked)[TOKEN] == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "redirect_uri": BACK,
        "code_verifier": begun.verifier,
    }


def test_each_sign_in_has_secrets_of_its_own(case: Case) -> None:
    one, other = case.begin(), case.begin()
    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
    assert min(len(text) for text in (one.state, one.nonce, one.verifier)) >= 43


def test_the_secret_goes_in_the_header_or_the_form_as_the_provider_wants_it(case: Case, provider: Provider) -> None:
    case.sign_in()
    kind, _, encoded = provider.shown(TOKEN).partition(" ")
    assert kind == "Basic"
    assert urlsafe_b64decode(encoded).decode() == f"{CLIENT}:a+secret%2Bof+the+tests%3A%C3%A4"
    provider.document["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    provider.codes.add("code-1")
    Case(provider).sign_in()
    assert provider.shown(TOKEN) == ""
    form = dict(provider.asked)[TOKEN]
    assert (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
    provider.codes.add("code-1")
    Case(provider, secret="").sign_in()
    form = dict(provider.asked)[TOKEN]
    assert form["client_id"] == CLIENT
    assert "client_secret" not in form


@pytest.mark.parametrize(
    "answer",
    [{}, {"state": ""}, {"state": "another"}, {"state": "another", "error": "access_denied"}],
    ids=["none", "empty", "another", "another-and-an-error"],
)
def test_an_answer_that_was_not_asked_for_here_is_no_sign_in(case: Case, answer: dict[str, str]) -> None:
    begun = case.begin()
    with pytest.raises(NotAllowed) as refused:
        case.ours.code({"code": "code-1", **answer}, begun.state)
    assert refused.value.slug == "sign-in-not-begun"
    with pytest.raises(NotAllowed):
        case.ours.code({"code": "code-1", "state": ""}, "")


def test_an_answer_of_another_provider_is_not_believed(case: Case, provider: Provider) -> None:
    state = case.begin().state
    assert case.ours.code({"code": "code-1", "state": state, "iss": provider.issuer}, state) == "code-1"
    with pytest.raises(NotAllowed, match="another provider"):
        case.ours.code({"code": "code-1", "state": state, "iss": "https://evil.example"}, state)
    provider.document["authorization_response_iss_parameter_supported"] = True
    strict = Case(provider)
    with pytest.raises(NotAllowed, match="another provider"):
        strict.ours.code({"code": "code-1", "state": state}, state)


def test_what_the_provider_refuses_is_said_in_its_word_and_nothing_else_of_it(case: Case) -> None:
    state = case.begin().state
    with pytest.raises(NotAllowed, match=r"does not let you in \(access_denied\)"):
        case.ours.code({"state": state, "error": "access_denied", "error_description": "<b>"}, state)
    with pytest.raises(NotAllowed, match=r"does not let you in \(\?\)"):
        case.ours.code({"state": state, "error": "<script>"}, state)
    with pytest.raises(NotAllowed, match=r"does not let you in \(\?\)"):
        case.ours.code({"state": state, "code": "c" * 5_000}, state)


def test_a_code_is_good_once(case: Case) -> None:
    case.sign_in()
    with pytest.raises(NotAllowed, match=r"\(invalid_grant\)") as refused:
        case.sign_in()
    assert refused.value.slug == "sign-in-refused"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": "https://evil.example"}, "its iss is wrong"),
    "no issuer": ({"iss": None}, "its iss is wrong"),
    "an issuer that only begins like ours": ({"iss": ["x"]}, "its iss is wrong"),
    "another audience": ({"aud": "another"}, "its aud is wrong"),
    "other audiences": ({"aud": ["one", "another"]}, "its aud is wrong"),
    "no audience": ({"aud": None}, "its aud is wrong"),
    "several audiences, nobody named": ({"aud": [CLIENT, "another"]}, "its azp is wrong"),
    "several audiences, another named": ({"aud": [CLIENT, "another"], "azp": "another"}, "its azp is wrong"),
    "one audience, another named": ({"azp": "another"}, "its azp is wrong"),
    "no subject": ({"sub": None}, "its sub is wrong"),
    "an empty subject": ({"sub": ""}, "its sub is wrong"),
    "a long subject": ({"sub": "s" * 256}, "its sub is wrong"),
    "a subject that is a number": ({"sub": 7}, "its sub is wrong"),
    "expired": ({"exp": int(time.time()) - 120}, "it has expired"),
    "no end": ({"exp": None}, "its exp is wrong"),
    "an end that is a text": ({"exp": "tomorrow"}, "its exp is wrong"),
    "of tomorrow": ({"iat": int(time.time()) + 86_400}, "its iat is wrong"),
    "no beginning": ({"iat": None}, "its iat is wrong"),
    "not yet": ({"nbf": int(time.time()) + 86_400}, "its nbf is wrong"),
    "another nonce": ({"nonce": "another"}, "another sign-in"),
    "no nonce": ({"nonce": None}, "another sign-in"),
    "a nonce that is a list": ({"nonce": ["x"]}, "another sign-in"),
    "groups that are no list": ({"groups": {"a": 1}}, "its groups"),
    "groups that are no names": ({"groups": [1]}, "its groups"),
    "too many groups": ({"groups": [str(number) for number in range(1_001)]}, "its groups"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_wrong_lets_nobody_in(case: Case, provider: Provider, wrong: str) -> None:
    provider.claims, why = WRONG[wrong]
    with pytest.raises(NotAllowed, match=why) as refused:
        case.sign_in()
    assert refused.value.slug == "provider-not-believed"
    assert refused.value.mend


def test_a_token_for_several_of_whom_we_are_named_is_ours(case: Case, provider: Provider) -> None:
    provider.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert case.sign_in().sub == "s-1"


@pytest.mark.parametrize(("later", "is_good"), [(-59, True), (-70, False), (359, True), (370, False)])
def test_clocks_may_differ_by_a_minute(case: Case, later: float, is_good: bool) -> None:
    """The token begins now and ends in 300 s."""
    case.later = later
    if is_good:
        assert case.sign_in()
    else:
        with pytest.raises(NotAllowed):
            case.sign_in()


def _by_nobody(provider: Provider) -> str:
    return jwt.encode({"alg": "none"}, provider.claims_now(), OctKey.import_key("x" * 32), ["none"])


def _with_the_public_key_as_secret(provider: Provider) -> str:
    """By hand: the library makes no such token."""
    parts = [b'{"alg":"HS256","kid":"one"}', json.dumps(provider.claims_now()).encode()]
    covered = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    assert isinstance(provider.key, RSAKey)
    made = hmac.digest(provider.key.as_pem(private=False), covered.encode(), "sha256")
    return f"{covered}.{urlsafe_b64encode(made).decode().rstrip('=')}"


def _with_the_clients_secret(provider: Provider) -> str:
    return jwt.encode({"alg": "HS256"}, provider.claims_now(), OctKey.import_key(SECRET), ["HS256"])


def _by_another_key(provider: Provider) -> str:
    return lying.signed(provider.claims_now(), lying.new_key("one"))


def _by_an_unknown_key(provider: Provider) -> str:
    return lying.signed(provider.claims_now(), lying.new_key("two"))


def _with_its_own_key(provider: Provider) -> str:
    key = lying.new_key("two")
    return lying.signed(provider.claims_now(), key, jwk=lying.public(key))


def _with_an_algorithm_of_another_key(provider: Provider) -> str:
    return lying.signed(provider.claims_now(), ECKey.generate_key("P-256", {"kid": "one"}), alg="ES256")


def _changed(provider: Provider) -> str:
    head, body, signature = provider.id_token().split(".")
    claims = urlsafe_b64decode(body + "==").replace(b"s-1", b"s-2")
    return f"{head}.{urlsafe_b64encode(claims).decode().rstrip('=')}.{signature}"


def _critical(provider: Provider) -> str:
    head = urlsafe_b64encode(b'{"alg":"RS256","kid":"one","crit":["what"],"what":1}').decode().rstrip("=")
    return ".".join([head, *provider.id_token().split(".")[1:]])


def _no_object(provider: Provider) -> str:
    return jws.serialize_compact({"alg": "RS256", "kid": "one"}, b"[1]", provider.key, ["RS256"])


def _an_access_token(provider: Provider) -> str:
    return lying.signed(provider.claims_now(), provider.key, typ="at+jwt")


@pytest.mark.parametrize(
    "token",
    [
        _by_nobody,
        _with_the_public_key_as_secret,
        _with_the_clients_secret,
        _by_another_key,
        _by_an_unknown_key,
        _with_its_own_key,
        _with_an_algorithm_of_another_key,
        _changed,
        _critical,
        _no_object,
        _an_access_token,
        lambda _: "",
        lambda _: "a.b.c",
        lambda _: "ä",
        lambda _: "a.b.c.d.e",
        lambda _: "a" * 199_000,
    ],
    ids=[
        "none",
        "HS256-public-key",
        "HS256-secret",
        "another-key",
        "unknown-key",
        "jwk-in-header",
        "other-algorithm",
        "changed",
        "critical",
        "no-object",
        "access-token",
        "empty",
        "no-token",
        "letters",
        "encrypted",
        "long",
    ],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # of what the tests sign with
def test_a_token_that_the_provider_did_not_sign_for_us_lets_nobody_in(
    case: Case, provider: Provider, token: Callable[[Provider], str]
) -> None:
    begun = case.begin()
    provider.tokens = {"id_token": token(provider)}
    with pytest.raises(NotAllowed, match="not believed"):
        case.ours.exchange("code-1", begun.nonce, begun.verifier, BACK)


def test_a_secret_among_the_published_keys_signs_nothing(case: Case, provider: Provider) -> None:
    secret = OctKey.import_key("x" * 32, {"kid": "shared"})
    provider.published.append(dict(secret.as_dict(private=True)))
    begun = case.begin()
    provider.tokens = {
        "id_token": jwt.encode({"alg": "HS256", "kid": "shared"}, provider.claims_now(), secret, ["HS256"])
    }
    with pytest.raises(NotAllowed, match="not believed"):
        case.ours.exchange("code-1", begun.nonce, begun.verifier, BACK)


def test_only_asymmetric_algorithms_are_believed() -> None:
    assert {name[:2] for name in ALGORITHMS} == {"RS", "PS", "ES", "Ed"}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # of what the test signs with
def test_a_key_for_encryption_and_a_short_one_sign_nothing(case: Case, provider: Provider) -> None:
    provider.published = [{**lying.public(provider.key), "use": "enc"}]
    with pytest.raises(NotAllowed, match="does not publish"):
        case.sign_in()
    short = RSAKey.generate_key(1024, {"kid": "short"})
    provider.key, provider.published = short, [lying.public(short)]
    provider.codes.add("code-1")
    with pytest.raises(NotAllowed, match="does not publish"):
        Case(provider).sign_in()


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256", {"kid": "k"}), "ES256"),
        (ECKey.generate_key("P-384", {"kid": "k"}), "ES384"),
        (OKPKey.generate_key("Ed25519", {"kid": "k"}), "Ed25519"),
        (RSAKey.generate_key(2048, {"kid": "k"}), "PS256"),
        (RSAKey.generate_key(3072, {"kid": "k"}), "RS512"),
    ],
    ids=["ES256", "ES384", "Ed25519", "PS256", "RS512"],
)
def test_every_asymmetric_algorithm_is_read_beside_keys_that_are_not_understood(
    case: Case, provider: Provider, key: Any, algorithm: str
) -> None:
    strange = [{"kty": "AKP", "kid": "k"}, {"kty": "RSA", "kid": "k"}, {"kty": "EC", "crv": "?", "kid": "k"}, {}]
    provider.key, provider.header, provider.published = key, {"alg": algorithm}, [*strange, lying.public(key)]
    assert case.sign_in().sub == "s-1"


def test_a_token_without_the_name_of_its_key_is_read_where_there_is_one_key(case: Case, provider: Provider) -> None:
    provider.header = {"kid": None}
    assert case.sign_in()
    provider.published.append(lying.public(lying.new_key("two")))
    case.later, provider.codes = 700, {"code-1"}
    provider.claims = {"iat": int(time.time()) + 700, "exp": int(time.time()) + 900}
    with pytest.raises(NotAllowed, match="does not publish"):
        case.sign_in()


def test_keys_change_while_we_run_and_nonsense_asks_for_them_seldom(case: Case, provider: Provider) -> None:
    case.sign_in()
    assert provider.count(KEYS) == 1
    provider.key = lying.new_key("two")
    provider.published.append(lying.public(provider.key))
    for code in ("a", "b", "c"):  # unknown, and asked for a moment ago
        provider.codes.add(code)
        with pytest.raises(NotAllowed, match="does not publish"):
            case.sign_in(code)
    assert provider.count(KEYS) == 1
    case.later = 11
    provider.codes.add("d")
    assert case.sign_in("d").sub == "s-1"
    assert provider.count(KEYS) == 2


def test_a_key_that_was_withdrawn_is_not_believed_for_long(case: Case, provider: Provider) -> None:
    case.sign_in()
    provider.published = [lying.public(lying.new_key("two"))]
    provider.claims = {"exp": int(time.time()) + 3_000}
    case.later = 601
    provider.codes.add("code-1")
    with pytest.raises(NotAllowed, match="does not publish"):
        case.sign_in()


def test_keys_that_do_not_come_are_the_providers_trouble_and_the_old_ones_are_not_taken_for_new(
    case: Case, provider: Provider
) -> None:
    case.sign_in()
    provider.replies[KEYS] = lying.failing
    provider.claims = {"exp": int(time.time()) + 3_000}
    case.later = 601
    for code in ("a", "b"):
        provider.codes.add(code)
        with pytest.raises(Unavailable):
            case.sign_in(code)


@pytest.mark.parametrize("path", [DOCUMENT, KEYS, TOKEN])
@pytest.mark.parametrize(
    "reply",
    [lying.redirected, lying.huge, lying.dripping, lying.broken, lying.deep, lying.packed, lying.failing],
    ids=lambda reply: reply.__name__,
)
def test_an_answer_that_is_none_is_the_providers_trouble_soon(
    case: Case, provider: Provider, path: str, reply: Any
) -> None:
    provider.replies[path] = reply
    began = time.monotonic()
    with pytest.raises(Unavailable) as trouble:
        case.sign_in()
    assert time.monotonic() - began < 3
    assert trouble.value.slug == "provider-unreachable"
    assert trouble.value.mend
    assert provider.count(path) == 1


def test_an_answer_that_does_not_end_is_left(case: Case, provider: Provider) -> None:
    provider.replies[TOKEN] = lying.huge
    with pytest.raises(Unavailable, match="more than 200,000 bytes"):
        case.sign_in()


def test_a_provider_that_is_not_there_is_not_asked_by_everybody(case: Case, provider: Provider) -> None:
    provider.replies[DOCUMENT] = lying.failing
    for _ in range(3):
        with pytest.raises(Unavailable):
            case.begin()
    assert provider.count(DOCUMENT) == 1
    del provider.replies[DOCUMENT]
    case.later = 6
    assert case.begin()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"token_endpoint": "http://evil.example/token"}, "without https"),
        ({"jwks_uri": "file:///etc/passwd"}, "without https"),
        ({"userinfo_endpoint": "http://10.0.0.1/"}, "without https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "without https"),
        ({"end_session_endpoint": "https://user:word@town.example/"}, "without https"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"token_endpoint": None}, "none that OpenID Connect knows"),
    ],
    ids=["issuer", "token", "keys", "user-info", "authorization", "end-session", "pkce", "incomplete"],
)
def test_a_document_that_is_not_of_this_provider_or_not_safe_begins_nothing(
    case: Case, provider: Provider, changed: dict[str, Any], why: str
) -> None:
    provider.document |= changed
    with pytest.raises(Unavailable, match=why):
        case.begin()


@pytest.mark.parametrize(
    "issuer",
    ["", "town.example", "http://town.example", "https://", "https://u:p@town.example", "http://[", "ftp://127.0.0.1"],
)
def test_an_issuer_is_reached_by_https_or_on_loopback(issuer: str) -> None:
    with pytest.raises(Invalid, match="ENTENTE_OIDC_ISSUER"):
        OidcSettings(issuer, CLIENT)
    with pytest.raises(Invalid, match="ENTENTE_OIDC_CLIENT"):
        OidcSettings("https://town.example", "")


def test_the_secret_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a secret\n")
    assert read_secret(file) == "a secret"
    for wrong in (b"", b"\n", b"\xff", b"s" * 4_001):
        file.write_bytes(wrong)
        with pytest.raises(Invalid, match="holds no secret"):
            read_secret(file)
    with pytest.raises(Invalid, match="holds no secret"):
        read_secret(tmp_path / "absent")


def test_groups_may_lie_in_another_claim_and_beside_the_token(provider: Provider) -> None:
    provider.claims = {"groups": None, "realm_access": {"roles": ["head"]}, "number": "4711"}
    assert Case(provider, groups="realm_access.roles", person="number").sign_in().groups == {"head"}
    provider.codes.add("code-1")
    found = Case(provider, person="number").sign_in()
    assert (found.groups, found.person) == (frozenset({"/staff"}), "4711")
    assert provider.shown(USER) == "Bearer access-1"
    provider.codes.add("code-1")
    provider.user["groups"] = "one"
    assert Case(provider).sign_in().groups == {"one"}


def test_what_stands_beside_the_token_is_of_the_same_person(case: Case, provider: Provider) -> None:
    provider.claims = {"groups": None}
    provider.user["sub"] = "s-2"
    with pytest.raises(NotAllowed, match="somebody else"):
        case.sign_in()


def test_what_stands_beside_the_token_may_be_signed_and_is_for_us(case: Case, provider: Provider) -> None:
    provider.claims = {"groups": None}
    signed = {"iss": provider.issuer, "sub": "s-1", "aud": CLIENT, "groups": ["/signed"]}

    def give(call: lying.Answering) -> None:
        call.give(lying.signed(signed, provider.key).encode(), media_type="application/jwt")

    provider.replies[USER] = give
    assert case.sign_in().groups == {"/signed"}
    signed["aud"] = "another"
    provider.codes.add("code-1")
    with pytest.raises(NotAllowed, match="somebody else"):
        case.sign_in()


def test_a_session_is_renewed_with_the_groups_as_they_now_are(case: Case, provider: Provider) -> None:
    provider.tokens = {"refresh_token": "refresh-1"}
    kept = case.sign_in().kept
    provider.claims = {"nonce": None, "groups": ["/everybody"]}
    provider.tokens = {"refresh_token": "refresh-2"}
    renewed = case.ours.renew(kept)
    assert isinstance(renewed, Identity)
    assert renewed.groups == {"/everybody"}
    assert renewed.kept.refresh_token == "refresh-2"
    assert dict(provider.asked)[TOKEN] == {"grant_type": "refresh_token", "refresh_token": "refresh-1"}


def test_a_renewal_without_new_tokens_keeps_the_old_ones_and_asks_for_the_groups(
    case: Case, provider: Provider
) -> None:
    kept = case.sign_in().kept
    provider.tokens = {"refresh_token": None, "id_token": None}
    renewed = case.ours.renew(kept)
    assert isinstance(renewed, Identity)
    assert (renewed.groups, renewed.kept) == (frozenset({"/staff"}), kept)


@pytest.mark.parametrize("changed", [{"sub": "s-2"}, {"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}])
def test_a_renewal_that_names_somebody_else_or_is_wrong_ends_the_session(case: Case, changed: dict[str, Any]) -> None:
    assert isinstance(case.renewed(**changed), Ended)


def test_a_refusal_ends_a_session_and_a_provider_that_says_nothing_does_not(case: Case, provider: Provider) -> None:
    kept = case.sign_in().kept
    provider.replies[TOKEN] = lying.refusing("invalid_grant")
    assert isinstance(case.ours.renew(kept), Ended)
    for reply in (lying.failing, lying.dripping, lying.broken, lying.redirected, lying.refusing("invalid_client", 401)):
        provider.replies[TOKEN] = reply
        assert isinstance(case.ours.renew(kept), Unreachable), reply
    assert isinstance(case.ours.renew(Identity("i", "s", "", "", frozenset(), 0).kept), Ended)


def test_a_provider_that_is_gone_says_nothing_of_a_session(case: Case, provider: Provider) -> None:
    kept = case.sign_in().kept
    provider.document["token_endpoint"] = "http://127.0.0.1:9/"  # nobody listens there
    case.later = 3_700
    assert isinstance(case.ours.renew(kept), Unreachable)


def test_signing_out_leads_by_the_provider_where_it_can(case: Case, provider: Provider) -> None:
    address = case.ours.end_session("token", "https://entente.ville.example/")
    assert address is not None
    assert address.startswith(f"{provider.issuer}/end?")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": [CLIENT],
        "post_logout_redirect_uri": ["https://entente.ville.example/"],
        "id_token_hint": ["token"],
    }
    del provider.document["end_session_endpoint"]
    assert Case(provider).ours.end_session("token", "https://entente.ville.example/") is None


def _logout(provider: Provider, **changed: Any) -> str:
    now = int(time.time())
    right = {"iss": provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1", "events": {LOGOUT: {}}}
    claims = {**right, "sub": "s-1", "sid": "session-1", **changed}
    return lying.signed(
        {name: value for name, value in claims.items() if value is not None}, provider.key, typ="logout+jwt"
    )


def test_the_provider_says_which_session_has_ended(case: Case, provider: Provider) -> None:
    ended = case.ours.logged_out(_logout(provider))
    assert (ended.iss, ended.sub, ended.session, ended.id) == (provider.issuer, "s-1", "session-1", "j-1")
    assert case.ours.logged_out(_logout(provider, sid=None)).session == ""
    assert case.ours.logged_out(_logout(provider, sub=None)).sub == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "n"},
        {"events": None},
        {"events": {"another": {}}},
        {"events": {LOGOUT: 1}},
        {"events": [LOGOUT]},
        {"sub": None, "sid": None},
        {"jti": None},
        {"jti": ""},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"exp": 1},
        {"exp": None},
    ],
    ids=lambda changed: " ".join(f"{name}={value}" for name, value in changed.items()).replace("/", ""),
)
def test_what_is_no_logout_token_ends_nothing(case: Case, provider: Provider, changed: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="not believed"):
        case.ours.logged_out(_logout(provider, **changed))


def test_an_id_token_is_no_logout_token_and_the_other_way_round(case: Case, provider: Provider) -> None:
    with pytest.raises(NotAllowed):
        case.ours.logged_out(provider.id_token())
    begun = case.begin()
    provider.tokens = {"id_token": _logout(provider, nonce=begun.nonce)}
    with pytest.raises(NotAllowed, match="another kind of token"):
        case.ours.exchange("code-1", begun.nonce, begun.verifier, BACK)


def test_tokens_and_secrets_stand_in_no_text(case: Case, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    begun = case.begin()
    found = case.ours.exchange("code-1", begun.nonce, begun.verifier, BACK)
    texts = [
        repr(begun).replace(begun.address, ""),
        repr(found),
        repr(found.kept),
        repr(case.ours.settings),
        caplog.text,
    ]
    for reply in (lying.refusing("invalid_grant"), lying.failing, lying.dripping, lying.broken):
        provider.replies[TOKEN] = reply
        try:
            case.ours.exchange("code-9", begun.nonce, begun.verifier, BACK)
        except EntenteError as error:
            texts.append(f"{error!r} {error} {error.__cause__!r}")
        texts.append(repr(case.ours.renew(found.kept)))
    secrets = (begun.state, begun.nonce, begun.verifier, SECRET, "refresh-1", "code-9", "access-1", found.id_token)
    assert [secret for secret in secrets if any(secret in text for text in texts)] == []
