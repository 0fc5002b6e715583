"""The link of an invitation by which one person answers it, without signing in (MEETING §1).

It holds who, which review, and how often that had been moved, and a code of these with a secret of the store. It can do that one thing.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

from domain.saying import said
from services.errors import NotFound
from services.history.databases import Database
from services.history.secret import secret_of

PATH: Final = "/answer/"
_LONGEST: Final = 1_000
_PURPOSE: Final = "answers to invitations"
_PARTS: Final = 3


class Asked(NamedTuple):
    """`sequence`: how often the review had been moved when the invitation was written."""

    review: str
    sequence: int
    person: str


class AnswerLinks:
    """Safe for several threads and programs."""

    def __init__(self, database: Database):
        self._secret = secret_of(database, _PURPOSE)

    def path(self, asked: Asked) -> str:
        named = _named(asked)
        return f"{PATH}{urlsafe_b64encode(named.encode()).decode().rstrip('=')}.{self._code(named)}"

    def read(self, token: str) -> Asked:
        """Raises NotFound for an address that was never made here."""
        written, _, code = token.partition(".")
        try:
            padded = written + "=" * (-len(written) % 4)
            named = urlsafe_b64decode(padded).decode() if len(token) <= _LONGEST else ""
        except ValueError:
            named = ""
        parts = named.split("\n")
        is_ours = hmac.compare_digest(code.encode("utf-8", "replace"), self._code(named).encode())
        if not is_ours or len(parts) != _PARTS:
            raise NotFound(said("this link does not work"), mend=said("answer on the page of the review"))
        review, sequence, person = parts
        return Asked(review, int(sequence), person)

    def _code(self, named: str) -> str:
        return hmac.new(self._secret, named.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _named(asked: Asked) -> str:
    return f"{asked.review}\n{asked.sequence}\n{asked.person}"
