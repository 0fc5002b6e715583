"""What people decide about their notices: what they want to be told, that a letter goes again, that one goes as a test."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from domain.saying import said
from domain.times import Clock
from services.access import Principal, Right
from services.access_keys.keeping import OF_A_KEY
from services.errors import NotAllowed, NotFound, Refused
from services.history.history import History
from services.notices.hook import checked_address, new_hook_secret
from services.notices.kinds import HOUR
from services.notices.outbox import Outbox
from services.notices.preferences import PreferenceBook, Preferences
from services.notices.reading import read_letter
from services.roles.following import Roles
from services.seeing.seen import Seeing

TESTS_AN_HOUR: Final = 5
"""Letters that somebody may have sent to see whether mail arrives."""


class Noticing:
    """Use cases. None of it is in the history: it is the directory's. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._database = history.database
        self._outbox = Outbox(history.database)
        self._book = PreferenceBook(history.database)
        self._roles = Roles(history)
        self._now = now

    def preferences(self, who: Principal) -> Preferences:
        return self._book.of(self._person(who))

    def prefer(self, who: Principal, wanted: Preferences, hosts: Collection[str] = ()) -> str:
        """One's own, nobody else's. `hosts`: to which webhooks may go. The secret of a new webhook, which is shown this once; empty
        where there is none."""
        person, secret = self._person(who), ""
        before = self._book.of(person)
        if wanted.hook and wanted.hook != before.hook:
            checked_address(wanted.hook, hosts)
            secret = new_hook_secret()
        kept = (secret or before.hook_secret) if wanted.hook else ""
        self._book.set(person, msgspec.structs.replace(wanted, hook_secret=kept))
        return secret

    def again(self, who: Principal, letter: str, channel: str = "mail") -> None:
        """A letter that failed goes once more; what may have arrived, too."""
        found = read_letter(self._database, who, letter, channel)
        if not self._outbox.retry(found.row, self._now()):
            raise Refused(said("only a letter that failed goes again"), place=letter)

    def test(self, who: Principal, person: str = "") -> str:
        """A letter to oneself, or by the administrator to somebody who is let in. Its id."""
        to = person or self._person(who)
        if to != who.person and not who.may(Right.ADMINISTER):
            raise NotAllowed(said("a test goes to oneself"), mend=said("the administrator sends one to others"))
        if not self._roles.is_known(to):
            raise NotFound(said("no file names “{person}”", person=to), mend=said("entente people list"))
        now = self._now()
        if self._outbox.tests_since(to, now - HOUR) >= TESTS_AN_HOUR:
            raise Refused(
                said("{count} tests went to {person} within the hour", count=TESTS_AN_HOUR, person=to),
                mend=said("wait, and look for those"),
            )
        return self._outbox.test(to, now)

    @staticmethod
    def _person(who: Principal) -> str:
        if who.person is None or who.person.startswith(OF_A_KEY):
            raise NotAllowed(said("only a person is told something"), mend=said("--as SERVICE/PERSON, or sign in"))
        return who.person
