"""Calendar feeds: the one key that may stand in an address, for a calendar program can send nothing else (trust §3)."""

from __future__ import annotations

from typing import Final

from domain.saying import said
from services.access import Principal, Right
from services.access_keys.following import KeyTerms
from services.access_keys.keeping import Given, KeyKeeping, principal_of
from services.access_log import AccessLog
from services.errors import NotFound, NotSignedIn
from services.throttling import Throttle

CALENDAR: Final = "calendar"
_SHOWN: Final = 12
"""Letters of a key that tell which it is, and open nothing."""


class Feeds:
    """Whoever takes part in a service makes and revokes addresses of its feed."""

    def __init__(self, keeping: KeyKeeping, throttle: Throttle, log: AccessLog):
        self.keeping = keeping
        self._throttle = throttle
        self._log = log

    def opened(self, secret: str, address: str) -> tuple[Principal, str]:
        """Who reads by that key, and the service whose feed it is. Raises NotFound, the same for a key that is wrong, for something
        else, revoked or past its day, and TooMany for who tries one after the other."""
        try:
            terms = self.keeping.checked(secret)
        except NotSignedIn:
            terms = None
        if terms is None or terms.can != CALENDAR:
            # whoever had a good one is told that it is so no more, whatever others try from there
            if self.keeping.held(secret) is None:
                self._throttle.attempt(secret[:_SHOWN], address)
            self._log.note("refused", "", address=address, about="feed")
            raise NotFound(said("there is no such feed"))
        return principal_of(terms), terms.service

    def live(self, who: Principal) -> list[KeyTerms]:
        """The addresses that work today, of the services that one takes part in."""
        return [one for one in self.keeping.live() if one.can == CALENDAR and who.may(Right.TAKE_PART, one.service)]

    def make(self, who: Principal, service: str) -> Given:
        """Raises NotAllowed, Refused where two work already."""
        return self.keeping.create(who, service, CALENDAR)

    def revoke(self, who: Principal, key: str) -> int:
        """Raises NotFound for what is no feed of a service that one takes part in."""
        if key not in {one.key for one in self.live(who)}:
            raise NotFound(said("there is no such feed"))
        return self.keeping.revoke(who, key)
