"""What is said between an identity provider and us, as values: settings, identities, what a provider answers; and how claims are read.

Sources as of `oidc`. Tokens and secrets stand in no error and no `repr`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from domain.durations import SECOND
from domain.saying import said
from domain.times import Instant
from services.errors import EntenteError, Invalid, NotAllowed
from services.sign_in.oidc_calls import Answer, require_safe, unreachable
from services.sign_in.oidc_keys import disbelieved

MOST_GROUPS: Final = 1_000
LONGEST: Final = 255
"""Characters of `sub` (OpenID Connect Core §2), and of one group."""


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


class Discovered(msgspec.Struct):
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


class Tokens(msgspec.Struct):
    id_token: str = ""
    access_token: str = ""
    refresh_token: str = ""


class Problem(msgspec.Struct):
    error: str = ""


def same(one: str, other: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def decoded(address: str, answer: Answer, kind: Any, status: int = 200) -> Any:
    """Raises Unavailable for an answer that is not of that status and kind."""
    if answer.status != status:
        raise unreachable(address, said("it answers {status}", status=answer.status))
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (ValueError, RecursionError) as error:
        raise unreachable(address, said("its answer is none that OpenID Connect knows")) from error


def require_safe_of(document: str, address: str) -> None:
    try:
        require_safe(address, document)
    except Invalid as error:
        raise unreachable(document, said("it names addresses without https")) from error


def refused(error: str) -> NotAllowed:
    """`error`: the provider's word, RFC 6749 §4.1.2.1 and §5.2."""
    return NotAllowed(
        said("the identity provider does not let you in ({error})", error=word(error)),
        mend=said("sign in again; if it stays so, tell the administrator"),
        slug="sign-in-refused",
    )


def word(text: str) -> str:
    """What may stand in a message of what somebody sent: a word of the standards, which have such letters alone."""
    return text if 0 < len(text) <= 40 and text.replace("_", "").isalnum() and text.isascii() else "?"


def with_parameters(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text of a bearable length; empty where it is another thing."""
    found = claims.get(name)
    return found if isinstance(found, str) and len(found) <= LONGEST else ""


def at(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by the way to it: `realm_access.roles`. None where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def groups_of(named: Any) -> frozenset[str]:
    """Raises NotAllowed for what are no names: roles are not given by halves."""
    found = [] if named is None else [named] if isinstance(named, str) else named
    if (
        not isinstance(found, list)
        or len(found) > MOST_GROUPS
        or not all(isinstance(one, str) and len(one) <= LONGEST for one in found)
    ):
        raise disbelieved(said("its groups are no list of at most {most:,} names", most=MOST_GROUPS))
    return frozenset(found)


def instant(seconds: float) -> Instant:
    """Of a claim that was checked to be a number; far away is far enough."""
    return int(min(max(seconds, 0), 4_000_000_000)) * SECOND
