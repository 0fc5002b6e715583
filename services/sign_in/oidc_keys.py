"""The keys that a provider signs with, as it publishes them, and the claims of what it signed (RFC 7515, 7517, 7519)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from math import inf
from threading import Lock
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from domain.saying import said
from services.errors import NotAllowed
from services.sign_in.oidc_calls import Calls, unreachable

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Asymmetric ones alone: whoever can check a signature of these cannot make one. `none` and `HS…` are refused."""
MOST_KEYS: Final = 100
SHORTEST_RSA: Final = 2048
"""Bits."""
FRESH: Final = 600.0
"""Seconds after which keys are asked for again: one that was withdrawn is believed no longer."""
BETWEEN: Final = 10.0
"""Seconds between two questions that an unknown key makes: who sends nonsense does not make us ask for ever."""

Claims = dict[str, Any]


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


class _Registry(JWSRegistry):
    max_header_length = 8_000  # some carry their certificates


def disbelieved(why: str) -> NotAllowed:
    """What came from the provider, or in its name, is not what we asked for. `why` holds nothing of a token."""
    return NotAllowed(
        said("what the identity provider answered is not believed: {why}", why=why),
        mend=said("sign in again; if it stays so, tell the administrator"),
        slug="provider-not-believed",
    )


class Keys:
    """The keys at an address, kept for a while. `monotonic`: seconds."""

    def __init__(self, calls: Calls, address: str, monotonic: Callable[[], float] = time.monotonic):
        self._calls, self._address, self._monotonic = calls, address, monotonic
        self._lock = Lock()
        self._keys: tuple[Key, ...] = ()
        self._asked = self._since = -inf
        """When they were asked for, and when they came."""

    def claims(self, token: str, types: Iterable[str]) -> Claims:
        """What a signed token claims, once its signature is good; `types`: what its header may say that it is, in lower case,
        where it says anything. Raises NotAllowed, Unavailable."""
        try:
            decoded = jwt.decode(
                token, self._of, ALGORITHMS, _Registry(algorithms=ALGORITHMS, strict_check_header=False)
            )
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise disbelieved(said("its signature is not good ({error})", error=type(error).__name__)) from error
        kind = decoded.header.get("typ")
        if kind is not None and str(kind).lower().removeprefix("application/") not in types:
            raise disbelieved(said("it is another kind of token"))
        return decoded.claims

    def _of(self, signed: Any) -> Key:
        """The key that a header names. One that is unknown is looked for anew: the provider may have begun to use it."""
        headers = signed.headers()
        kid, algorithm = headers.get("kid"), headers.get("alg")
        with self._lock:
            now = self._monotonic()
            is_fresh = now - self._since < FRESH
            found = self._found(kid, algorithm) if is_fresh else []
            if len(found) != 1 and now - self._asked > BETWEEN:
                self._asked = now
                self._keys = self._fetched()
                self._since = now
                found = self._found(kid, algorithm)
            elif not is_fresh:
                raise unreachable(self._address, said("its keys did not come a moment ago"))
        if len(found) != 1:
            raise disbelieved(said("it is signed by a key that the provider does not publish"))
        return found[0]

    def _found(self, kid: object, algorithm: object) -> list[Key]:
        """Without a name in the header there must be one key alone that it can be (OpenID Connect Core §10.1)."""
        return [
            key
            for key in self._keys
            if (kid is None or key.kid == kid) and key.alg in (None, algorithm) and _fits(key, algorithm)
        ]

    def _fetched(self) -> tuple[Key, ...]:
        answer = self._calls.get(self._address)
        try:
            if answer.status != 200:
                raise ValueError(answer.status)
            published = msgspec.json.decode(answer.body, type=_KeySet)
        except (ValueError, RecursionError) as error:
            raise unreachable(self._address, said("what it answers are no keys")) from error
        return tuple(key for one in published.keys[:MOST_KEYS] if (key := _key(one)) is not None)


def _key(published: dict[str, Any]) -> Key | None:
    """A key to check signatures with; None for one of another use, or of a kind that is not believed: there may be any beside."""
    if published.get("kty") not in ("RSA", "EC", "OKP") or published.get("use") not in (None, "sig"):
        return None
    try:
        key = import_key({name: value for name, value in published.items() if name != "d"})
    except (JoseError, ValueError, TypeError):
        return None
    return None if isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA else key


def _fits(key: Key, algorithm: object) -> bool:
    kinds = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}
    return isinstance(algorithm, str) and isinstance(key, kinds.get(algorithm[:2], ()))
