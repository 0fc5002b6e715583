"""One-click unsubscribe (RFC 8058): an address that ends the kinds of one letter for its person, by itself, without signing in.

It holds who and which kind, and a code of both with a secret of the store; it can do that one thing, and says nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from typing import Final

from domain.saying import said
from services.errors import NotFound
from services.history.databases import Database
from services.history.secret import secret_of
from services.notices.kinds import KINDS, Kind
from services.notices.preferences import PreferenceBook

PATH: Final = "/notices/stop/"
_LONGEST: Final = 600
_PURPOSE: Final = "unsubscribe"


class Stopping:
    """Safe for several threads and programs."""

    def __init__(self, database: Database):
        self._secret = secret_of(database, _PURPOSE)
        self._book = PreferenceBook(database)

    def path(self, person: str, kinds: Collection[Kind]) -> str:
        listed = ",".join(sorted(kinds))
        named = urlsafe_b64encode(f"{listed}/{person}".encode()).decode().rstrip("=")
        return f"{PATH}{named}.{self._code(listed, person)}"

    def read(self, token: str) -> tuple[str, list[Kind]]:
        """Whose mail, and which kinds. Raises NotFound for an address that was never made here."""
        named, _, code = token.partition(".")
        try:
            padded = named + "=" * (-len(named) % 4)
            listed, _, person = (
                urlsafe_b64decode(padded).decode().partition("/") if len(token) <= _LONGEST else ("", "", "")
            )
        except ValueError:
            listed = person = ""
        is_ours = hmac.compare_digest(code.encode("utf-8", "replace"), self._code(listed, person).encode())
        kinds = [one for one in KINDS if one in listed.split(",")]
        if not (kinds and is_ours):
            raise NotFound(said("this link does not work"), mend=said("change what you receive on the page of notices"))
        return person, kinds

    def stop(self, token: str) -> tuple[str, list[Kind]]:
        """Those kinds are not mailed to that person any more; nothing else changes. Raises NotFound."""
        person, kinds = self.read(token)
        for kind in kinds:
            self._book.change(person, kind, "none")
        return person, kinds

    def _code(self, listed: str, person: str) -> str:
        return hmac.new(self._secret, f"{listed}\n{person}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
