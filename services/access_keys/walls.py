"""Wall screens: a key for one page, given to a screen that shows it with nobody signed in there (trust §3)."""

from __future__ import annotations

from typing import Final

from domain.saying import said
from services.access import Principal
from services.access_keys.following import KeyTerms
from services.access_keys.keeping import PREFIX, KeyKeeping, principal_of
from services.access_log import AccessLog
from services.errors import NotSignedIn
from services.throttling import Throttle

_SHOWN: Final = len(PREFIX) + 8
"""Letters of a key that tell which it is, and open nothing."""


class Walls:
    """Says what a screen may show by its key. A key is looked at whenever the screen asks: revoked, it shows nothing a second later."""

    def __init__(self, keeping: KeyKeeping, throttle: Throttle, log: AccessLog):
        self._keeping = keeping
        self._throttle = throttle
        self._log = log

    def opened(self, secret: str, address: str) -> tuple[Principal, KeyTerms]:
        """Who the screen reads as, and what its key is. Raises NotSignedIn, the same for a key that is wrong, for something else,
        revoked or past its day, and TooMany for who tries one after the other without ever having had a good one."""
        try:
            terms = self._keeping.checked(secret)
        except NotSignedIn:
            terms = None
        if terms is None or not terms.page:
            # whoever had a good one is told that it is so no more, whatever others try from there
            if self._keeping.held(secret) is None:
                self._throttle.attempt(secret[:_SHOWN], address)
            self._log.note("refused", "", address=address, about="wall")
            raise NotSignedIn(
                said("this key opens no wall screen: it is wrong, for something else, revoked, or over"),
                mend=said("another one, from whoever makes access keys of the service: page “Access keys”"),
                slug="wall-refused",
            )
        return principal_of(terms), terms
