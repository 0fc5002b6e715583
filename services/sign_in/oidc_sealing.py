"""Seals what a session, or a sign-in that is under way, keeps of a provider: under the secret that its browser alone holds.

Refresh tokens have to be shown again, so that a hash is not enough; but the store holds the hash of a session's secret alone, so that
whoever has the store, or a backup of it, has no token.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = 12
"""Bytes."""


def sealed(text: str, secret: str) -> str:
    nonce = os.urandom(_NONCE)
    return b64encode(nonce + _cipher(secret).encrypt(nonce, text.encode(), None)).decode()


def opened(text: str, secret: str) -> str | None:
    """None where the secret is another, or the text was altered."""
    try:
        held = b64decode(text, validate=True)
        return _cipher(secret).decrypt(held[:_NONCE], held[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return None


def _cipher(secret: str) -> AESGCM:
    """RFC 5869, RFC 5116: the secret has 256 random bits, so that no salt is needed."""
    return AESGCM(HKDF(SHA256(), 32, None, b"entente provider").derive(secret.encode()))
