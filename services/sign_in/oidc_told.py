"""What a session keeps of its provider, as it lies in the store: readable but for the tokens, which are sealed."""

from __future__ import annotations

import msgspec

from domain.times import Instant
from services.sign_in.oidc_sealing import opened, sealed


class Told(msgspec.Struct):
    """What a session keeps of the provider: when it was asked, and when it answered, last; `sealed` are the tokens."""

    asked: Instant
    answered: Instant
    iss: str
    sub: str
    session: str
    sealed: str
    is_silent: bool = False
    """It said nothing when it was asked last."""


def read(text: str) -> Told | None:
    """None for a session that no provider has opened."""
    try:
        return msgspec.json.decode(text, type=Told)
    except ValueError:
        return None


def written(told: Told) -> str:
    return msgspec.json.encode(told).decode()


def resealed(text: str, before: str, after: str) -> str:
    """The same for a session whose secret was `before` and is `after`; what no provider told stays as it is."""
    told = read(text)
    tokens = opened(told.sealed, before) if told is not None else None
    if told is None or tokens is None:
        return text
    return written(msgspec.structs.replace(told, sealed=sealed(tokens, after)))
