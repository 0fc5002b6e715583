"""An identity provider of OpenID Connect, as a way in: the code flow with PKCE, renewal, and both ways of signing out.

Sources: OpenID Connect Core 1.0 (§3.1, §12), Discovery 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 6749, RFC 7636
(S256 alone), RFC 9207. What is kept between the two halves of a sign-in (`Begun`) and during a session (`Kept`) is the caller's
to keep; tokens and secrets stand in no error and no `repr`.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus, urlencode

import msgspec
from joserfc.errors import ClaimError, ExpiredTokenError
from joserfc.jwt import JWTClaimsRegistry

from domain.durations import SECOND
from domain.saying import said
from domain.times import Clock, Instant
from services.errors import EntenteError, Invalid, NotAllowed, Unavailable
from services.sign_in.oidc_calls import Answer, Calls, require_safe, unreachable
from services.sign_in.oidc_keys import Claims, Keys, disbelieved

LEEWAY: Final = 60
"""Seconds that the clock of the provider may be away from ours."""
KNOWN_FOR: Final = 3600.0
"""Seconds after which the discovery document is read again."""
AFTER_FAILURE: Final = 5.0
"""Seconds during which a provider that did not answer is not asked for its document again: each waits for a deadline."""
MOST_GROUPS: Final = 1_000
LONGEST: Final = 255
"""Characters of `sub` (OpenID Connect Core §2), and of one group."""
LONGEST_ANSWER: Final = 4_000
"""Characters of each parameter that a browser brings back."""
LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
SCOPES: Final = "openid email profile"


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """`issuer` and `client` as the provider knows them. `secret`: of the client, empty for a public one. `groups`: the claim that
    names groups, with dots where it lies in another. `person`: a claim whose value is the id of a person, or empty; only one that
    people cannot change at the provider."""

    issuer: str
    client: str
    secret: str = field(default="", repr=False)
    groups: str = "groups"
    person: str = ""

    def __post_init__(self) -> None:
        require_safe(self.issuer, "ENTENTE_OIDC_ISSUER")
        if not self.client:
            raise Invalid(
                said("there is no client"),
                place="ENTENTE_OIDC_CLIENT",
                mend=said("the client id that the identity provider knows this program by"),
            )


def read_secret(file: Path) -> str:
    """The secret of a file, without the newline at its end. Raises Invalid."""
    try:
        with file.open("rb") as opened:
            secret = opened.read(4_001).decode().strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret or len(secret) > 4_000:
        raise Invalid(
            said("the file holds no secret"),
            place=f"ENTENTE_OIDC_SECRET_FILE: {file}",
            mend=said("the secret that the identity provider shows for the client, alone in the file"),
        )
    return secret


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that is under way: where the browser is sent, and what is kept until it comes back, for it alone, once."""

    address: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a session keeps, so that it can be renewed and ended at the provider. Both tokens are secrets."""

    iss: str
    sub: str
    session: str = ""
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider says. (`iss`, `sub`) is the identity; `email` and `name` are shown, and identify nobody.
    `person` is the value of the claim that names a person here. `expires`: when the ID token ends. `session`: the provider's name
    for its session (`sid`), by which it says that it has ended."""

    iss: str
    sub: str
    email: str
    name: str
    groups: frozenset[str]
    expires: Instant
    person: str = ""
    session: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)

    @property
    def kept(self) -> Kept:
        return Kept(self.iss, self.sub, self.session, self.refresh_token, self.id_token)


@dataclass(frozen=True, slots=True)
class Ended:
    """The provider takes the session back: `because` of what."""

    because: EntenteError


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The provider says nothing of the session."""

    because: EntenteError


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """What a logout token ends: the session of the provider `session`, or, where it is empty, all of `sub`. `id` is the token's:
    one that was used already is `is_first=False`."""

    iss: str
    sub: str
    session: str
    id: str
    until: Instant


class _Discovered(msgspec.Struct):
    """What of a discovery document is used (Discovery §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(default_factory=lambda: ["client_secret_basic"])
    code_challenge_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(msgspec.Struct):
    id_token: str = ""
    access_token: str = ""
    refresh_token: str = ""


class _Problem(msgspec.Struct):
    error: str = ""


class _Failed(NamedTuple):
    at: float
    error: EntenteError


class Provider:
    """One identity provider. Nothing is asked of it before somebody signs in. `clock` is the wall clock, `monotonic` seconds."""

    def __init__(
        self,
        settings: OidcSettings,
        clock: Clock,
        calls: Calls | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        self.settings = settings
        self._clock, self._monotonic = clock, monotonic
        self._calls = calls or Calls()
        self._lock = Lock()
        self._known: tuple[_Discovered, Keys] | None = None
        self._known_since = -inf
        self._failed: _Failed | None = None

    def begin(self, back: str) -> Begun:
        """`back`: our own address to which the browser returns. Raises Unavailable."""
        document, _ = self._discovered()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self.settings.client,
            "redirect_uri": back,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return Begun(_with(document.authorization_endpoint, asked), state, nonce, verifier)

    def code(self, answer: Mapping[str, str], state: str) -> str:
        """The code that a browser brought back; `state`: what was kept for this browser. Raises NotAllowed, Unavailable."""
        given = {name: value for name, value in answer.items() if len(value) <= LONGEST_ANSWER}
        if not state or not same(given.get("state", ""), state):
            raise NotAllowed(
                said("this sign-in was not begun here, or too long ago"),
                mend=said("sign in again"),
                slug="sign-in-not-begun",
            )
        document, _ = self._discovered()
        said_issuer = given.get("iss")
        if said_issuer != self.settings.issuer and (
            said_issuer is not None or document.authorization_response_iss_parameter_supported
        ):
            raise disbelieved(said("it comes from another provider"))
        if not given.get("code"):
            raise _refused(given.get("error", ""))
        return given["code"]

    def exchange(self, code: str, begun_nonce: str, verifier: str, back: str) -> Identity:
        """Who the code is of. `begun_nonce` and `verifier` are those of `Begun`. Raises NotAllowed, Unavailable."""
        document, keys = self._discovered()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        tokens = self._tokens(document, form)
        if not tokens.id_token:
            raise disbelieved(said("it names nobody"))
        claims = self._checked(keys, tokens.id_token)
        if not begun_nonce or not same(str(claims.get("nonce", "")), begun_nonce):
            raise disbelieved(said("it is an answer to another sign-in"))
        return self._identity(document, keys, claims, tokens)

    def renew(self, before: Kept) -> Identity | Ended | Unreachable:
        """Asks whether somebody who signed in still may, and for his groups as they now are. Where the provider gives no new
        refresh token or ID token, those of before stay."""
        try:
            return self._renewed(before)
        except NotAllowed as error:
            return Ended(error)
        except Unavailable as error:
            return Unreachable(error)

    def end_session(self, id_token: str, back: str) -> str | None:
        """The address at which the provider ends its own session too; None where it has none. `back`: where it leads afterwards.
        Raises Unavailable."""
        document, _ = self._discovered()
        if document.end_session_endpoint is None:
            return None
        asked = {"client_id": self.settings.client, "post_logout_redirect_uri": back}
        return _with(document.end_session_endpoint, asked | ({"id_token_hint": id_token} if id_token else {}))

    def logged_out(self, logout_token: str) -> LoggedOut:
        """What a provider says to have ended (Back-Channel Logout §2.6). Whether the token was used before is for the caller to
        know, who keeps its `id` until then. Raises NotAllowed, Unavailable."""
        _, keys = self._discovered()
        claims = self._checked(keys, logout_token, ("logout+jwt", "jwt"), ("iss", "aud", "iat", "exp", "jti"))
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
            raise disbelieved(said("it is another kind of token"))
        sub, session, id = (_text(claims, name) for name in ("sub", "sid", "jti"))
        if not id or not (sub or session):
            raise disbelieved(said("it names nobody"))
        return LoggedOut(claims["iss"], sub, session, id, _instant(claims["exp"]) + LEEWAY * SECOND)

    def _renewed(self, before: Kept) -> Identity:
        if not before.refresh_token:
            raise _refused("")
        document, keys = self._discovered()
        tokens = self._tokens(document, {"grant_type": "refresh_token", "refresh_token": before.refresh_token})
        tokens.refresh_token = tokens.refresh_token or before.refresh_token
        claims: Claims = {"iss": before.iss, "sub": before.sub, "sid": before.session, "exp": self._clock() // SECOND}
        if tokens.id_token:
            claims = self._checked(keys, tokens.id_token)
        elif document.userinfo_endpoint is None:
            raise disbelieved(said("it names nobody"))
        if (claims["iss"], claims["sub"]) != (before.iss, before.sub):
            raise disbelieved(said("it names somebody else"))
        tokens.id_token = tokens.id_token or before.id_token
        claims.setdefault("sid", before.session)
        return self._identity(document, keys, claims, tokens)

    def _discovered(self) -> tuple[_Discovered, Keys]:
        """The provider's document and keys. Raises Unavailable, also for a document that is not of this issuer."""
        with self._lock:
            now = self._monotonic()
            if self._known is not None and now - self._known_since < KNOWN_FOR:
                return self._known
            if self._failed is not None and now - self._failed.at < AFTER_FAILURE:
                raise self._failed.error
            try:
                document = self._document()
            except EntenteError as error:
                self._failed = _Failed(now, error)
                raise
            self._known = (document, Keys(self._calls, document.jwks_uri, self._monotonic))
            self._known_since, self._failed = now, None
            return self._known

    def _document(self) -> _Discovered:
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        document: _Discovered = _decoded(address, self._calls.get(address), _Discovered)
        if document.issuer != self.settings.issuer:
            raise unreachable(address, said("it is another issuer than ENTENTE_OIDC_ISSUER says"))
        if (
            document.code_challenge_methods_supported is not None
            and "S256" not in document.code_challenge_methods_supported
        ):
            raise unreachable(address, said("it does not know PKCE with S256"))
        named = (document.authorization_endpoint, document.token_endpoint, document.jwks_uri)
        for one in (*named, document.userinfo_endpoint, document.end_session_endpoint):
            if one is not None:
                _require_safe_of(address, one)
        return document

    def _tokens(self, document: _Discovered, form: dict[str, str]) -> _Tokens:
        """What the token endpoint gives. `invalid_grant` is the provider's no (RFC 6749 §5.2); all else that is no answer may be
        ours or its own trouble. Raises NotAllowed, Unavailable."""
        settings, headers = self.settings, {}
        if settings.secret and "client_secret_basic" in document.token_endpoint_auth_methods_supported:
            both = f"{quote_plus(settings.client)}:{quote_plus(settings.secret)}"
            headers = {"Authorization": f"Basic {b64encode(both.encode()).decode()}"}
        else:
            form |= {"client_id": settings.client} | ({"client_secret": settings.secret} if settings.secret else {})
        answer = self._calls.post(document.token_endpoint, form, headers)
        if answer.status in (400, 401, 403):
            error = _decoded(document.token_endpoint, answer, _Problem, status=answer.status).error
            if error == "invalid_grant":
                raise _refused(error)
            raise unreachable(document.token_endpoint, said("it refuses this program ({error})", error=_word(error)))
        found: _Tokens = _decoded(document.token_endpoint, answer, _Tokens)
        return found

    def _checked(
        self,
        keys: Keys,
        token: str,
        types: tuple[str, ...] = ("jwt",),
        needed: tuple[str, ...] = ("iss", "sub", "aud", "iat", "exp"),
    ) -> Claims:
        """What a token claims, after all that is checked of any token for us (Core §3.1.3.7). Raises NotAllowed, Unavailable."""
        claims = keys.claims(token, types)
        rules: dict[str, Any] = {name: {"essential": True} for name in needed}
        rules["iss"]["value"], rules["aud"]["value"] = self.settings.issuer, self.settings.client
        try:
            JWTClaimsRegistry(now=self._clock() // SECOND, leeway=LEEWAY, **rules).validate(claims)
        except ExpiredTokenError as error:
            raise disbelieved(said("it has expired; are the clocks right?")) from error
        except ClaimError as error:
            raise disbelieved(said("its {claim} is wrong", claim=_word(str(error.claim)))) from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.settings.client) != self.settings.client:
            raise disbelieved(said("its {claim} is wrong", claim="azp"))
        if "sub" in needed and not _text(claims, "sub"):
            raise disbelieved(said("its {claim} is wrong", claim="sub"))
        return claims

    def _identity(self, document: _Discovered, keys: Keys, claims: Claims, tokens: _Tokens) -> Identity:
        settings = self.settings
        wanted = [settings.groups, *filter(None, [settings.person])]
        if document.userinfo_endpoint and any(_at(claims, name) is None for name in wanted):
            claims = self._user_info(document.userinfo_endpoint, keys, claims["sub"], tokens.access_token) | claims
        return Identity(
            claims["iss"],
            claims["sub"],
            _text(claims, "email"),
            _text(claims, "name"),
            _groups(_at(claims, settings.groups)),
            _instant(claims["exp"]),
            person=_text({"": _at(claims, settings.person)}, "") if settings.person else "",
            session=_text(claims, "sid"),
            claims=claims,
            refresh_token=tokens.refresh_token,
            id_token=tokens.id_token,
        )

    def _user_info(self, address: str, keys: Keys, sub: str, access_token: str) -> Claims:
        """What the provider says beside the ID token (Core §5.3); some sign that too. Raises NotAllowed, Unavailable."""
        if not access_token:
            return {}
        answer = self._calls.get(address, {"Authorization": f"Bearer {access_token}"})
        if answer.status == 200 and answer.media_type == "application/jwt":
            found = keys.claims(answer.body.decode("ascii", "replace"), ("jwt",))
            audience = found.get("aud", self.settings.client)
            if found.get("iss", self.settings.issuer) != self.settings.issuer or self.settings.client not in (
                audience if isinstance(audience, list) else [audience]
            ):
                raise disbelieved(said("it is for somebody else"))
        else:
            found = _decoded(address, answer, dict[str, Any])
        if found.get("sub") != sub:
            raise disbelieved(said("it names somebody else"))
        return found


def same(one: str, other: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _decoded(address: str, answer: Answer, kind: Any, status: int = 200) -> Any:
    """Raises Unavailable for an answer that is not of that status and kind."""
    if answer.status != status:
        raise unreachable(address, said("it answers {status}", status=answer.status))
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (ValueError, RecursionError) as error:
        raise unreachable(address, said("its answer is none that OpenID Connect knows")) from error


def _require_safe_of(document: str, address: str) -> None:
    try:
        require_safe(address, document)
    except Invalid as error:
        raise unreachable(document, said("it names addresses without https")) from error


def _refused(error: str) -> NotAllowed:
    """`error`: the provider's word, RFC 6749 §4.1.2.1 and §5.2."""
    return NotAllowed(
        said("the identity provider does not let you in ({error})", error=_word(error)),
        mend=said("sign in again; if it stays so, tell the administrator"),
        slug="sign-in-refused",
    )


def _word(text: str) -> str:
    """What may stand in a message of what somebody sent: a word of the standards, which have such letters alone."""
    return text if 0 < len(text) <= 40 and text.replace("_", "").isalnum() and text.isascii() else "?"


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text of a bearable length; empty where it is another thing."""
    found = claims.get(name)
    return found if isinstance(found, str) and len(found) <= LONGEST else ""


def _at(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by the way to it: `realm_access.roles`. None where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _groups(named: Any) -> frozenset[str]:
    """Raises NotAllowed for what are no names: roles are not given by halves."""
    found = [] if named is None else [named] if isinstance(named, str) else named
    if (
        not isinstance(found, list)
        or len(found) > MOST_GROUPS
        or not all(isinstance(one, str) and len(one) <= LONGEST for one in found)
    ):
        raise disbelieved(said("its groups are no list of at most {most:,} names", most=MOST_GROUPS))
    return frozenset(found)


def _instant(seconds: float) -> Instant:
    """Of a claim that was checked to be a number; far away is far enough."""
    return int(min(max(seconds, 0), 4_000_000_000)) * SECOND
