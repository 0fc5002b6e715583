"""Secrets that are handed out once and kept as hashes: of sessions, invitations, recovery codes.

Each is random and long, so that a plain SHA-256 is enough: there is nothing to guess. Passwords are another matter (passwords.py).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

BYTES: Final = 32
"""256 random bits."""


def new_secret() -> str:
    """43 letters that can stand in an address, a cookie, a header."""
    return secrets.token_urlsafe(BYTES)


def kept(secret: str) -> str:
    """What is kept of a secret, and found by: its SHA-256, as hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
