"""Taking somebody out at once, whatever files and groups say, and letting them in again (trust §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain.access import ACCESS, Access
from domain.saying import said
from domain.times import Clock
from services.access import Principal, Right
from services.deciding import words_of
from services.errors import NotAllowed, NotFound, Refused
from services.history.history import History
from services.roles.following import Roles, last_administrator
from services.sign_in import tables
from services.sign_in.sessions import end_all


class Suspending:
    """Both answer with the position of what was decided. They raise NotAllowed for who lets people in nowhere or in some services
    alone, NotFound for whom no file names, Refused for who is out, or in, already, and for the last administrator where no keeper of
    the server asks."""

    def __init__(self, history: History, clock: Clock, roles: Roles, today: Callable[[], date]):
        self._history = history
        self._clock = clock
        self._roles = roles
        self._today = today

    def suspend(self, who: Principal, person: str, text: str = "") -> int:
        """Every session ends, and so does every link that was given."""
        self._require(who, person)
        if who.granted is not None and self._roles.holders("administrator", self._today()) == [person]:
            raise last_administrator()
        access, words = self._access(), words_of(text, "")
        if not access.suspend(person, words, by=who.by(Right.ADMIT), at=self._clock()):
            raise Refused(said("{person} is suspended already", person=person))
        return self._decided(access, person)

    def resume(self, who: Principal, person: str) -> int:
        """With what the files give."""
        self._require(who, person)
        access = self._access()
        if not access.resume(person, by=who.by(Right.ADMIT), at=self._clock()):
            raise Refused(said("{person} is not suspended", person=person))
        return self._decided(access, person)

    def _require(self, who: Principal, person: str) -> None:
        if not who.may(Right.ADMIT, ""):
            raise NotAllowed(
                said("taking people out and letting them in again is for the administrator, not for {who}", who=who)
            )
        if not self._roles.is_known(person):
            raise NotFound(said("no file names “{person}”", person=person))

    def _access(self) -> Access:
        try:
            return self._history.get(ACCESS, Access)
        except NotFound:
            return Access()

    def _decided(self, access: Access, person: str) -> int:
        """Sessions end at both: what was under way at the first may have been opened since."""
        position = self._history.save(access)
        with self._history.database.transaction() as writes:
            tables.held_account(writes, person)
            end_all(writes, person)
            writes.execute("DELETE FROM sign_in_invitation WHERE person = ?", [person])
        return position
