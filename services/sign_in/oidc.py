"""An identity provider of OpenID Connect, as a way in: the code flow with PKCE, renewal, and both ways of signing out.

Sources: OpenID Connect Core 1.0 (§3.1, §12), Discovery 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 6749, RFC 7636
(S256 alone), RFC 9207. What is kept between the two halves of a sign-in (`Begun`) and during a session (`Kept`) is the caller's
to keep; tokens and secrets stand in no error and no `repr`.
"""

from __future__ import annotations

import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from math import inf
from threading import Lock
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus

from joserfc.errors import ClaimError, ExpiredTokenError
from joserfc.jwt import JWTClaimsRegistry

from domain.durations import SECOND
from domain.saying import said
from domain.times import Clock
from services.errors import EntenteError, NotAllowed, Unavailable
from services.sign_in.oidc_calls import Calls, unreachable
from services.sign_in.oidc_keys import Claims, Keys, disbelieved
from services.sign_in.oidc_values import (
    Begun,
    Discovered,
    Ended,
    Identity,
    Kept,
    LoggedOut,
    OidcSettings,
    Problem,
    Tokens,
    Unreachable,
    at,
    decoded,
    groups_of,
    instant,
    refused,
    require_safe_of,
    same,
    text,
    with_parameters,
    word,
)

LEEWAY: Final = 60
"""Seconds that the clock of the provider may be away from ours."""
KNOWN_FOR: Final = 3600.0
"""Seconds after which the discovery document is read again."""
AFTER_FAILURE: Final = 5.0
"""Seconds during which a provider that did not answer is not asked for its document again: each waits for a deadline."""
LONGEST_ANSWER: Final = 4_000
"""Characters of each parameter that a browser brings back."""
LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
SCOPES: Final = "openid email profile"


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
        self._known: tuple[Discovered, Keys] | None = None
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
        return Begun(with_parameters(document.authorization_endpoint, asked), state, nonce, verifier)

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
            raise refused(given.get("error", ""))
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
        return with_parameters(document.end_session_endpoint, asked | ({"id_token_hint": id_token} if id_token else {}))

    def logged_out(self, logout_token: str) -> LoggedOut:
        """What a provider says to have ended (Back-Channel Logout §2.6). Whether the token was used before is for the caller to
        know, who keeps its `id` until then. Raises NotAllowed, Unavailable."""
        _, keys = self._discovered()
        claims = self._checked(keys, logout_token, ("logout+jwt", "jwt"), ("iss", "aud", "iat", "exp", "jti"))
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
            raise disbelieved(said("it is another kind of token"))
        sub, session, id = (text(claims, name) for name in ("sub", "sid", "jti"))
        if not id or not (sub or session):
            raise disbelieved(said("it names nobody"))
        return LoggedOut(claims["iss"], sub, session, id, instant(claims["exp"]) + LEEWAY * SECOND)

    def _renewed(self, before: Kept) -> Identity:
        if not before.refresh_token:
            raise refused("")
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

    def _discovered(self) -> tuple[Discovered, Keys]:
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

    def _document(self) -> Discovered:
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        document: Discovered = decoded(address, self._calls.get(address), Discovered)
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
                require_safe_of(address, one)
        return document

    def _tokens(self, document: Discovered, form: dict[str, str]) -> Tokens:
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
            error = decoded(document.token_endpoint, answer, Problem, status=answer.status).error
            if error == "invalid_grant":
                raise refused(error)
            raise unreachable(document.token_endpoint, said("it refuses this program ({error})", error=word(error)))
        found: Tokens = decoded(document.token_endpoint, answer, Tokens)
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
            raise disbelieved(said("its {claim} is wrong", claim=word(str(error.claim)))) from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.settings.client) != self.settings.client:
            raise disbelieved(said("its {claim} is wrong", claim="azp"))
        if "sub" in needed and not text(claims, "sub"):
            raise disbelieved(said("its {claim} is wrong", claim="sub"))
        return claims

    def _identity(self, document: Discovered, keys: Keys, claims: Claims, tokens: Tokens) -> Identity:
        settings = self.settings
        wanted = [settings.groups, *filter(None, [settings.person])]
        if document.userinfo_endpoint and any(at(claims, name) is None for name in wanted):
            claims = self._user_info(document.userinfo_endpoint, keys, claims["sub"], tokens.access_token) | claims
        return Identity(
            claims["iss"],
            claims["sub"],
            text(claims, "email"),
            text(claims, "name"),
            groups_of(at(claims, settings.groups)),
            instant(claims["exp"]),
            person=text({"": at(claims, settings.person)}, "") if settings.person else "",
            session=text(claims, "sid"),
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
            found = decoded(address, answer, dict[str, Any])
        if found.get("sub") != sub:
            raise disbelieved(said("it names somebody else"))
        return found
